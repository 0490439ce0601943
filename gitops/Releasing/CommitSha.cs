namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>The id of a commit: 40 hexadecimal digits, in lower case.</summary>
public sealed record CommitSha
{
    private CommitSha(string value) => Value = value;

    public string Value { get; }

    /// <summary>For people: the first seven digits.</summary>
    public string Short => Value[..7];

    /// <summary>Reads an id; <c>null</c> when it is none.</summary>
    public static CommitSha? TryParse(string? text) =>
        text?.Length == 40 && text.All(char.IsAsciiHexDigit) ? new CommitSha(text.ToLowerInvariant()) : null;

    /// <exception cref="FormatException">Not the id of a commit.</exception>
    public static CommitSha Parse(string text) =>
        TryParse(text) ?? throw new FormatException($"Not the id of a commit: {text}");

    public override string ToString() => Value;
}
