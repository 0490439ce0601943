namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>
/// One edit of a YAML text: wishes are collected, then made at once. The result is read again and compared, so that
/// nothing but the wishes ever comes out of <see cref="Make"/>; what cannot be had that way is refused.
/// </summary>
internal sealed class YamlEdit(string text, IReadOnlyList<YamlNode> documents)
{
    private readonly YamlUses uses = new(documents);
    private readonly Dictionary<YamlSlot, (string Value, YamlEntry? After)> wishes = [];
    private readonly List<(YamlMapping Mapping, string Key)> removals = [];
    private readonly Dictionary<YamlSlot, string> foreign = [];

    /// <summary>The slot shall have this text; where the key is missing it comes right behind another entry.</summary>
    /// <exception cref="YamlFaultException">Something else is wished for the same slot.</exception>
    public void Set(YamlSlot slot, string value, YamlEntry? after = null)
    {
        if (wishes.TryGetValue(slot, out var former) && former.Value != value)
        {
            throw Fault(slot.Value ?? slot.Holder, "Two different values are wanted here.");
        }

        wishes[slot] = (value, after);
    }

    /// <summary>The mapping shall not have this key.</summary>
    public void Remove(YamlMapping mapping, string key) => removals.Add((mapping, key));

    /// <summary>What this slot says belongs to somebody else: it does not change along with what it shares.</summary>
    public void Keep(YamlMapping mapping, string key, string owner) =>
        foreign.TryAdd(new YamlSlot(mapping, key), owner);

    /// <summary>Whether a merge key brings this mapping in somewhere.</summary>
    public bool IsMerged(YamlMapping mapping) => uses.IsMerged(mapping);

    /// <summary>The changed text; <c>null</c> when everything is as wished.</summary>
    /// <exception cref="YamlFaultException">A wish cannot be fulfilled without changing something else.</exception>
    public string? Make()
    {
        var changes = new YamlChanges();
        var edits = new TextEdits(text);
        foreach (var (slot, (value, after)) in wishes)
        {
            Set(slot, value, after, changes, edits);
        }

        foreach (var (mapping, key) in removals)
        {
            Remove(mapping, key, changes, edits);
        }

        return changes.IsEmpty ? null : Checked(edits.Apply(), changes);
    }

    private string Checked(string changed, YamlChanges changes)
    {
        YamlNode? difference;
        try
        {
            difference = YamlComparison.FindDifference(documents, YamlText.Read(changed), changes);
        }
        catch (YamlFaultException)
        {
            difference = changes
                .Values.Keys.Concat(changes.Own.Keys.Concat(changes.Removed).Select(slot => slot.Holder))
                .MinBy(node => node.Span.Start);
        }

        return difference is null
            ? changed
            : throw Fault(
                difference,
                "Cannot be edited safely: with the new value this would be read as something else. "
                    + "Write each entry as key: value on a line of its own."
            );
    }

    private void Set(YamlSlot slot, string value, YamlEntry? after, YamlChanges changes, TextEdits edits)
    {
        var entry = slot.Holder is YamlMapping mapping && mapping.TryFind(slot.Key, out var found) ? found : null;
        var place = entry?.Value ?? slot.Value;
        if (place is null && Inherits(slot, value))
        {
            return;
        }

        if (place is null)
        {
            Add(slot, value, after, changes, edits);
            return;
        }

        if (place is not YamlScalar scalar)
        {
            throw Fault(place, $"{slot.Key}: expected a text.");
        }

        if (scalar.Value == value && Scalars.IsText(scalar))
        {
            return;
        }

        var isJson =
            slot.Holder is YamlMapping { IsFlow: true }
            && entry?.Key is { Presentation: ScalarPresentation.DoubleQuoted };
        if (OtherOwner(uses.Readers(scalar)) is not { } other)
        {
            if (changes.Values.TryAdd(scalar, value))
            {
                edits.Replace(scalar, value, isJson);
            }
            else if (changes.Values[scalar] != value)
            {
                throw Fault(scalar, "Two different values are wanted here.");
            }
        }
        else if (IsMergedIn(slot))
        {
            Add(slot, value, after, changes, edits);
        }
        else if (AliasAt(slot) is { } alias)
        {
            changes.Own.Add(slot, value);
            edits.Replace(alias, value, isJson);
        }
        else
        {
            throw Shared(scalar, other);
        }
    }

    private void Add(YamlSlot slot, string value, YamlEntry? after, YamlChanges changes, TextEdits edits)
    {
        var mapping = (YamlMapping)slot.Holder;
        var behind =
            after is not null && mapping.Entries.Contains(after)
                ? after
                : mapping.Entries.FirstOrDefault(entry => entry.IsMerge)
                    ?? throw Fault(mapping, $"There is no place for {slot.Key}.");
        RefuseForHeirs(mapping, slot.Key);
        changes.Own.Add(slot, value);
        edits.Add(mapping, behind, slot.Key, value);
    }

    private void Remove(YamlMapping mapping, string key, YamlChanges changes, TextEdits edits)
    {
        if (!mapping.TryFind(key, out var entry))
        {
            return;
        }

        if (!mapping.Entries.Contains(entry))
        {
            throw Fault(entry.Key, $"{key} comes from a merge key; take it out by hand.");
        }

        if (entry.Alias is null && uses.SharedWithin(entry.Value) is { } shared)
        {
            throw Fault(
                shared,
                $"{key} must go, but the anchor {shared.Anchor} in it is used elsewhere; take it out by hand."
            );
        }

        if (mapping.Merged.Any(merged => merged.TryFind(key, out _)))
        {
            throw Fault(entry.Key, $"{key} must go, but a merge key would bring another one; take it out by hand.");
        }

        RefuseForHeirs(mapping, key);
        changes.Removed.Add(new YamlSlot(mapping, key));
        edits.Remove(mapping, entry);
    }

    // A key that comes or goes, comes or goes wherever the mapping is merged into without having a key of its own.
    private void RefuseForHeirs(YamlMapping mapping, string key)
    {
        var heirs = uses.Heirs(mapping, key)
            .Where(heir => ((YamlMapping)heir.Holder).Entries.All(entry => entry.Key.Value != key));
        if (OtherOwner(heirs) is { } other)
        {
            throw Shared(mapping, other);
        }
    }

    private YamlSlot? OtherOwner(IEnumerable<YamlSlot> readers)
    {
        foreach (var reader in readers)
        {
            if (foreign.ContainsKey(reader) && !wishes.ContainsKey(reader))
            {
                return reader;
            }
        }

        return null;
    }

    // The mapping that is merged in gets the same key.
    private bool Inherits(YamlSlot slot, string value) =>
        slot.Holder is YamlMapping mapping
        && mapping.Merged.Any(merged =>
            wishes.TryGetValue(slot with { Holder = merged }, out var wish) && wish.Value == value
        );

    private static bool IsMergedIn(YamlSlot slot) =>
        slot.Holder is YamlMapping mapping && mapping.Entries.All(entry => entry.Key.Value != slot.Key);

    private static YamlSpan? AliasAt(YamlSlot slot) =>
        slot.Holder switch
        {
            YamlMapping mapping => mapping.Entries.First(entry => entry.Key.Value == slot.Key).Alias,
            YamlSequence list when int.TryParse(slot.Key, out var index) => list.Aliases[index],
            _ => null,
        };

    private YamlFaultException Shared(YamlNode at, YamlSlot other) =>
        Fault(
            at,
            $"{foreign[other]} (line {other.Holder.Span.Line}) has its {other.Key} from here, through an anchor; "
                + "give it one of its own."
        );

    private static YamlFaultException Fault(YamlNode at, string message) => new(at.Span.Line, at.Span.Column, message);
}
