using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Core.Messages.Slack;

/// <summary>
/// The few blocks of Block Kit that the product uses, within Slack's limits
/// (https://docs.slack.dev/reference/block-kit/blocks).
/// </summary>
internal static class BlockKit
{
    /// <summary>
    /// The most characters of all blocks together. Slack refuses more than about 13,200
    /// (https://github.com/slackapi/bolt-js/issues/2509).
    /// </summary>
    public const int LongestMessage = 9_500;

    private const int LongestHeader = 150;
    private const int LongestSection = 3_000;
    private const int LongestUrl = 500;

    // What CardActions.Read accepts.
    private const int LongestValue = 499;

    private static readonly JsonSerializerOptions compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The blocks' length as Slack counts it, or longer.</summary>
    public static int LengthOf(JsonArray blocks) => blocks.ToJsonString(compact).Length;

    /// <summary>The first message that is short enough, or the last one.</summary>
    /// <param name="longest">How long a piece of outside text may be, from generous to scarce.</param>
    public static JsonArray Fit(ReadOnlySpan<int> longest, Func<int, JsonArray> build)
    {
        JsonArray blocks = [];
        foreach (var limit in longest)
        {
            blocks = build(limit);
            if (LengthOf(blocks) <= LongestMessage)
            {
                break;
            }
        }

        return blocks;
    }

    public static JsonObject Header(string id, string text) =>
        new()
        {
            ["type"] = "header",
            ["block_id"] = id,
            ["text"] = PlainText(text, LongestHeader),
        };

    /// <summary>As many sections as the lines need; none without lines. A line is never cut: its markup would break.</summary>
    public static IEnumerable<JsonObject> Sections(string id, IEnumerable<string> lines)
    {
        var taken = new List<string>();
        var length = 0;
        var number = 0;
        foreach (var line in lines)
        {
            if (taken.Count > 0 && length + line.Length + 1 > LongestSection)
            {
                yield return Section($"{id}.{number++}", taken);
                taken.Clear();
                length = 0;
            }

            taken.Add(line);
            length += line.Length + 1;
        }

        if (taken.Count > 0)
        {
            yield return Section($"{id}.{number}", taken);
        }
    }

    public static JsonObject Context(string id, IEnumerable<string> elements) =>
        new()
        {
            ["type"] = "context",
            ["block_id"] = id,
            ["elements"] = new JsonArray([.. elements.Select(text => (JsonNode)MrkdwnText(text))]),
        };

    public static JsonObject Actions(string id, IEnumerable<JsonObject> buttons) =>
        new()
        {
            ["type"] = "actions",
            ["block_id"] = id,
            ["elements"] = new JsonArray([.. buttons.Select(button => (JsonNode)button)]),
        };

    /// <summary>A button that asks before it acts; <c>null</c> where its value is longer than what is read back.</summary>
    public static JsonObject? Button(
        string action,
        string label,
        string value,
        string? style,
        string question,
        string explanation
    )
    {
        if (value.Length > LongestValue)
        {
            return null;
        }

        var confirm = new JsonObject
        {
            ["title"] = PlainText(question, 100),
            ["text"] = PlainText(explanation, 300),
            ["confirm"] = PlainText(label, 30),
            ["deny"] = PlainText("Cancel", 30),
        };
        var button = new JsonObject
        {
            ["type"] = "button",
            ["action_id"] = action,
            ["text"] = PlainText(label, 75),
            ["value"] = value,
            ["confirm"] = confirm,
        };
        if (style is not null)
        {
            button["style"] = style;
            confirm["style"] = style;
        }

        return button;
    }

    /// <summary>A button that opens a page; <c>null</c> where Slack would not take the address.</summary>
    public static JsonObject? LinkButton(string action, string label, Uri? url) =>
        url is { IsAbsoluteUri: true, Scheme: "https" or "http", AbsoluteUri.Length: <= LongestUrl }
            ? new JsonObject
            {
                ["type"] = "button",
                ["action_id"] = action,
                ["text"] = PlainText(label, 75),
                ["url"] = url.AbsoluteUri,
            }
            : null;

    private static JsonObject Section(string id, IEnumerable<string> lines) =>
        new()
        {
            ["type"] = "section",
            ["block_id"] = id,
            ["text"] = MrkdwnText(string.Join('\n', lines)),
        };

    // Verbatim: what looks like an address or a name in outside text is not made a link or a mention.
    private static JsonObject MrkdwnText(string text) =>
        new()
        {
            ["type"] = "mrkdwn",
            ["text"] = text,
            ["verbatim"] = true,
        };

    // Without emoji: `:name:` in outside text stays what it is.
    private static JsonObject PlainText(string text, int longest) =>
        new()
        {
            ["type"] = "plain_text",
            ["text"] = OutsideText.Line(text, longest) is { Length: > 0 } line ? line : "–",
            ["emoji"] = false,
        };
}
