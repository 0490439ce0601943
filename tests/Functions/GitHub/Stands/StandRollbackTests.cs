using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.GitHub;

namespace Devflow.ChatOps.Tests.Functions.GitHub.Stands;

/// <summary>Git is put back: by GraphQL where it is there, by the Git database where it is not.</summary>
public sealed class StandRollbackTests(GitHubStands stands)
{
    private const string Image = "registry.example.com/web";
    private const string Manifest = "apps/web/kustomization.yaml";

    [Theory]
    [InlineData(GitHubMaker.Us)]
    [InlineData(GitHubMaker.Emulate)]
    public async Task What_a_release_changed_is_put_back_once(GitHubMaker maker)
    {
        await using var stand = await stands.StartAsync(maker);
        await stand.CommitAsync("Begin", [new(Manifest, Kustomization("v1"))]);
        var order = Revert(stand, "job-1", await ReleaseAsync(stand));

        var written = (await RevertAsync(stand, order)).ShouldBeOfType<GitAnswer.Written>();

        (await stand.HeadAsync()).ShouldBe(written.Commit);
        (await stand.ReadAsync(Manifest)).ShouldBe(Kustomization("v1"));
        (await stand.ListAsync()).ShouldBe(["README.md", Manifest], "what the release brought is taken away");
        var commit = (await stand.GetAsync($"/commits/{written.Commit}")).GetProperty("commit");
        commit.GetProperty("message").GetString()!.ShouldContain("It is slow.");
        (await RevertAsync(stand, order)).ShouldBe(written);
        (await stand.HeadAsync()).ShouldBe(written.Commit);
        (await stand.GrantedAsync()).ShouldBe(["""{"contents":"write"}"""]);
    }

    [Theory]
    [InlineData(GitHubMaker.Us)]
    [InlineData(GitHubMaker.Emulate)]
    public async Task By_pull_request_it_waits_until_somebody_merges_it(GitHubMaker maker)
    {
        await using var stand = await stands.StartAsync(maker);
        await stand.CommitAsync("Begin", [new(Manifest, Kustomization("v1"))]);
        var order = Revert(stand, "job-1", await ReleaseAsync(stand)) with { AsPullRequest = true };

        var proposed = (await RevertAsync(stand, order)).ShouldBeOfType<GitAnswer.Proposed>();
        (await stand.ReadAsync(Manifest)).ShouldBe(Kustomization("v2"));
        var proposal = order with { IsProposed = true };
        (await RevertAsync(stand, proposal)).ShouldBeOfType<GitAnswer.StillProposed>();
        await stand.MergeAsync(int.Parse(proposed.PullRequest.Segments[^1], null));

        (await RevertAsync(stand, proposal)).ShouldBeOfType<GitAnswer.Written>();
        (await stand.ReadAsync(Manifest)).ShouldBe(Kustomization("v1"));
    }

    [Theory]
    [InlineData(GitHubMaker.Us)]
    [InlineData(GitHubMaker.Emulate)]
    public async Task A_pull_request_that_somebody_closes_is_a_no(GitHubMaker maker)
    {
        await using var stand = await stands.StartAsync(maker);
        await stand.CommitAsync("Begin", [new(Manifest, Kustomization("v1"))]);
        var order = Revert(stand, "job-1", await ReleaseAsync(stand)) with { AsPullRequest = true };
        var proposed = (await RevertAsync(stand, order)).ShouldBeOfType<GitAnswer.Proposed>();
        await stand.ClosePullAsync(int.Parse(proposed.PullRequest.Segments[^1], null));

        (await RevertAsync(stand, order with { IsProposed = true })).ShouldBeOfType<GitAnswer.Declined>();
    }

    private static Task<string> ReleaseAsync(GitHubStand stand) =>
        stand.CommitAsync(
            "Release v2",
            [new(Manifest, Kustomization("v2")), new("apps/web/extra.yaml", "kind: ConfigMap\n")]
        );

    private static string Kustomization(string tag) => $"images:\n  - name: {Image}\n    newTag: {tag}\n";

    private static Effect.RevertGit Revert(GitHubStand stand, string id, string commit) =>
        new(id, stand.Repository, "main", "apps/web", Image, commit, "It is slow.")
        {
            TargetImages = [$"{Image}:v1"],
            BadImages = [$"{Image}:v2"],
            By = "alice",
        };

    /// <summary>As a process does that has just been started.</summary>
    private static Task<GitAnswer> RevertAsync(GitHubStand stand, Effect.RevertGit what) =>
        new GitHubDesiredState(stand.Tokens(), new GitHubLimits(stand.Time)).RevertAsync(
            "web",
            "production",
            what,
            TestContext.Current.CancellationToken
        );
}
