using System.Collections.Immutable;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>The objects of a kind as they were at one version; costs nothing to keep.</summary>
internal sealed record StoreSnapshot(ResourceType Type, ImmutableSortedSet<StoredObject> Objects, long ResourceVersion)
{
    /// <summary>
    /// Those of one namespace (null: of all), in order, starting after the object at <paramref name="after"/>.
    /// </summary>
    public IEnumerable<StoredObject> In(string? ns, (string Namespace, string Name)? after = null)
    {
        var index =
            after is { } last ? PositionAfter(last.Namespace, last.Name)
            : ns is null ? 0
            : PositionAfter(ns, "");
        for (; index < Objects.Count; index++)
        {
            var stored = Objects[index];
            if (ns is not null && !string.Equals(stored.Namespace, ns, StringComparison.Ordinal))
            {
                yield break;
            }

            yield return stored;
        }
    }

    /// <summary>How many follow after <paramref name="last"/> in the namespace (null: in all).</summary>
    public int CountAfter(string? ns, StoredObject last)
    {
        // Control characters are in no name, so this sorts after every namespace that is not a later one.
        var end = ns is null ? Objects.Count : PositionAfter(ns + '\u0001', "");
        return Math.Max(0, end - PositionAfter(last.Namespace, last.Name));
    }

    private int PositionAfter(string ns, string name)
    {
        var found = Objects.IndexOf(StoredObject.Probe(Type, ns, name));
        return found >= 0 ? found + 1 : ~found;
    }
}
