namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>A piece of mrkdwn after parsing; texts are unescaped.</summary>
public abstract record MrkdwnNode
{
    private MrkdwnNode() { }

    /// <summary>Literal text.</summary>
    public sealed record Text(string Value) : MrkdwnNode;

    /// <summary>End of a line.</summary>
    public sealed record LineBreak : MrkdwnNode;

    /// <summary><c>*bold*</c>, <c>_italic_</c> or <c>~struck~</c>.</summary>
    /// <param name="Mark">The formatting character.</param>
    /// <param name="Children">What is formatted.</param>
    public sealed record Styled(char Mark, IReadOnlyList<MrkdwnNode> Children) : MrkdwnNode;

    /// <summary>Code within a line, or a block of it.</summary>
    public sealed record Code(string Value, bool IsBlock) : MrkdwnNode;

    /// <summary><c>&lt;@U…&gt;</c>.</summary>
    public sealed record User(string Id, string? Label) : MrkdwnNode;

    /// <summary><c>&lt;#C…&gt;</c>.</summary>
    public sealed record Channel(string Id, string? Label) : MrkdwnNode;

    /// <summary><c>&lt;!subteam^S…&gt;</c>.</summary>
    public sealed record Group(string Id, string? Label) : MrkdwnNode;

    /// <summary><c>&lt;!here&gt;</c>, <c>&lt;!channel&gt;</c> or <c>&lt;!everyone&gt;</c>.</summary>
    public sealed record Broadcast(string Name) : MrkdwnNode;

    /// <summary><c>&lt;!date^unix^format^link|fallback&gt;</c>.</summary>
    public sealed record Date(DateTimeOffset At, string Format, string? Url, string Fallback) : MrkdwnNode;

    /// <summary><c>&lt;url|label&gt;</c>, http(s) or mailto only.</summary>
    public sealed record Link(string Url, string Label) : MrkdwnNode;
}
