using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.GitHub;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.Functions.Support;
using Devflow.ChatOps.Tests.GitOps.Independent;
using Microsoft.Extensions.Time.Testing;
using StandInFault = Devflow.ChatOps.Sandbox.GitHub.GitHubFault;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>
/// What the service sends is what GitHub's own OpenAPI description asks for. Its GraphQL documents are those of the Action, by
/// the same code; the stand-in refuses what its schema does not have, and that schema is held to GitHub's beside the Action's
/// tests.
/// </summary>
public sealed class OutgoingRequestTests
{
    private const string Source = "acme/my-app";
    private const string GitOps = "acme/gitops";
    private const string Image = "registry.example.com/web";

    private static readonly string[] token =
    [
        "GET /repos/{owner}/{repo}/installation",
        "POST /app/installations/{installation_id}/access_tokens",
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_runs_deployments_and_comments()
    {
        var description = await GitHubDescription.LoadAsync();
        var calls = new List<GitHubCall>();
        foreach (var end in new[] { JobStatus.Succeeded, JobStatus.Failed, JobStatus.Superseded, JobStatus.Cancelled })
        {
            await using var scene = await GitHubScene.StartAsync();
            LoseFirstAnswers(scene.Api);
            scene.WantComments();
            var pull = scene.Merge();
            await scene.CreateAsync();
            await scene.SettleAsync();
            await scene.ChangeAsync(JobStatus.Running, job => scene.Brings(job, pull));
            await scene.SettleAsync();
            await scene.WaitForApprovalAsync(scene.Now);
            await scene.SettleAsync();
            await scene.ChangeAsync(JobStatus.Running);
            await scene.SettleAsync();
            await scene.ChangeAsync(end, job => job with { Message = "It is slow." });
            await scene.SettleAsync();
            await scene.ChangeAsync(end, job => job with { HasLeft = true });
            await scene.SettleAsync();
            scene.Job.IsOnGitHub.ShouldBeTrue();
            calls.AddRange(scene.Api.Log.Calls);
        }

        (await description.CheckAsync(calls)).ShouldBe(
            [
                .. token,
                "POST /repos/{owner}/{repo}/check-runs",
                "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
                "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
                "POST /repos/{owner}/{repo}/deployments",
                "GET /repos/{owner}/{repo}/deployments",
                "POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
                "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
                "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
                "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
                "GET /repos/{owner}/{repo}/issues/comments/{comment_id}",
                "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
            ],
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task What_a_release_brings_and_members_of_teams()
    {
        var description = await GitHubDescription.LoadAsync();
        var world = NewWorld(Source, out var app, out var time);
        using var owned = app;
        world.Directory.PutTeam("acme", "platform", "alice-gh");
        var repository = world.AddRepository(Source);
        var first = repository.Commit("main", "Begin", [new("values.yaml", "replicas: 1\n")]);
        repository.Branch("topic", "main");
        var commit = repository.Commit("topic", "Better", [new("values.yaml", "replicas: 2\n")], by: "Bob");
        var pull = repository.Pulls.Open("topic", "main", "Better", "Why", "bob-gh");
        repository.Pulls.Merge(pull.Number, "alice-gh");
        await using var api = await GitHubApi.StartAsync(world, cancellation: Stop);
        var reader = new GitHubReader(api.AccessOf(app, time), time, new ListLogger<GitHubReader>());

        (await reader.TeamMembersAsync("acme/platform", Stop)).Value().ShouldBe(["alice-gh"]);
        (await reader.CompareAsync(Source, first, commit, GitComparison.MostCommits, Stop)).Value().Total.ShouldBe(1);
        (await reader.CommitsOfPathAsync(Source, commit, "values.yaml", Stop)).Value().Length.ShouldBe(2);
        (await reader.CommitAsync(Source, commit, Stop)).Value().Files.Length.ShouldBe(1);
        (await reader.PullsOfAsync(Source, commit, Stop)).Value().ShouldBe([pull.Number]);
        (await reader.PullAsync(Source, pull.Number, Stop)).Value().MergedBy.ShouldBe("alice-gh");

        (await description.CheckAsync(api.Log.Calls)).ShouldBe(
            [
                .. token,
                "GET /orgs/{org}/installation",
                "GET /orgs/{org}/teams/{team_slug}/members",
                "GET /repos/{owner}/{repo}/compare/{basehead}",
                "GET /repos/{owner}/{repo}/commits",
                "GET /repos/{owner}/{repo}/commits/{ref}",
                "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls",
                "GET /repos/{owner}/{repo}/pulls/{pull_number}",
            ],
            ignoreOrder: true
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rollbacks_in_Git(bool hasGraphQl)
    {
        var description = await GitHubDescription.LoadAsync();
        var world = NewWorld(GitOps, out var app, out var time);
        using var owned = app;
        var repository = world.AddRepository(GitOps);
        repository.Commit("main", "Begin", [new("apps/web/kustomization.yaml", Kustomization("v1"))]);
        var release = Release(repository, "v2");
        await using var api = await GitHubApi.StartAsync(world, cancellation: Stop);
        api.HasGraphQl = hasGraphQl;
        var git = new GitHubDesiredState(api.TokensOf(app, time), new GitHubLimits(time));

        (await RevertAsync(git, Revert("job-1", release))).ShouldBeOfType<GitAnswer.Written>();
        var second = Revert("job-2", Release(repository, "v2")) with { AsPullRequest = true };
        (await RevertAsync(git, second)).ShouldBeOfType<GitAnswer.Proposed>();
        (await RevertAsync(git, second with { IsProposed = true })).ShouldBeOfType<GitAnswer.StillProposed>();

        var asked = await description.CheckAsync(api.Log.Calls);
        // The file that the release brought is taken away again.
        api.Log.Calls.ShouldContain(call => call.Body.Contains("\"sha\":null"));
        string[] always =
        [
            .. token,
            "POST /repos/{owner}/{repo}/git/trees",
            "POST /repos/{owner}/{repo}/git/commits",
            "POST /repos/{owner}/{repo}/git/refs",
            "GET /repos/{owner}/{repo}/pulls",
            "POST /repos/{owner}/{repo}/pulls",
        ];
        always.ShouldBeSubsetOf(asked);
        // Had a document been refused as none of the schema's, REST would have stood in for it.
        asked.Contains("PATCH /repos/{owner}/{repo}/git/refs/{ref}").ShouldBe(!hasGraphQl);
        api.Log.Calls.Any(call => call.IsGraphQl && call.Body.Contains("createCommitOnBranch")).ShouldBe(hasGraphQl);
    }

    /// <summary>Each kind of write is carried out once without an answer, so that it is looked up.</summary>
    private static void LoseFirstAnswers(GitHubApi api)
    {
        var lost = new HashSet<string>();
        api.Faults = call =>
            call.Method == "POST" && call.Path.StartsWith("/repos/", StringComparison.Ordinal) && lost.Add(call.Path)
                ? new StandInFault.CutAfterWork()
                : null;
    }

    private static GitHubWorld NewWorld(string installedOn, out GitHubApp app, out FakeTimeProvider time)
    {
        time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var world = new GitHubWorld(time);
        app = world.AddApp(new GitHubApp(4711, "devflow[bot]", installedOn) { Permissions = GitHubPermissions.All });
        return world;
    }

    private static string Kustomization(string tag) => $"images:\n  - name: {Image}\n    newTag: {tag}\n";

    private static string Release(GitHubRepository repository, string tag) =>
        repository.Commit(
            "main",
            $"Release {tag}",
            [new("apps/web/kustomization.yaml", Kustomization(tag)), new("apps/web/extra.yaml", "kind: ConfigMap\n")]
        );

    private static Effect.RevertGit Revert(string id, string commit) =>
        new(id, GitOps, "main", "apps/web", Image, commit, "It is slow.")
        {
            TargetImages = [$"{Image}:v1"],
            BadImages = [$"{Image}:v2"],
            By = "alice",
        };

    private static Task<GitAnswer> RevertAsync(GitHubDesiredState git, Effect.RevertGit what) =>
        git.RevertAsync("web", "production", what, Stop);
}
