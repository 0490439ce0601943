namespace Devflow.ChatOps.Sandbox.GitHub.GraphQl;

/// <summary>Refuses what GitHub's schema refuses, before anything is done (https://spec.graphql.org/October2021/#sec-Validation).</summary>
internal sealed class Validator
{
    private readonly GraphQlDocument document;
    private readonly GraphQlOperation operation;
    private readonly HashSet<string> used = [];

    private Validator(GraphQlDocument document, GraphQlOperation operation) =>
        (this.document, this.operation) = (document, operation);

    /// <exception cref="GraphQlException">The first fault that was found.</exception>
    public static void Check(GraphQlDocument document, GraphQlOperation operation)
    {
        var validator = new Validator(document, operation);
        foreach (var variable in operation.Variables.Where(variable => !Schema.IsInput(variable.Type.Core)))
        {
            throw GraphQlException.Invalid(
                "variableRequiresValidType",
                $"{variable.Type.Core} isn't a defined input type (on ${variable.Name})"
            );
        }

        validator.Selections(operation.Kind == "mutation" ? "Mutation" : "Query", operation.Selections);
        if (operation.Variables.FirstOrDefault(variable => !validator.used.Contains(variable.Name)) is { } unused)
        {
            throw GraphQlException.Invalid(
                "variableNotUsed",
                $"Variable ${unused.Name} is declared by {operation.Name ?? "anonymous " + operation.Kind} but not used"
            );
        }
    }

    private void Selections(string type, IReadOnlyList<GraphQlSelection> selections)
    {
        foreach (var selection in selections)
        {
            switch (selection)
            {
                case GraphQlSelection.Field field:
                    Field(type, field);
                    break;
                case GraphQlSelection.Inline inline:
                    Fragment(type, inline.On ?? type, inline.Selections);
                    break;
                case GraphQlSelection.Spread spread:
                    var fragment =
                        document.Fragments.GetValueOrDefault(spread.Name)
                        ?? throw GraphQlException.Invalid(
                            "useAndDefineFragment",
                            $"Fragment {spread.Name} was used, but not defined"
                        );
                    Fragment(type, fragment.On, fragment.Selections);
                    break;
            }
        }
    }

    private void Fragment(string type, string on, IReadOnlyList<GraphQlSelection> selections)
    {
        if (!Schema.Types.ContainsKey(on))
        {
            throw GraphQlException.Invalid("undefinedType", $"No such type {on}, so it can't be a fragment condition");
        }

        if (!Schema.Overlap(type, on))
        {
            throw GraphQlException.Invalid("cannotSpreadFragment", $"Fragment on {on} can't be spread inside {type}");
        }

        Selections(on, selections);
    }

    private void Field(string type, GraphQlSelection.Field field)
    {
        if (field.Name == "__typename")
        {
            return;
        }

        var definition =
            Schema.Types[type].Fields.GetValueOrDefault(field.Name)
            ?? throw GraphQlException.Invalid("undefinedField", $"Field '{field.Name}' doesn't exist on type '{type}'");
        foreach (var (name, value) in field.Arguments)
        {
            var expected =
                definition.Arguments.GetValueOrDefault(name)
                ?? throw GraphQlException.Invalid(
                    "argumentNotAccepted",
                    $"Field '{field.Name}' doesn't accept argument '{name}'"
                );
            Value(value, expected, $"argument '{name}' on Field '{field.Name}'");
        }

        var missing = definition
            .Arguments.Where(argument => argument.Value is { Type.IsRequired: true, HasDefault: false })
            .FirstOrDefault(argument => !field.Arguments.ContainsKey(argument.Key));
        if (missing.Key is not null)
        {
            throw GraphQlException.Invalid(
                "missingRequiredArguments",
                $"Field '{field.Name}' is missing required arguments: {missing.Key}"
            );
        }

        var isLeaf = Schema.IsScalar(definition.Type.Core);
        if (isLeaf != (field.Selections.Count == 0))
        {
            throw GraphQlException.Invalid(
                "selectionMismatch",
                isLeaf
                    ? $"Selections can't be made on scalars (field '{field.Name}' returns {definition.Type})"
                    : $"Field must have selections (field '{field.Name}' returns {definition.Type.Core} but has no selections.)"
            );
        }

        Selections(definition.Type.Core, field.Selections);
    }

    private void Value(GraphQlValue value, InputDefinition expected, string where)
    {
        switch (value)
        {
            case GraphQlValue.Variable variable:
                used.Add(variable.Name);
                var declared =
                    operation.Variables.FirstOrDefault(its => its.Name == variable.Name)
                    ?? throw GraphQlException.Invalid(
                        "variableNotDefined",
                        $"Variable ${variable.Name} is used by {operation.Name ?? "anonymous " + operation.Kind} but not declared"
                    );
                var type =
                    declared.Default is null || declared.Type.IsRequired
                        ? declared.Type
                        : new GraphQlType.NonNull(declared.Type);
                if (!type.Fits(expected.Type) && !(expected.HasDefault && type.Fits(Loose(expected.Type))))
                {
                    throw GraphQlException.Invalid(
                        "variableMismatch",
                        $"Type mismatch on variable ${variable.Name} and {where} ({declared.Type} / {expected.Type})"
                    );
                }

                break;
            case GraphQlValue.Object fields when Schema.Types.TryGetValue(expected.Type.Core, out var input):
                foreach (var (name, inner) in fields.Fields)
                {
                    var definition =
                        input.Fields.GetValueOrDefault(name)
                        ?? throw GraphQlException.Invalid(
                            "argumentNotAccepted",
                            $"InputObject '{input.Name}' doesn't accept argument '{name}'"
                        );
                    Value(inner, new InputDefinition(definition.Type, definition.HasDefault), where);
                }

                break;
            case GraphQlValue.List list:
                var item = Loose(expected.Type) is GraphQlType.List of ? of.Of : expected.Type;
                foreach (var inner in list.Items)
                {
                    Value(inner, new InputDefinition(item, false), where);
                }

                break;
        }
    }

    private static GraphQlType Loose(GraphQlType type) => type is GraphQlType.NonNull required ? required.Of : type;
}
