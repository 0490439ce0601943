using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Sandbox.GitHub.GraphQl;

/// <summary>Reads documents, and the type definitions of <see cref="Schema"/>. Block strings and directives are not read: nobody sends them.</summary>
internal sealed partial class Parser
{
    private readonly List<Match> tokens;
    private readonly string text;
    private int at;

    private Parser(string text)
    {
        this.text = text;
        tokens = [.. Token().Matches(text).Where(token => !token.Groups["blank"].Success)];
        if (tokens.FirstOrDefault(token => token.Groups["bad"].Success) is { } bad)
        {
            throw Error($"Expected something else than \"{bad.Value}\"");
        }
    }

    private string Current => at < tokens.Count ? tokens[at].Value : "";

    /// <exception cref="GraphQlException">Not a document.</exception>
    public static GraphQlDocument Document(string text)
    {
        var parser = new Parser(text);
        var operations = new List<GraphQlOperation>();
        var fragments = new Dictionary<string, GraphQlFragment>();
        while (parser.Current.Length > 0)
        {
            if (parser.Take("fragment"))
            {
                var name = parser.Name();
                parser.Expect("on");
                fragments[name] = new GraphQlFragment(parser.Name(), parser.Selections());
            }
            else
            {
                operations.Add(parser.Operation());
            }
        }

        return operations.Count > 0
            ? new GraphQlDocument(operations, fragments)
            : throw parser.Error("A query attribute must be specified and must be a string.");
    }

    /// <summary>Reads <c>type</c>, <c>interface</c> and <c>input</c> definitions.</summary>
    public static IReadOnlyList<TypeDefinition> Types(string text)
    {
        var parser = new Parser(text);
        var types = new List<TypeDefinition>();
        while (parser.Current.Length > 0)
        {
            types.Add(parser.TypeDefinition());
        }

        return types;
    }

    private TypeDefinition TypeDefinition()
    {
        var kind = Name();
        var name = Name();
        var implements = Take("implements") ? Name() : null;
        var fields = new Dictionary<string, FieldDefinition>();
        Expect("{");
        while (!Take("}"))
        {
            var field = Name();
            var arguments = new Dictionary<string, InputDefinition>();
            if (Take("("))
            {
                while (!Take(")"))
                {
                    arguments[Name()] = Input();
                }
            }

            var definition = Input();
            fields[field] = new FieldDefinition(definition.Type, definition.HasDefault, arguments);
        }

        return new TypeDefinition(kind, name, implements, fields);
    }

    private InputDefinition Input()
    {
        Expect(":");
        var type = Type();
        return new InputDefinition(type, Take("=") && Value() is not null);
    }

    private GraphQlOperation Operation()
    {
        if (Current == "{")
        {
            return new GraphQlOperation("query", null, [], Selections());
        }

        var kind = Name();
        if (kind is not ("query" or "mutation"))
        {
            throw Error($"Expected an operation, not \"{kind}\"");
        }

        var name = Current is "(" or "{" ? null : Name();
        var variables = new List<GraphQlVariable>();
        if (Take("("))
        {
            while (!Take(")"))
            {
                Expect("$");
                var variable = Name();
                Expect(":");
                variables.Add(new GraphQlVariable(variable, Type(), Take("=") ? Value() : null));
            }
        }

        return new GraphQlOperation(kind, name, variables, Selections());
    }

    private List<GraphQlSelection> Selections()
    {
        var selections = new List<GraphQlSelection>();
        Expect("{");
        while (!Take("}"))
        {
            selections.Add(Take("...") ? Fragment() : Field());
        }

        return selections.Count > 0 ? selections : throw Error("Expected a selection");
    }

    private GraphQlSelection Fragment()
    {
        if (Current == "{")
        {
            return new GraphQlSelection.Inline(null, Selections());
        }

        return Take("on") ? new GraphQlSelection.Inline(Name(), Selections()) : new GraphQlSelection.Spread(Name());
    }

    private GraphQlSelection.Field Field()
    {
        var token = at;
        var alias = Name();
        var name = Take(":") ? Name() : alias;
        var arguments = new Dictionary<string, GraphQlValue>();
        if (Take("("))
        {
            while (!Take(")"))
            {
                var argument = Name();
                Expect(":");
                arguments[argument] = Value();
            }
        }

        var (line, column) = Place(token);
        return new GraphQlSelection.Field(alias, name, arguments, Current == "{" ? Selections() : [], line, column);
    }

    private GraphQlType Type()
    {
        GraphQlType type;
        if (Take("["))
        {
            type = new GraphQlType.List(Type());
            Expect("]");
        }
        else
        {
            type = new GraphQlType.Named(Name());
        }

        return Take("!") ? new GraphQlType.NonNull(type) : type;
    }

    private GraphQlValue Value()
    {
        if (Take("$"))
        {
            return new GraphQlValue.Variable(Name());
        }

        if (Take("["))
        {
            var items = new List<GraphQlValue>();
            while (!Take("]"))
            {
                items.Add(Value());
            }

            return new GraphQlValue.List(items);
        }

        if (Take("{"))
        {
            var fields = new Dictionary<string, GraphQlValue>();
            while (!Take("}"))
            {
                var name = Name();
                Expect(":");
                fields[name] = Value();
            }

            return new GraphQlValue.Object(fields);
        }

        var token = at < tokens.Count ? tokens[at++] : throw Error("Expected a value");
        return token switch
        {
            { Value: "true" or "false" } => new GraphQlValue.Literal(token.Value == "true"),
            { Value: "null" } => new GraphQlValue.Literal(null),
            _ when token.Groups["string"].Success => new GraphQlValue.Literal(JsonNode.Parse(token.Value)),
            _ when token.Groups["number"].Success => new GraphQlValue.Literal(
                JsonValue.Create(decimal.Parse(token.Value, CultureInfo.InvariantCulture))
            ),
            _ when token.Groups["name"].Success => new GraphQlValue.Constant(token.Value),
            _ => throw Error("Expected a value"),
        };
    }

    private string Name()
    {
        if (at >= tokens.Count || !tokens[at].Groups["name"].Success)
        {
            throw Error("Expected a name");
        }

        return tokens[at++].Value;
    }

    private bool Take(string token)
    {
        if (Current != token)
        {
            return false;
        }

        at++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token))
        {
            throw Error($"Expected \"{token}\"");
        }
    }

    private GraphQlException Error(string what)
    {
        var (line, column) = Place(at);
        return new GraphQlException(
            null,
            Current.Length == 0 ? $"{what} before the end" : $"{what} at [{line}, {column}], not \"{Current}\""
        );
    }

    private (int Line, int Column) Place(int token)
    {
        var before = token < (tokens?.Count ?? 0) ? text[..tokens![token].Index] : text;
        return (before.Count(letter => letter == '\n') + 1, before.Length - before.LastIndexOf('\n'));
    }

    [GeneratedRegex(
        """(?<blank>[\s,\uFEFF]+|#[^\n]*)|(?<name>[A-Za-z_]\w*)|(?<string>"(?:[^"\\\n]|\\.)*")|(?<number>-?\d+(?:\.\d+)?)|\.\.\.|[!$():=@\[\]{}|&]|(?<bad>.)"""
    )]
    private static partial Regex Token();
}
