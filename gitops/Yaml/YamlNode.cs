using System.Diagnostics.CodeAnalysis;

namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>Where something stands in a text: counted in UTF-16 units from its beginning, and for people from 1.</summary>
public sealed record YamlSpan(int Start, int End, int Line, int Column);

/// <summary>A node of a YAML document with its place in the text, so that it can be changed there and nowhere else.</summary>
public abstract record YamlNode(YamlSpan Span);

/// <summary>
/// A scalar. <see cref="YamlNode.Span"/> is its presentation without anchor and tag, with quotes.
/// </summary>
public sealed record YamlScalar(YamlSpan Span, string Value, ScalarPresentation Presentation) : YamlNode(Span)
{
    /// <summary>A text, where a plain scalar may also be a number, a boolean or nothing.</summary>
    public bool IsQuoted => Presentation is not ScalarPresentation.Plain;
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
public sealed record YamlSequence(YamlSpan Span, IReadOnlyList<YamlNode> Items) : YamlNode(Span);

/// <summary>A mapping, with its entries in the order of the text.</summary>
public sealed record YamlMapping(YamlSpan Span, IReadOnlyList<YamlEntry> Entries, bool IsFlow) : YamlNode(Span)
{
    /// <summary>
    /// The entry of a key: its own, or one that a merge key (<c>&lt;&lt;</c>) brings, where the nearest wins
    /// (https://yaml.org/type/merge.html).
    /// </summary>
    public bool TryFind(string key, [NotNullWhen(true)] out YamlEntry? entry)
    {
        entry = Entries.FirstOrDefault(item => item.Key.Value == key) ?? Merged().Select(Of).FirstOrDefault(Known);
        return entry is not null;

        YamlEntry? Of(YamlMapping merged) => merged.TryFind(key, out var found) ? found : null;
        static bool Known(YamlEntry? found) => found is not null;
    }

    /// <summary>The value of a key, with aliases resolved; <c>null</c> when there is none.</summary>
    public YamlNode? this[string key] => TryFind(key, out var entry) ? entry.Value : null;

    /// <summary>A text value that is not empty.</summary>
    public string? Text(string key) => this[key] is YamlScalar { Value: { Length: > 0 } value } ? value : null;

    private IEnumerable<YamlMapping> Merged() =>
        Entries
            .Where(item => item.Key is { Value: "<<", IsQuoted: false })
            .SelectMany(item => item.Value is YamlSequence list ? list.Items : [item.Value])
            .OfType<YamlMapping>();
}

/// <summary>A key with its value; an alias is already the node that it stands for.</summary>
/// <param name="End">Where the entry ends in the text: the end of its value, or of the alias.</param>
public sealed record YamlEntry(YamlScalar Key, YamlNode Value, int End);
