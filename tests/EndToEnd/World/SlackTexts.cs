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

    private static void Collect(JsonElement element, List<string> texts)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Collect(item, texts);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject().Where(member => member.Name != "confirm"))
            {
                if (member is { Name: "text", Value.ValueKind: JsonValueKind.String })
                {
                    texts.Add(member.Value.GetString()!);
                }
                else
                {
                    Collect(member.Value, texts);
                }
            }
        }
    }
}
