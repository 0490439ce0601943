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

    private int PositionAfter(string ns, string name)
    {
        var found = Objects.IndexOf(StoredObject.Probe(Type, ns, name));
        return found >= 0 ? found + 1 : ~found;
    }
}
