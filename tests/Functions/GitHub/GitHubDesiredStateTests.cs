using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.GitHub;
using Devflow.ChatOps.Sandbox.GitHub;
using Microsoft.Extensions.Time.Testing;
using StandInFault = Devflow.ChatOps.Sandbox.GitHub.GitHubFault;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>Git is written within the same limits as all that the service asks of GitHub.</summary>
public sealed class GitHubDesiredStateTests : IAsyncLifetime
{
    private const string Repository = "acme/gitops";
    private const string Image = "registry.example.com/web";

    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly GitHubApp app = new(4711, "devflow[bot]", Repository) { Permissions = GitHubPermissions.All };
    private readonly GitHubLimits limits;
    private GitHubApi api = null!;
    private GitHubDesiredState git = null!;

    public GitHubDesiredStateTests() => limits = new GitHubLimits(time);

    public async ValueTask InitializeAsync()
    {
        var world = new GitHubWorld(time);
        world.AddApp(app);
        world
            .AddRepository(Repository)
            .Commit(
                "main",
                "Begin",
                [new("apps/web/kustomization.yaml", $"images:\n  - name: {Image}\n    newTag: v2\n")]
            );
        api = await GitHubApi.StartAsync(world, cancellation: TestContext.Current.CancellationToken);
        git = new GitHubDesiredState(api.TokensOf(app, time), limits);
    }

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        app.Dispose();
    }

    [Fact]
    public async Task Whoever_was_asked_to_wait_keeps_Git_and_all_others_of_the_owner_waiting()
    {
        api.Faults = call =>
            call.Path.Contains("graphql", StringComparison.Ordinal)
                ? new StandInFault.TooFast(TimeSpan.FromMinutes(40))
                : null;

        (await FailAsync()).RetryAfter.ShouldBe(TimeSpan.FromMinutes(40));
        limits.Refuse("acme/my-app").ShouldNotBeNull();

        api.Log.Clear();
        time.Advance(TimeSpan.FromMinutes(10));
        (await FailAsync()).RetryAfter.ShouldBe(TimeSpan.FromMinutes(30));
        api.Log.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(403, true)]
    [InlineData(503, false)]
    public async Task What_no_retry_mends_is_somebodys_business(int status, bool needsPerson)
    {
        api.Faults = call =>
            call.Path.Contains("access_tokens", StringComparison.Ordinal)
            || call.Path.EndsWith("/installation", StringComparison.Ordinal)
                ? null
                : new StandInFault.Answer(status, "no");

        (await FailAsync()).NeedsPerson.ShouldBe(needsPerson);
    }

    [Fact]
    public async Task Whatever_was_written_for_others_Git_is_written_and_counts()
    {
        while (limits.Take("acme/my-app", GitHubWrite.Progress) is null) { }

        (await RevertAsync()).ShouldBeOfType<GitAnswer.Written>();

        var left = 0;
        while (limits.Take("acme/my-app", GitHubWrite.Outcome) is null)
        {
            left++;
        }

        left.ShouldBe(14);
    }

    private async Task<GitFault> FailAsync() => (await RevertAsync()).ShouldBeOfType<GitAnswer.Fault>().Why;

    private Task<GitAnswer> RevertAsync()
    {
        var revert = new Effect.RevertGit("effect-1", Repository, "main", "apps/web", Image, null, "slow")
        {
            TargetImages = [$"{Image}:v1"],
            BadImages = [$"{Image}:v2"],
        };
        return git.RevertAsync("web", "production", revert, TestContext.Current.CancellationToken);
    }
}
