using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.GitHub.GraphQl;

/// <summary>A request's document, as far as clients of this stand-in go (https://spec.graphql.org/October2021/#sec-Language).</summary>
internal sealed record GraphQlDocument(
    IReadOnlyList<GraphQlOperation> Operations,
    IReadOnlyDictionary<string, GraphQlFragment> Fragments
);

/// <param name="Kind"><c>query</c> or <c>mutation</c>.</param>
internal sealed record GraphQlOperation(
    string Kind,
    string? Name,
    IReadOnlyList<GraphQlVariable> Variables,
    IReadOnlyList<GraphQlSelection> Selections
);

internal sealed record GraphQlVariable(string Name, GraphQlType Type, GraphQlValue? Default);

internal sealed record GraphQlFragment(string On, IReadOnlyList<GraphQlSelection> Selections);

internal abstract record GraphQlSelection
{
    private GraphQlSelection() { }

    /// <param name="Alias">The name in the answer.</param>
    public sealed record Field(
        string Alias,
        string Name,
        IReadOnlyDictionary<string, GraphQlValue> Arguments,
        IReadOnlyList<GraphQlSelection> Selections,
        int Line,
        int Column
    ) : GraphQlSelection;

    /// <param name="On">Null: no condition.</param>
    public sealed record Inline(string? On, IReadOnlyList<GraphQlSelection> Selections) : GraphQlSelection;

    public sealed record Spread(string Name) : GraphQlSelection;
}

internal abstract record GraphQlValue
{
    private GraphQlValue() { }

    public sealed record Variable(string Name) : GraphQlValue;

    /// <summary>A number, a text, true, false or null.</summary>
    public sealed record Literal(JsonNode? Value) : GraphQlValue;

    public sealed record Constant(string Name) : GraphQlValue;

    public sealed record List(IReadOnlyList<GraphQlValue> Items) : GraphQlValue;

    public sealed record Object(IReadOnlyDictionary<string, GraphQlValue> Fields) : GraphQlValue;
}

internal abstract record GraphQlType
{
    private GraphQlType() { }

    public bool IsRequired => this is NonNull;

    /// <summary>The type without lists and marks.</summary>
    public string Core =>
        this switch
        {
            Named named => named.Name,
            NonNull required => required.Of.Core,
            List list => list.Of.Core,
            _ => throw new InvalidOperationException(),
        };

    /// <summary>Whether a value of this type may stand where the other is expected.</summary>
    public bool Fits(GraphQlType expected) =>
        (this, expected) switch
        {
            (NonNull mine, NonNull theirs) => mine.Of.Fits(theirs.Of),
            (NonNull mine, _) => mine.Of.Fits(expected),
            (_, NonNull) => false,
            (List mine, List theirs) => mine.Of.Fits(theirs.Of),
            _ => this == expected,
        };

    public sealed record Named(string Name) : GraphQlType
    {
        public override string ToString() => Name;
    }

    public sealed record NonNull(GraphQlType Of) : GraphQlType
    {
        public override string ToString() => Of + "!";
    }

    public sealed record List(GraphQlType Of) : GraphQlType
    {
        public override string ToString() => $"[{Of}]";
    }
}

/// <summary>An error of an answer.</summary>
/// <param name="type">GitHub's; null where the document is at fault.</param>
/// <param name="code"><c>extensions.code</c>, where the document is at fault.</param>
internal sealed class GraphQlException(string? type, string message, string? code = null) : Exception(message)
{
    public string? Type { get; } = type;

    public string? Code { get; } = code;

    public static GraphQlException Invalid(string code, string message) => new(null, message, code);
}
