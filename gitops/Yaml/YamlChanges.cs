namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>What is to be different after an edit, and nothing else is.</summary>
internal sealed class YamlChanges
{
    /// <summary>Scalars that get another value, wherever they are used.</summary>
    public Dictionary<YamlScalar, string> Values { get; } = [];

    /// <summary>Slots that get a scalar of their own: a new key, or a value in the place of an alias.</summary>
    public Dictionary<YamlSlot, string> Own { get; } = [];

    /// <summary>Keys that are taken out.</summary>
    public HashSet<YamlSlot> Removed { get; } = [];

    public bool IsEmpty => Values.Count + Own.Count + Removed.Count == 0;
}
