using System.Globalization;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// Parses Slack's mrkdwn. See https://docs.slack.dev/messaging/formatting-message-text. What is not well-formed stays text.
/// </summary>
public static class Mrkdwn
{
    private const int DepthMax = 8;

    /// <summary>Parses one text.</summary>
    public static IReadOnlyList<MrkdwnNode> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text, 0);
    }

    /// <summary>Literal text as a list of nodes: for plain_text objects.</summary>
    public static IReadOnlyList<MrkdwnNode> Plain(string text)
    {
        var nodes = new List<MrkdwnNode>();
        AddText(nodes, text);
        return nodes;
    }

    /// <summary>Undoes the three escapes of mrkdwn.</summary>
    public static string Unescape(string text) =>
        text.Replace("&lt;", "<", StringComparison.Ordinal)
            .Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal);

    private static List<MrkdwnNode> Parse(string text, int depth)
    {
        var nodes = new List<MrkdwnNode>();
        var start = 0;
        var at = 0;
        while (at < text.Length)
        {
            if (Special(text, at, depth) is not { } found)
            {
                at++;
                continue;
            }

            AddText(nodes, Unescape(text[start..at]));
            nodes.Add(found.Node);
            at = start = at + found.Length;
        }

        AddText(nodes, Unescape(text[start..]));
        return nodes;
    }

    private static (MrkdwnNode Node, int Length)? Special(string text, int at, int depth) =>
        text[at] switch
        {
            '`' => Code(text, at),
            '<' => Control(text, at),
            '*' or '_' or '~' when depth < DepthMax => Styled(text, at, depth),
            _ => null,
        };

    private static (MrkdwnNode Node, int Length)? Code(string text, int at)
    {
        var fence = text.AsSpan(at).StartsWith("```") ? "```" : "`";
        var end = text.IndexOf(fence, at + fence.Length, StringComparison.Ordinal);
        if (end <= at + fence.Length)
        {
            return null;
        }

        var code = text[(at + fence.Length)..end];
        return fence.Length == 1 && code.Contains('\n', StringComparison.Ordinal)
            ? null
            : (new MrkdwnNode.Code(Unescape(code), fence.Length == 3), end + fence.Length - at);
    }

    private static (MrkdwnNode Node, int Length)? Styled(string text, int at, int depth)
    {
        var mark = text[at];
        var opens =
            (at == 0 || !char.IsLetterOrDigit(text[at - 1]))
            && at + 1 < text.Length
            && !char.IsWhiteSpace(text[at + 1]);
        if (!opens)
        {
            return null;
        }

        for (var end = at + 1; end < text.Length && text[end] != '\n'; end++)
        {
            // A control sequence or code inside is skipped whole, so that its characters do not close the style.
            if (text[end] is '<' or '`' && Special(text, end, DepthMax) is { } inner)
            {
                end += inner.Length - 1;
                continue;
            }

            var closes =
                text[end] == mark
                && end > at + 1
                && !char.IsWhiteSpace(text[end - 1])
                && (end + 1 == text.Length || !char.IsLetterOrDigit(text[end + 1]));
            if (closes)
            {
                return (new MrkdwnNode.Styled(mark, Parse(text[(at + 1)..end], depth + 1)), end + 1 - at);
            }
        }

        return null;
    }

    private static (MrkdwnNode Node, int Length)? Control(string text, int at)
    {
        var end = text.AsSpan(at).IndexOfAny('>', '\n');
        if (end < 2 || text[at + end] != '>')
        {
            return null;
        }

        var inside = text[(at + 1)..(at + end)];
        var bar = inside.IndexOf('|', StringComparison.Ordinal);
        var target = bar < 0 ? inside : inside[..bar];
        var label = bar < 0 ? null : Unescape(inside[(bar + 1)..]);
        return Node(target, label) is { } node ? (node, end + 1) : null;
    }

    private static MrkdwnNode? Node(string target, string? label) =>
        target switch
        {
            ['@', 'U' or 'W', ..] => new MrkdwnNode.User(target[1..], label),
            ['#', 'C' or 'G', ..] => new MrkdwnNode.Channel(target[1..], label),
            "!here" or "!channel" or "!everyone" => new MrkdwnNode.Broadcast(target[1..]),
            _ when target.StartsWith("!subteam^", StringComparison.Ordinal) => new MrkdwnNode.Group(target[9..], label),
            _ when target.StartsWith("!date^", StringComparison.Ordinal) => Date(target[6..].Split('^'), label),
            _ when IsSafeUrl(Unescape(target)) => new MrkdwnNode.Link(Unescape(target), label ?? Unescape(target)),
            _ => null,
        };

    private static MrkdwnNode.Date? Date(string[] parts, string? fallback)
    {
        var good =
            parts.Length is 2 or 3
            && fallback is not null
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        if (!good || long.Parse(parts[0], CultureInfo.InvariantCulture) > 253_402_300_799)
        {
            return null;
        }

        var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[0], CultureInfo.InvariantCulture));
        var url = parts.Length == 3 && IsSafeUrl(Unescape(parts[2])) ? Unescape(parts[2]) : null;
        return new MrkdwnNode.Date(at, Unescape(parts[1]), url, fallback!);
    }

    private static bool IsSafeUrl(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto";

    private static void AddText(List<MrkdwnNode> nodes, string text)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (i > 0)
            {
                nodes.Add(new MrkdwnNode.LineBreak());
            }

            if (lines[i].Length > 0)
            {
                nodes.Add(new MrkdwnNode.Text(lines[i]));
            }
        }
    }
}
