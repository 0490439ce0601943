using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Tests.Core.Messages;

/// <summary>Shows a message as lines: what a reader sees, with links, mentions and questions made visible.</summary>
internal static partial class MessageText
{
    public static string Of(SlackMessage message) =>
        string.Join('\n', message.Blocks.Select(block => Block(block!.AsObject())));

    /// <summary>The lines that begin with this text.</summary>
    public static IReadOnlyList<string> Lines(SlackMessage message, string beginning) =>
        [.. Of(message).Split('\n').Where(line => line.StartsWith(beginning, StringComparison.Ordinal))];

    /// <summary>The buttons' labels.</summary>
    public static IReadOnlyList<string> Buttons(SlackMessage message) =>
        [.. Elements(message).Select(button => (string)button["text"]!["text"]!)];

    /// <summary>The button of this label.</summary>
    public static JsonObject Button(SlackMessage message, string label) =>
        Elements(message).Single(button => (string)button["text"]!["text"]! == label);

    /// <summary>The button of this label, if there is one.</summary>
    public static JsonObject? FindButton(SlackMessage message, string label) =>
        Elements(message).SingleOrDefault(button => (string)button["text"]!["text"]! == label);

    /// <summary>What a button asks before it acts.</summary>
    public static string Question(SlackMessage message, string label) =>
        (string)Button(message, label)["confirm"]!["text"]!["text"]!;

    private static IEnumerable<JsonObject> Elements(SlackMessage message) =>
        message
            .Blocks.Where(block => (string)block!["type"]! == "actions")
            .SelectMany(block => block!["elements"]!.AsArray().Select(element => element!.AsObject()));

    private static string Block(JsonObject block) =>
        (string)block["type"]! switch
        {
            "header" => "# " + (string)block["text"]!["text"]!,
            "section" => Show((string)block["text"]!["text"]!),
            "context" => string.Join(" | ", block["elements"]!.AsArray().Select(text => Show((string)text!["text"]!))),
            "actions" => string.Join('\n', block["elements"]!.AsArray().Select(element => Button(element!.AsObject()))),
            var other => other,
        };

    private static string Button(JsonObject button)
    {
        var label = (string)button["text"]!["text"]!;
        if ((string?)button["url"] is { } url)
        {
            return $"[{label}] → {url}";
        }

        var style = (string?)button["style"] is { } named ? " " + named : "";
        var confirm = button["confirm"]!;
        return $"[{label}{style}] {confirm["title"]!["text"]} / {confirm["text"]!["text"]}";
    }

    private static string Show(string text) =>
        Link().Replace(Date().Replace(text, match => Moment(match.Groups[1].Value, match.Groups[2].Value)), "$2 ($1)");

    private static string Moment(string unix, string format)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(unix, CultureInfo.InvariantCulture)).UtcDateTime;
        return format
            .Replace(
                "{date_short_pretty}",
                at.ToString("MMM d", CultureInfo.InvariantCulture),
                StringComparison.Ordinal
            )
            .Replace("{time_secs}", at.ToString("HH:mm:ss", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{time}", at.ToString("HH:mm", CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"<!date\^(\d+)\^([^|>]+)\|[^>]+>")]
    private static partial Regex Date();

    [GeneratedRegex(@"<(https?://[^|>]+)\|([^>]+)>")]
    private static partial Regex Link();
}
