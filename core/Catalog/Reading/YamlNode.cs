namespace Devflow.ChatOps.Core.Catalog.Reading;

/// <summary>A place in the file; both numbers count from 1.</summary>
internal readonly record struct Position(int Line, int Column);

/// <summary>A YAML value with its place. Anchors, aliases and tags do not get this far.</summary>
internal abstract record YamlNode(Position At)
{
    /// <summary>What it is, for messages.</summary>
    public abstract string Kind { get; }

    /// <summary>Text; <paramref name="Quoted"/> tells `"true"` from `true`.</summary>
    internal sealed record Scalar(Position At, string Value, bool Quoted) : YamlNode(At)
    {
        public override string Kind => IsNull ? "empty" : "a single value";

        /// <summary>Nothing after the colon, or YAML's words for it.</summary>
        public bool IsNull => !Quoted && Value is "" or "~" or "null" or "Null" or "NULL";
    }

    internal sealed record Sequence(Position At, IReadOnlyList<YamlNode> Items) : YamlNode(At)
    {
        public override string Kind => "a list";
    }

    internal sealed record Mapping(Position At, IReadOnlyList<Entry> Entries) : YamlNode(At)
    {
        public override string Kind => "a mapping";
    }

    /// <summary>A key and its value.</summary>
    internal sealed record Entry(Scalar Key, YamlNode Value);
}
