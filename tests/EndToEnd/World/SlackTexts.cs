using System.Text.Json;
using Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <summary>Everything that a message says, as one text.</summary>
internal static class SlackTexts
{
    public static string Of(SlackContent content)
    {
        if (content.Blocks is not { } blocks)
        {
            return content.Text;
        }

        var texts = new List<string>();
        Collect(blocks, texts);
        return string.Join('\n', texts);
    }

    /// <summary>Those texts of a message that Slack reads as markup; plain text cannot mention anybody.</summary>
    public static string MarkupOf(SlackContent content)
    {
        var texts = new List<string> { content.Text };
        if (content.Blocks is { } blocks)
        {
            Collect(blocks, texts, isMarkupOnly: true);
        }

        return string.Join('\n', texts);
    }

    private static void Collect(JsonElement element, List<string> texts, bool isMarkupOnly = false)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Collect(item, texts, isMarkupOnly);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            if (isMarkupOnly && element.TryGetProperty("type", out var type) && type.ValueEquals("plain_text"))
            {
                return;
            }

            foreach (var member in element.EnumerateObject().Where(member => member.Name != "confirm"))
            {
                if (member is { Name: "text", Value.ValueKind: JsonValueKind.String })
                {
                    texts.Add(member.Value.GetString()!);
                }
                else
                {
                    Collect(member.Value, texts, isMarkupOnly);
                }
            }
        }
    }
}
