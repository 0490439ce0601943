using System.Globalization;

namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>
/// Compares what a text said before an edit with what it says afterwards: the same documents, the same nodes, the same
/// aliases, but for the changes that were meant.
/// </summary>
internal sealed class YamlComparison
{
    private readonly YamlChanges changes;
    private readonly Dictionary<YamlNode, YamlNode> counterparts = [];
    private readonly HashSet<YamlNode> taken = [];

    private YamlComparison(YamlChanges changes) => this.changes = changes;

    /// <summary>The first node of the former text that is another one now, without being meant; <c>null</c> when none is.</summary>
    public static YamlNode? FindDifference(
        IReadOnlyList<YamlNode> before,
        IReadOnlyList<YamlNode> after,
        YamlChanges changes
    )
    {
        var comparison = new YamlComparison(changes);
        for (var i = 0; i < before.Count; i++)
        {
            if (i >= after.Count)
            {
                return before[i];
            }

            if (comparison.Compare(before[i], after[i]) is { } difference)
            {
                return difference;
            }
        }

        return after.Count > before.Count ? before[^1] : null;
    }

    private YamlNode? Compare(YamlNode before, YamlNode after)
    {
        if (counterparts.TryGetValue(before, out var counterpart))
        {
            return counterpart == after ? null : before;
        }

        if (!taken.Add(after) || before.Anchor != after.Anchor || before.Tag != after.Tag)
        {
            return before;
        }

        counterparts[before] = after;
        return (before, after) switch
        {
            (YamlScalar one, YamlScalar other) => IsAsMeant(one, other) ? null : before,
            (YamlSequence one, YamlSequence other) => CompareLists(one, other),
            (YamlMapping one, YamlMapping other) => CompareMappings(one, other),
            _ => before,
        };
    }

    private bool IsAsMeant(YamlScalar before, YamlScalar after) =>
        changes.Values.TryGetValue(before, out var value)
            ? IsText(after, value)
            : before.Value == after.Value && before.Presentation == after.Presentation;

    private static bool IsText(YamlNode node, string value) =>
        node is YamlScalar scalar && scalar.Value == value && Scalars.IsText(scalar);

    private YamlNode? CompareLists(YamlSequence before, YamlSequence after)
    {
        if (before.Items.Count != after.Items.Count)
        {
            return before;
        }

        return before
            .Items.Select(
                (item, i) =>
                    CompareSlots(new YamlSlot(before, i.ToString(CultureInfo.InvariantCulture)), item, after.Items[i])
            )
            .FirstOrDefault(difference => difference is not null);
    }

    private YamlNode? CompareMappings(YamlMapping before, YamlMapping after)
    {
        var kept = before.Entries.Where(entry => !changes.Removed.Contains(Slot(entry))).ToList();
        var known = before.Entries.Select(entry => entry.Key.Value).ToHashSet(StringComparer.Ordinal);
        var added = after.Entries.Where(entry => !known.Contains(entry.Key.Value)).ToList();
        var rest = after.Entries.Except(added).ToList();
        var wanted = changes.Own.Count(own => own.Key.Holder == before && !known.Contains(own.Key.Key));
        if (
            before.IsFlow != after.IsFlow
            || rest.Count != kept.Count
            || added.Count != wanted
            || !added.TrueForAll(entry => changes.Own.TryGetValue(Slot(entry), out var own) && IsText(entry.Value, own))
        )
        {
            return before;
        }

        return kept.Select(
                (entry, i) => Compare(entry.Key, rest[i].Key) ?? CompareSlots(Slot(entry), entry.Value, rest[i].Value)
            )
            .FirstOrDefault(difference => difference is not null);

        YamlSlot Slot(YamlEntry entry) => new(before, entry.Key.Value);
    }

    private YamlNode? CompareSlots(YamlSlot slot, YamlNode before, YamlNode after) =>
        changes.Own.TryGetValue(slot, out var own)
            ? (taken.Add(after) && after.Anchor is null && IsText(after, own) ? null : before)
            : Compare(before, after);
}
