using System.Globalization;

namespace Devflow.ChatOps.Core.Catalog.Reading;

/// <summary>
/// One mapping of the file. Every question for a key makes the key known; <see cref="Close"/> then reports the
/// others. A missing or wrong value becomes a fault and a harmless stand-in, so that reading goes on and finds all
/// faults; what was built is thrown away when there was any.
/// </summary>
internal sealed class Section
{
    private readonly YamlNode.Mapping mapping;
    private readonly string what;
    private readonly List<string> known = [];

    private Section(YamlNode.Mapping mapping, string what, FaultList faults)
    {
        this.mapping = mapping;
        this.what = what;
        Faults = faults;
    }

    public FaultList Faults { get; }

    public Position At => mapping.At;

    /// <summary>The mapping; null, with a fault, when the value is something else.</summary>
    /// <param name="node">The value.</param>
    /// <param name="what">What it describes, with an article, for messages.</param>
    /// <param name="faults">Where faults go.</param>
    public static Section? Of(YamlNode node, string what, FaultList faults)
    {
        if (node is YamlNode.Mapping mapping)
        {
            return new(mapping, what, faults);
        }

        faults.Add(node.At, $"{what} must be a mapping, but is {node.Kind}");
        return null;
    }

    public bool Has(string key) => Find(key) is not null;

    /// <summary>Where the value of a key is, or the section itself when it is not there.</summary>
    public Position PlaceOf(string key) => Find(key)?.At ?? At;

    public string Required(string key, TextRule rule) => Scalar(key, required: true, rule)?.Value ?? "";

    public string? Optional(string key, TextRule rule) => Scalar(key, required: false, rule)?.Value;

    public bool Flag(string key, bool fallback)
    {
        var rule = new TextRule("true or false", text => text is "true" or "false");
        return Scalar(key, required: false, rule, quotable: false)?.Value is { } text ? text == "true" : fallback;
    }

    public long? Number(string key, long least, long most)
    {
        var expected = string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}");
        var rule = new TextRule(
            expected,
            text =>
                long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= least
                && number <= most
        );
        return Scalar(key, required: false, rule, quotable: false) is { } scalar
            ? long.Parse(scalar.Value, CultureInfo.InvariantCulture)
            : null;
    }

    public TimeSpan? Span(string key)
    {
        var rule = new TextRule(
            "a duration such as 30s, 15m, 4h or 1h30m, above zero and at most 8760h",
            text => Duration.Parse(text) is not null
        );
        return Scalar(key, required: false, rule) is { } scalar ? Duration.Parse(scalar.Value) : null;
    }

    /// <summary>A list of texts, each once and at least one; empty when the key is left out.</summary>
    public IReadOnlyList<YamlNode.Scalar> Texts(string key, TextRule rule, bool required)
    {
        var texts = new List<YamlNode.Scalar>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in Items(key, required))
        {
            if (Checked(item, $"an item of {Quote.Of(key)}", rule, quotable: true) is not { } scalar)
            {
                continue;
            }

            if (!seen.Add(scalar.Value))
            {
                Faults.Add(scalar.At, $"{Quote.Of(scalar.Value)} is in the list twice");
                continue;
            }

            texts.Add(scalar);
        }

        return texts;
    }

    /// <summary>A list of mappings, at least one; empty when the key is left out.</summary>
    public IEnumerable<Section> Sections(string key, string what, bool required) =>
        Items(key, required).Select(item => Of(item, what, Faults)).OfType<Section>();

    /// <summary>A mapping within this one; null when it is left out or wrong.</summary>
    public Section? Child(string key, string what, bool required)
    {
        var node = Value(key, required);
        return node is null ? null : Of(node, what, Faults);
    }

    /// <summary>The value as it is; a fault when it must be there and is not.</summary>
    public YamlNode? Value(string key, bool required)
    {
        known.Add(key);
        var node = Find(key);
        if (node is null && required)
        {
            Faults.Add(At, $"missing key {Quote.Of(key)} in {what}");
        }

        return node;
    }

    /// <summary>Reports the keys that nobody asked for.</summary>
    public void Close()
    {
        foreach (var (key, _) in mapping.Entries.Where(entry => !known.Contains(entry.Key.Value)))
        {
            var unused = known.Where(key => !Has(key));
            Faults.Add(key.At, $"unknown key {Quote.Of(key.Value)} in {what}{Faults.DidYouMean(key.Value, unused)}");
        }
    }

    private YamlNode? Find(string key) => mapping.Entries.FirstOrDefault(entry => entry.Key.Value == key)?.Value;

    private IReadOnlyList<YamlNode> Items(string key, bool required)
    {
        switch (Value(key, required))
        {
            case null:
                return [];
            case YamlNode.Sequence { Items.Count: > 0 } list:
                return list.Items;
            case YamlNode.Sequence empty:
                Faults.Add(empty.At, $"the list {Quote.Of(key)} must not be empty");
                return [];
            case var other:
                Faults.Add(other.At, $"{Quote.Of(key)} must be a list, but is {other.Kind}");
                return [];
        }
    }

    private YamlNode.Scalar? Scalar(string key, bool required, TextRule rule, bool quotable = true) =>
        Value(key, required) is { } node ? Checked(node, Quote.Of(key), rule, quotable) : null;

    private YamlNode.Scalar? Checked(YamlNode node, string what, TextRule rule, bool quotable)
    {
        if (node is not YamlNode.Scalar scalar || scalar.IsNull)
        {
            Faults.Add(node.At, $"{what} must be {rule.Expected}, but is {node.Kind}");
            return null;
        }

        if ((scalar.Quoted && !quotable) || !rule.Fits(scalar.Value))
        {
            var quotes = scalar.Quoted && !quotable && rule.Fits(scalar.Value) ? " without quotes" : "";
            Faults.Add(scalar.At, $"{what} must be {rule.Expected}{quotes}, not {Quote.Of(scalar.Value)}");
            return null;
        }

        return scalar;
    }
}
