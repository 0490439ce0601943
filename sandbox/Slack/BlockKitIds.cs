using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>Slack gives every block and every interactive element an id when the sender did not.</summary>
internal static class BlockKitIds
{
    /// <summary>A copy of the blocks in which every id is present.</summary>
    public static JsonElement Fill(JsonElement blocks, Func<string> next)
    {
        var copy = JsonNode.Parse(blocks.GetRawText())!.AsArray();
        foreach (var block in copy.OfType<JsonObject>())
        {
            FillOne(block, "block_id", next);
            FillElement(block["accessory"], next);
            FillElement(block["element"], next);
            foreach (var element in block["elements"] as JsonArray ?? [])
            {
                FillElement(element, next);
            }
        }

        return JsonSerializer.SerializeToElement(copy);
    }

    private static void FillElement(JsonNode? element, Func<string> next)
    {
        if (element is JsonObject found && (string?)found["type"] is not ("image" or "mrkdwn" or "plain_text"))
        {
            FillOne(found, "action_id", next);
        }
    }

    private static void FillOne(JsonObject target, string key, Func<string> next)
    {
        if (!target.ContainsKey(key))
        {
            target[key] = next();
        }
    }
}
