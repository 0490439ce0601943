namespace Devflow.ChatOps.Tests.GitOps.Editing.Generated;

/// <summary>What a generated file says, before it is decided how it is written.</summary>
internal abstract record Yaml
{
    private Yaml() { }

    public string? Anchor { get; init; }

    /// <summary>A text that may be written plain, quoted, or in a block.</summary>
    /// <param name="AsIt">Only as it is: a number, a null word, or a text with quotes of its own.</param>
    public sealed record Text(string Value, bool AsIt = false) : Yaml;

    public sealed record Alias(string Name) : Yaml;

    public sealed record List(IReadOnlyList<Yaml> Items) : Yaml;

    public sealed record Map(IReadOnlyList<(string Key, Yaml Value)> Entries) : Yaml;

    public static Map Of(params IEnumerable<(string Key, Yaml Value)> entries) => new([.. entries]);

    public static Text Plain(string value) => new(value, AsIt: true);
}
