using System.Globalization;

namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>Where the nodes of a text are used: written, meant by an alias, or brought in by a merge key.</summary>
internal sealed class YamlUses
{
    private readonly Dictionary<YamlNode, List<YamlSlot>> holders = [];
    private readonly Dictionary<YamlMapping, List<YamlMapping>> mergers = [];
    private readonly HashSet<YamlNode> seen = [];

    public YamlUses(IEnumerable<YamlNode> documents)
    {
        foreach (var document in documents)
        {
            Visit(document);
        }
    }

    /// <summary>Whether a merge key brings this mapping in somewhere.</summary>
    public bool IsMerged(YamlMapping mapping) => mergers.ContainsKey(mapping);

    /// <summary>The slots that have this node, through aliases and merge keys too.</summary>
    public IEnumerable<YamlSlot> Readers(YamlNode node) =>
        Of(holders, node)
            .SelectMany(slot => slot.Holder is YamlMapping mapping ? Heirs(mapping, slot.Key).Prepend(slot) : [slot])
            .Where(slot => slot.Value == node)
            .Distinct();

    /// <summary>The same key of the mappings that a merge key brings this one into.</summary>
    public IEnumerable<YamlSlot> Heirs(YamlMapping mapping, string key)
    {
        var known = new HashSet<YamlMapping> { mapping };
        var next = new Queue<YamlMapping>(known);
        while (next.TryDequeue(out var merged))
        {
            foreach (var merger in Of(mergers, merged).Where(known.Add))
            {
                next.Enqueue(merger);
                yield return new YamlSlot(merger, key);
            }
        }
    }

    /// <summary>The first anchor within a node, itself included, that an alias outside of this one place uses.</summary>
    public YamlNode? SharedWithin(YamlNode node) =>
        Of(holders, node).Count > 1 ? node
        : node is YamlMapping mapping
            ? mapping.Entries.Select(entry => SharedWithin(entry.Value)).FirstOrDefault(inner => inner is not null)
        : node is YamlSequence list ? list.Items.Select(SharedWithin).FirstOrDefault(inner => inner is not null)
        : null;

    private static List<TUse> Of<TNode, TUse>(Dictionary<TNode, List<TUse>> uses, TNode node)
        where TNode : notnull => uses.GetValueOrDefault(node, []);

    private static void Add<TNode, TUse>(Dictionary<TNode, List<TUse>> uses, TNode node, TUse use)
        where TNode : notnull
    {
        if (!uses.TryGetValue(node, out var list))
        {
            uses[node] = list = [];
        }

        list.Add(use);
    }

    private void Visit(YamlNode node)
    {
        if (!seen.Add(node))
        {
            return;
        }

        switch (node)
        {
            case YamlMapping mapping:
                foreach (var merged in mapping.Merged)
                {
                    Add(mergers, merged, mapping);
                }

                foreach (var entry in mapping.Entries)
                {
                    Add(holders, entry.Value, new YamlSlot(mapping, entry.Key.Value));
                    Visit(entry.Key);
                    Visit(entry.Value);
                }

                break;

            case YamlSequence list:
                for (var i = 0; i < list.Items.Count; i++)
                {
                    Add(holders, list.Items[i], new YamlSlot(list, i.ToString(CultureInfo.InvariantCulture)));
                    Visit(list.Items[i]);
                }

                break;
        }
    }
}
