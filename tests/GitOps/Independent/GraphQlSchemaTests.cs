using System.Text.RegularExpressions;
using Devflow.ChatOps.Sandbox.GitHub.GraphQl;

namespace Devflow.ChatOps.Tests.GitOps.Independent;

/// <summary>
/// The stand-in refuses what its schema does not have; its schema is a part of GitHub's. So what passes it is what GitHub
/// knows.
/// </summary>
public sealed partial class GraphQlSchemaTests
{
    [Fact]
    public async Task The_schema_of_the_stand_in_is_a_part_of_GitHubs()
    {
        var file = NodePackages.Find("@octokit/graphql-schema/schema.graphql");
        var theirs = Read(await System.IO.File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        foreach (var (type, fields) in Read(Schema.Text))
        {
            theirs.ShouldContainKey(type);
            foreach (var (field, (result, arguments)) in fields)
            {
                theirs[type].ShouldContainKey(field, type);
                theirs[type][field].Type.ShouldBe(result, $"{type}.{field}");
                arguments.ShouldBeSubsetOf(theirs[type][field].Arguments, $"{type}.{field}");
            }
        }
    }

    private static Dictionary<string, Dictionary<string, (string Type, string[] Arguments)>> Read(string text)
    {
        // Descriptions, reasons and defaults that are objects have braces and colons of their own.
        var plain = Noise().Replace(text, "");
        return Block()
            .Matches(plain)
            .ToDictionary(
                block => block.Groups["name"].Value,
                block =>
                    Field()
                        .Matches(block.Groups["fields"].Value)
                        // One field of theirs is there twice.
                        .DistinctBy(field => field.Groups["name"].Value)
                        .ToDictionary(
                            field => field.Groups["name"].Value,
                            field =>
                                (
                                    field.Groups["type"].Value,
                                    Argument()
                                        .Matches(field.Groups["arguments"].Value)
                                        .Select(argument => Spaces().Replace(argument.Value, " ").Trim())
                                        .ToArray()
                                )
                        )
            );
    }

    [GeneratedRegex("\"\"\".*?\"\"\"|\"[^\"\n]*\"|#[^\n]*|= ?\\{[^}]*\\}", RegexOptions.Singleline)]
    private static partial Regex Noise();

    [GeneratedRegex(@"^(?:type|interface|input) (?<name>\w+)[^{]*\{(?<fields>[^}]*)\}", RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(
        @"(?<name>\w+)\s*(?:\((?<arguments>[^)]*)\))?\s*:\s*(?<type>[\w\[\]!]+)(?:\s*=\s*[^\s]+)?(?:\s*@\w+(?:\([^)]*\))?)*"
    )]
    private static partial Regex Field();

    [GeneratedRegex(@"\w+\s*:\s*[\w\[\]!]+(\s*=\s*\w+)?")]
    private static partial Regex Argument();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
