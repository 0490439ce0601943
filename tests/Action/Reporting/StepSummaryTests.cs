using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Reporting;
using Devflow.ChatOps.Action.Service;
using Devflow.ChatOps.Tests.Action.World;

namespace Devflow.ChatOps.Tests.Action.Reporting;

public sealed class StepSummaryTests
{
    private const string Checks = $"https://github.com/acme/my-app/commit/{RunVariables.Source}/checks";

    [Theory]
    [InlineData(Checks, $"| Job | [j-1]({Checks}): Running |")]
    [InlineData(null, "| Job | j-1: Running |")]
    [InlineData("https://elsewhere.example.com/commit", "| Job | j-1: Running |")]
    [InlineData("https://github.com/a) [b](c", "| Job | j-1: Running |")]
    [InlineData("javascript:alert(1)", "| Job | j-1: Running |")]
    public void A_Job_is_a_link_where_GitHub_shows_it(string? checks, string row)
    {
        var job = new JobView
        {
            Id = "j-1",
            Status = "Running",
            GitHub = new GitHubView { Checks = checks },
        };
        Of(RunVariables.Of(), job).ShouldContain($"{row}\n");
    }

    [Fact]
    public void An_environment_with_odd_letters_is_a_link_that_they_cannot_end()
    {
        var summary = Of(RunVariables.Of(("environment", "a) [b](c/|d")), new JobView { Id = "j-1" });
        summary.ShouldContain("(https://github.com/acme/my-app/deployments/a%29%20%5Bb%5D%28c%2F%7Cd) |\n");
    }

    [Fact]
    public void Without_a_Job_nobody_made_deployments() =>
        Of(RunVariables.Of(), job: null).ShouldNotContain("/deployments/");

    private static string Of(Dictionary<string, string> variables, JobView? job)
    {
        var runner = RunVariables.Runner(variables);
        var (request, _) = RequestReader.Read(runner);
        var report = new RunReport(ExitCode.Ok, "", "Done.") { Request = request, Job = job };
        return StepSummary.Of(report, new RunPages(runner.ServerUrl, runner.Repository));
    }
}
