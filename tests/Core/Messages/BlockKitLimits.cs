using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Tests.Core.Messages;

/// <summary>
/// What Slack demands of the blocks that we use (https://docs.slack.dev/reference/block-kit/blocks), checked apart from the
/// code that writes them: sizes, unique ids, and that nothing but our own markup is in a text.
/// </summary>
internal static partial class BlockKitLimits
{
    private static readonly JsonSerializerOptions relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What is wrong with the message; empty when it is good.</summary>
    public static IReadOnlyList<string> FaultsOf(SlackMessage message)
    {
        var faults = new List<string>();
        Check(faults, "text", message.Text, 4_000);
        var length = message.Blocks.ToJsonString(relaxed).Length;
        Require(faults, length < 10_000, $"all blocks: {length} characters");
        Require(faults, message.Blocks.Count is > 0 and <= 50, $"{message.Blocks.Count} blocks");
        var ids = message.Blocks.Select(block => (string?)block!["block_id"]).OfType<string>().ToList();
        Require(faults, ids.Distinct(StringComparer.Ordinal).Count() == ids.Count, "a block_id twice");
        Require(faults, ids.TrueForAll(id => id.Length is > 0 and <= 255), "length of a block_id");
        foreach (var block in message.Blocks)
        {
            Block(faults, block!.AsObject());
        }

        return faults;
    }

    private static void Block(List<string> faults, JsonObject block)
    {
        switch ((string)block["type"]!)
        {
            case "header":
                Text(faults, "header", block["text"], 150, mrkdwn: false);
                break;
            case "section":
                Text(faults, "section", block["text"], 3_000, mrkdwn: true);
                break;
            case "context":
                Elements(faults, block, 10, element => Text(faults, "context", element, 3_000, mrkdwn: true));
                break;
            case "actions":
                Elements(faults, block, 25, element => Button(faults, element));
                var actions = block["elements"]!.AsArray().Select(element => (string?)element!["action_id"]).ToList();
                Require(faults, actions.Distinct().Count() == actions.Count, "an action_id twice");
                break;
            case var other:
                faults.Add($"a block of type {other}");
                break;
        }
    }

    private static void Elements(List<string> faults, JsonObject block, int most, Action<JsonObject> check)
    {
        var elements = block["elements"]!.AsArray();
        Require(faults, elements.Count > 0 && elements.Count <= most, $"{elements.Count} elements");
        foreach (var element in elements)
        {
            check(element!.AsObject());
        }
    }

    private static void Button(List<string> faults, JsonObject button)
    {
        Require(faults, (string?)button["type"] == "button", "an action that is no button");
        Check(faults, "action_id", (string?)button["action_id"], 255);
        Text(faults, "button", button["text"], 75, mrkdwn: false);
        Require(faults, (string?)button["style"] is null or "primary" or "danger", "style");
        if ((string?)button["url"] is { } url)
        {
            Check(faults, "url", url, 3_000);
            Require(faults, new Uri(url).Scheme is "http" or "https", "scheme of a url");
            return;
        }

        Check(faults, "value", (string?)button["value"], 2_000);
        var confirm = button["confirm"];
        Text(faults, "confirm title", confirm?["title"], 100, mrkdwn: false);
        Text(faults, "confirm text", confirm?["text"], 300, mrkdwn: false);
        Text(faults, "confirm", confirm?["confirm"], 30, mrkdwn: false);
        Text(faults, "deny", confirm?["deny"], 30, mrkdwn: false);
    }

    private static void Text(List<string> faults, string what, JsonNode? node, int most, bool mrkdwn)
    {
        Require(faults, (string?)node?["type"] == (mrkdwn ? "mrkdwn" : "plain_text"), $"type of {what}");
        var text = (string?)node?["text"];
        Check(faults, what, text, most);
        if (mrkdwn)
        {
            Require(faults, (bool?)node?["verbatim"] == true, $"{what} is not verbatim");
            Require(
                faults,
                !Foreign().IsMatch(text ?? ""),
                $"markup from outside in {what}: {Foreign().Match(text ?? "")}"
            );
        }
        else
        {
            Require(faults, (bool?)node?["emoji"] == false, $"{what} turns names into emoji");
        }
    }

    private static void Check(List<string> faults, string what, string? text, int most)
    {
        Require(faults, text is { Length: > 0 } && text.Length <= most, $"{what}: {text?.Length} characters");
        // A word joiner is our own; all else of these kinds hides something or turns it around.
        var odd = (text ?? "").EnumerateRunes().Where(rune => rune.Value is not ('\n' or 0x2060));
        Require(
            faults,
            odd.All(rune =>
                System.Text.Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format)
                && rune != System.Text.Rune.ReplacementChar
            ),
            $"{what}: a character that must not be there"
        );
    }

    private static void Require(List<string> faults, bool good, string fault)
    {
        if (!good)
        {
            faults.Add(fault);
        }
    }

    // Any angle bracket that does not begin or end one of our dates, links or mentions.
    [GeneratedRegex(
        @"<(?!!date\^\d+\^[{}a-z_ ]+\|[0-9: UTC-]+>|https://github\.com/acme/[^|>]+\|[^<>]+>|!subteam\^S0PLATFORM>|@U0[A-Z0-9]+>)[^>]*>?"
    )]
    private static partial Regex Foreign();
}
