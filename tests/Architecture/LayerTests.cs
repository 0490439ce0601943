using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Tests.Architecture;

/// <summary>The tree shows the architecture; these keep it that way.</summary>
public sealed partial class LayerTests
{
    private static readonly string[] adapters = ["GitHub", "Kubernetes", "Mongo", "Slack", "Sqlite"];

    [Fact]
    public void Core_references_nothing_but_the_base_class_library_and_YamlDotNet()
    {
        var foreign = typeof(Job)
            .Assembly.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => name != "YamlDotNet" && !name.StartsWith("System.", StringComparison.Ordinal));
        foreign.ShouldBeEmpty();
    }

    [Fact]
    public void Core_does_no_input_or_output_and_has_no_clock()
    {
        Offences("core", CoreMustNot()).ShouldBeEmpty();
    }

    [Fact]
    public void Adapters_do_not_know_each_other()
    {
        foreach (var adapter in adapters)
        {
            var others = string.Join('|', adapters.Where(other => other != adapter));
            Offences(
                    $"functions/Adapters/{adapter}",
                    new Regex($@"using Devflow\.ChatOps\.Functions\.Adapters\.({others})")
                )
                .ShouldBeEmpty();
        }
    }

    [Fact]
    public void Adapters_know_neither_endpoints_nor_the_loop()
    {
        Offences("functions/Adapters", new Regex(@"using Devflow\.ChatOps\.Functions\.(?!Adapters)")).ShouldBeEmpty();
    }

    [Fact]
    public void The_loop_knows_ports_only()
    {
        Offences("functions/Processing", new Regex(@"using Devflow\.ChatOps\.Functions\.Adapters")).ShouldBeEmpty();
    }

    [Fact]
    public void SDK_types_stop_at_their_adapter()
    {
        var sdks = new Regex(@"using (k8s|Microsoft\.Data\.Sqlite|MongoDB)");
        Offences("functions", sdks)
            .Where(file => !file.StartsWith("functions/Adapters/", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Octokit_stops_at_the_GitHub_adapter()
    {
        Offences("gitops", new Regex("using Octokit"))
            .Where(file => !file.StartsWith("gitops/GitHub/", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public void The_product_does_not_know_the_sandbox()
    {
        Offences("core", Sandbox()).Concat(Offences("functions", Sandbox())).ShouldBeEmpty();
    }

    [Fact]
    public void Tests_do_not_sleep()
    {
        Offences("tests", SleepsInTests())
            .Where(file => !file.StartsWith("tests/Architecture/", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    private static List<string> Offences(string folder, Regex pattern) =>
        [.. Repository.Sources(folder).Where(file => pattern.IsMatch(file.Text)).Select(file => file.Path)];

    [GeneratedRegex(
        @"DateTime(Offset)?\.(Utc)?Now|Stopwatch|Task\.Delay|Thread\.Sleep|\bFile\.|Directory\.|HttpClient|TimeProvider|Environment\.Get"
    )]
    private static partial Regex CoreMustNot();

    [GeneratedRegex(@"Devflow\.ChatOps\.Sandbox")]
    private static partial Regex Sandbox();

    [GeneratedRegex(@"Thread\.Sleep\(")]
    private static partial Regex SleepsInTests();
}
