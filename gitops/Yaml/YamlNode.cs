using System.Diagnostics.CodeAnalysis;

namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>Where something stands in a text: counted in UTF-16 units from its beginning, and for people from 1.</summary>
public sealed record YamlSpan(int Start, int End, int Line, int Column);

/// <summary>
/// A node of a YAML document with its place in the text, so that it can be changed there and nowhere else. Two nodes are
/// equal when they are the same one: an alias is the node that it stands for.
/// </summary>
public abstract class YamlNode(YamlSpan span, string? anchor, string? tag)
{
    public YamlSpan Span { get; } = span;

    /// <summary>The name after <c>&amp;</c>.</summary>
    public string? Anchor { get; } = anchor;

    /// <summary>An explicit tag, in full.</summary>
    public string? Tag { get; } = tag;
}

/// <summary>A scalar. <see cref="YamlNode.Span"/> begins behind anchor and tag, and has the quotes.</summary>
public sealed class YamlScalar(
    YamlSpan span,
    string value,
    ScalarPresentation presentation,
    string? anchor = null,
    string? tag = null
) : YamlNode(span, anchor, tag)
{
    public string Value { get; } = value;

    public ScalarPresentation Presentation { get; } = presentation;

    /// <summary>A text, where a plain scalar may also be a number, a boolean or nothing.</summary>
    public bool IsQuoted => Presentation is not ScalarPresentation.Plain;

    /// <summary>Nothing: <c>~</c>, <c>null</c>, or no text at all (https://yaml.org/type/null.html).</summary>
    public bool IsNull => !IsQuoted && Tag is null && Value is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>How a scalar is written.</summary>
public enum ScalarPresentation
{
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Block,
}

/// <summary>A list.</summary>
/// <param name="aliases">For each item the place of the alias that stands there; <c>null</c> where the node itself does.</param>
public sealed class YamlSequence(
    YamlSpan span,
    IReadOnlyList<YamlNode> items,
    IReadOnlyList<YamlSpan?> aliases,
    string? anchor = null,
    string? tag = null
) : YamlNode(span, anchor, tag)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;

    public IReadOnlyList<YamlSpan?> Aliases { get; } = aliases;
}

/// <summary>A mapping, with its entries in the order of the text.</summary>
public sealed class YamlMapping(
    YamlSpan span,
    IReadOnlyList<YamlEntry> entries,
    bool isFlow,
    string? anchor = null,
    string? tag = null
) : YamlNode(span, anchor, tag)
{
    /// <summary>The entries that are written here, with merge keys as such.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    /// <summary>Written in braces.</summary>
    public bool IsFlow { get; } = isFlow;

    /// <summary>The mappings that a merge key (<c>&lt;&lt;</c>) brings in here, the nearest first.</summary>
    public IEnumerable<YamlMapping> Merged =>
        Entries
            .Where(item => item.IsMerge)
            .SelectMany(item => item.Value is YamlSequence list ? list.Items : [item.Value])
            .OfType<YamlMapping>();

    /// <summary>
    /// The entry of a key: its own, or one that a merge key brings, where the nearest wins
    /// (https://yaml.org/type/merge.html).
    /// </summary>
    public bool TryFind(string key, [NotNullWhen(true)] out YamlEntry? entry)
    {
        entry = Find(key, []);
        return entry is not null;
    }

    /// <summary>The value of a key, with aliases resolved; <c>null</c> when there is none.</summary>
    public YamlNode? this[string key] => TryFind(key, out var entry) ? entry.Value : null;

    /// <summary>A text value that is not empty.</summary>
    public string? Text(string key) =>
        this[key] is YamlScalar { IsNull: false, Value: { Length: > 0 } value } ? value : null;

    // Merged mappings may be merged themselves, many times over: each is asked once.
    private YamlEntry? Find(string key, HashSet<YamlMapping> asked) =>
        asked.Add(this)
            ? Entries.FirstOrDefault(item => item.Key.Value == key)
                ?? Merged.Select(merged => merged.Find(key, asked)).FirstOrDefault(found => found is not null)
            : null;
}

/// <summary>A key with its value; an alias is already the node that it stands for.</summary>
/// <param name="Start">Where the entry begins: with the <c>?</c>, anchor or tag of its key.</param>
/// <param name="Indentation">How far right that is, from 0.</param>
/// <param name="End">Where the entry ends in the text: the end of its value, or of the alias.</param>
/// <param name="Alias">The place of the alias, where one stands for the value.</param>
public sealed record YamlEntry(YamlScalar Key, YamlNode Value, int Start, int Indentation, int End, YamlSpan? Alias)
{
    /// <summary>A merge key.</summary>
    public bool IsMerge => Key is { Value: "<<", IsQuoted: false };
}

/// <summary>A place for a value: a key of a mapping, which may be missing yet, or an item of a list by its number.</summary>
public readonly record struct YamlSlot(YamlNode Holder, string Key)
{
    /// <summary>What stands there, with aliases and merge keys resolved.</summary>
    public YamlNode? Value =>
        Holder switch
        {
            YamlMapping mapping => mapping[Key],
            YamlSequence list when int.TryParse(Key, out var index) => list.Items[index],
            _ => null,
        };
}
