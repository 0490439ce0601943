using Devflow.ChatOps.Core.Messages.GitHub;
using Devflow.ChatOps.Core.Messages.Slack;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>How a surface writes. A release is told in the same words everywhere; only this differs.</summary>
/// <param name="Sign">Stands before and behind what is bold.</param>
/// <param name="Text">Text from outside as plain prose of at most so many characters.</param>
/// <param name="Code">Text from outside as a code span of at most so many characters.</param>
/// <param name="Link">A link; only its label where the address is none.</param>
/// <param name="Moment">A moment as it is told at another one.</param>
internal sealed record Markup(
    string Sign,
    Func<string?, int, string> Text,
    Func<string?, int, string> Code,
    Func<Uri?, string, string> Link,
    Func<DateTimeOffset, DateTimeOffset, string> Moment
)
{
    /// <summary>Slack's mrkdwn.</summary>
    public static Markup Slack { get; } =
        new("*", Mrkdwn.Text, Mrkdwn.Code, (url, label) => Mrkdwn.Link(url, label), Mrkdwn.Moment);

    /// <summary>GitHub's Markdown.</summary>
    public static Markup GitHub { get; } =
        new("**", Markdown.Text, Markdown.Code, (url, label) => Markdown.Link(url, label), Markdown.Moment);

    /// <summary>No markup at all: for a surface that escapes by itself.</summary>
    public static Markup None { get; } =
        new("", Line, Line, (_, label) => Line(label, OutsideText.Longest), Markdown.Moment);

    /// <summary>Words of our own, in bold; nothing in them is escaped.</summary>
    public string Bold(string words) => $"{Sign}{words}{Sign}";

    private static string Line(string? text, int longest) => OutsideText.Line(text ?? "", longest);
}
