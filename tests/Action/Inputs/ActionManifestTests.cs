using System.Text.RegularExpressions;
using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Reporting;
using Devflow.ChatOps.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Devflow.ChatOps.Tests.Action.Inputs;

/// <summary>
/// action.yml and the tables of docs/action.md are what the declarations say. Write them anew with
/// <c>DEVFLOW_WRITE=1 dotnet test --project tests/Action --filter-class '*ActionManifestTests'</c>.
/// </summary>
public sealed partial class ActionManifestTests
{
    private const string HowTo =
        "Write it anew: DEVFLOW_WRITE=1 dotnet test --project tests/Action --filter-class '*ActionManifestTests'";

    private static readonly bool writes = Environment.GetEnvironmentVariable("DEVFLOW_WRITE") == "1";

    [Fact]
    public void The_manifest_is_what_the_declarations_say() =>
        Check("action/action.yml", _ => ActionManifest.Yaml(Version));

    [Fact]
    public void The_tables_of_the_document_are_what_the_declarations_say() =>
        Check(
            "docs/action.md",
            text =>
                ActionManifest.Tables.Aggregate(
                    text,
                    (document, table) =>
                    {
                        var (start, end) = ($"<!-- generated: {table.Key} -->\n", "<!-- end -->");
                        var from = document.IndexOf(start, StringComparison.Ordinal);
                        from.ShouldBeGreaterThanOrEqualTo(0, $"docs/action.md has no {start}");
                        from += start.Length;
                        var to = document.IndexOf(end, from, StringComparison.Ordinal);
                        return document[..from] + table.Value + document[to..];
                    }
                )
        );

    [Fact]
    public void The_manifest_is_YAML_that_says_the_same()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Read("action/action.yml")));
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        var inputs = (YamlMappingNode)root["inputs"];
        inputs.Children.Keys.Select(key => key.ToString()).ShouldBe(ActionInputs.All.Select(input => input.Name));
        foreach (var input in ActionInputs.All)
        {
            var node = (YamlMappingNode)inputs[input.Name];
            node["description"].ToString().ShouldBe(input.Description);
            node["required"].ToString().ShouldBe(input.IsRequired ? "true" : "false");
            (node.Children.TryGetValue("default", out var value) ? value.ToString() : "").ShouldBe(input.Default);
        }

        ((YamlMappingNode)root["outputs"])
            .Children.Keys.Select(key => key.ToString())
            .ShouldBe(ActionOutputs.All.Select(output => output.Name));
        root["runs"]["using"].ToString().ShouldBe("docker");
        root["runs"]["image"].ToString().ShouldBe($"{ActionManifest.Image}:{Version}");
    }

    [Fact]
    public void Names_are_of_the_form_that_GitHub_takes_and_there_once()
    {
        var names = ActionInputs.All.Select(input => input.Name).ToList();
        names.ShouldBeUnique();
        names.Concat(ActionOutputs.All.Select(output => output.Name)).ShouldAllBe(name => Name().IsMatch(name));
    }

    [Fact]
    public void Every_exit_code_is_explained() =>
        ExitCodes.All.Keys.ShouldBe(Enum.GetValues<ExitCode>(), ignoreOrder: true);

    [Fact]
    public void Every_field_of_the_result_is_in_the_document()
    {
        var document = Read("docs/action.md");
        var missing =
            from type in new[]
            {
                typeof(ResultDocument),
                typeof(ResultPullRequest),
                typeof(ResultFile),
                typeof(ResultPlace),
                typeof(ResultJob),
                typeof(ResultStep),
                typeof(ResultFault),
            }
            from property in type.GetProperties()
            let name = char.ToLowerInvariant(property.Name[0]) + property.Name[1..]
            where !document.Contains($"\"{name}\":", StringComparison.Ordinal)
            select $"{type.Name}.{name}";
        missing.ShouldBeEmpty();
    }

    private static string Version { get; } =
        VersionElement().Match(Read("Directory.Build.props")).Groups["version"].Value;

    private static void Check(string path, Func<string, string> expected)
    {
        var before = Read(path);
        var after = expected(before);
        if (writes)
        {
            File.WriteAllText(Path.Combine(BuiltService.Repository, path), after);
        }
        else
        {
            before.ShouldBe(after, HowTo);
        }
    }

    private static string Read(string path)
    {
        var file = Path.Combine(BuiltService.Repository, path);
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }

    [GeneratedRegex("<Version>(?<version>[^<]+)</Version>")]
    private static partial Regex VersionElement();

    [GeneratedRegex("^[a-z][a-z-]*$")]
    private static partial Regex Name();
}
