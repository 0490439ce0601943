using System.Text;
using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>Renders messages as plain lines, for the console and for snapshots in tests.</summary>
/// <param name="names">Names of people, groups and channels.</param>
/// <param name="now">The moment that "today" and "ago" are relative to.</param>
public sealed class BlockKitText(ISlackNames names, DateTimeOffset now)
{
    /// <summary>Blocks when there are any, else the text; lines are separated by <c>\n</c>.</summary>
    public string Render(SlackContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.Blocks is { } blocks
            ? string.Join('\n', blocks.EnumerateArray().Select(Block))
            : Inline(Mrkdwn.Parse(content.Text));
    }

    /// <summary>One mrkdwn text as plain text.</summary>
    public string RenderMrkdwn(string text) => Inline(Mrkdwn.Parse(text));

    private string Block(JsonElement block) =>
        block.GetProperty("type").GetString() switch
        {
            "header" => $"# {TextOf(block.GetProperty("text"))}",
            "section" => Section(block),
            "context" => string.Join("  ", block.GetProperty("elements").EnumerateArray().Select(Element)),
            "actions" => string.Join(' ', block.GetProperty("elements").EnumerateArray().Select(Element)),
            "divider" => "---",
            "image" => $"[image: {block.GetProperty("alt_text").GetString()}]",
            "markdown" => block.GetProperty("text").GetString()!,
            "table" => string.Join('\n', block.GetProperty("rows").EnumerateArray().Select(Row)),
            "input" => $"{TextOf(block.GetProperty("label"))}: ____",
            var other => $"[{other}]",
        };

    private string Section(JsonElement block)
    {
        var lines = new List<string>();
        if (block.TryGetProperty("text", out var text))
        {
            lines.Add(TextOf(text));
        }

        if (block.TryGetProperty("fields", out var fields))
        {
            lines.AddRange(fields.EnumerateArray().Select(f => "  " + TextOf(f).ReplaceLineEndings("\n    ")));
        }

        if (block.TryGetProperty("accessory", out var accessory))
        {
            lines.Add(Element(accessory));
        }

        return string.Join('\n', lines);
    }

    private string Element(JsonElement element) =>
        element.GetProperty("type").GetString() switch
        {
            "mrkdwn" or "plain_text" => TextOf(element),
            "image" => $"[image: {element.GetProperty("alt_text").GetString()}]",
            "button" => $"[{TextOf(element.GetProperty("text"))}]",
            var other => $"[{other}]",
        };

    private static string Row(JsonElement cells) =>
        string.Join(" | ", cells.EnumerateArray().Select(c => c.GetProperty("text").GetString()));

    private string TextOf(JsonElement text)
    {
        var value = text.GetProperty("text").GetString()!;
        return text.GetProperty("type").ValueEquals("mrkdwn") ? Inline(Mrkdwn.Parse(value)) : SlackEmoji.Show(value);
    }

    private string Inline(IReadOnlyList<MrkdwnNode> nodes)
    {
        var text = new StringBuilder();
        foreach (var node in nodes)
        {
            text.Append(
                node switch
                {
                    MrkdwnNode.Text t => SlackEmoji.Show(t.Value),
                    MrkdwnNode.LineBreak => "\n",
                    MrkdwnNode.Styled s => Inline(s.Children),
                    MrkdwnNode.Code c => c.Value,
                    MrkdwnNode.User u => "@" + (names.UserName(u.Id) ?? u.Label ?? u.Id),
                    MrkdwnNode.Group g => "@" + (names.GroupHandle(g.Id) ?? g.Label ?? g.Id),
                    MrkdwnNode.Channel c => "#" + (names.ChannelName(c.Id) ?? c.Label ?? c.Id),
                    MrkdwnNode.Broadcast b => "@" + b.Name,
                    MrkdwnNode.Date d => SlackDates.Show(d, now),
                    MrkdwnNode.Link l when l.Label == l.Url => l.Url,
                    MrkdwnNode.Link l => $"{l.Label} ({l.Url})",
                    _ => throw new InvalidOperationException($"no text for {node.GetType().Name}"),
                }
            );
        }

        return text.ToString();
    }
}
