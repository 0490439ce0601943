using System.Collections.Immutable;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Sqlite;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Tests.Functions.Store;
using Devflow.ChatOps.Tests.Functions.Support;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.Processing;

/// <summary>What a release brings is read beside the loop, and written down once.</summary>
public sealed class ContentsReaderTests : IAsyncLifetime
{
    private const string Head = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    private const string Base = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string GitOps = "cccccccccccccccccccccccccccccccccccccccc";
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);
    private static readonly GitPerson alice = new("alice-gh", "Alice", "alice@example.com");

    private readonly TemporaryDatabase database = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeGitHub gitHub = new();
    private readonly Support.ListLogger<ContentsReader> log = new();
    private ReleaseTarget target = ((CatalogResult.Valid)CatalogParser.Parse(SmallCatalog.Text, "catalog.yaml"))
        .Catalog
        .Targets[0];
    private SqliteStore store = null!;
    private ContentsReader reader = null!;
    private Job job = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private RolloutRef Rollout => job.Rollout;

    public async ValueTask InitializeAsync()
    {
        store = SqliteStore.Open(database.Path, "one", clock);
        await store.PrepareAsync(Stop);
        reader = new ContentsReader(
            store,
            gitHub,
            new Leases(store, clock, new Support.ListLogger<Leases>()),
            new WakeUp(),
            clock,
            log
        );
        await SaveAsync("old", Base, 1, new PodHash("none"));
        job = await SaveAsync("new", Head, 2, new PodHash("old"));
        gitHub.Comparisons[$"{Base}...{Head}"] = new GitComparison(
            [new GitCommit("c1", "One", alice, alice), new GitCommit("c2", "Two", alice, alice)],
            2,
            0
        );
        gitHub.PullsOf["c1"] = [7];
        gitHub.PullsOf["c2"] = [7];
        gitHub.Pulls[7] = new GitPull(7, "Both", "alice-gh", "bob-gh");
        gitHub.Commits[GitOps] = new GitChange(
            new GitCommit(GitOps, "Release", alice, alice),
            [new GitFile("values.yaml", "modified", 1, 1, "-replicas: 2\n+replicas: 3")],
            false
        );
    }

    public async ValueTask DisposeAsync()
    {
        await reader.DisposeAsync();
        await store.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task Commits_pull_requests_authors_and_configuration_are_read_and_each_is_asked_for_once()
    {
        (await BeginAsync()).ShouldBe(clock.GetUtcNow().AddMinutes(1));
        await IdleAsync();

        var read = await ReadAsync();
        read.Contents!.Commits.Select(commit => commit.Sha).ShouldBe(["c2", "c1"]);
        read.Contents.Pulls.ShouldHaveSingleItem().ShouldBe(new ReleasedPull(7, "Both", "alice-gh", "bob-gh"));
        read.Contents.Files.ShouldHaveSingleItem().Lines.ShouldBe(["- replicas: 2", "+ replicas: 3"]);
        read.Authors.Identities.Select(identity => identity.Role)
            .ShouldBe([
                AuthorRole.Requester,
                AuthorRole.Author,
                AuthorRole.Committer,
                AuthorRole.Author,
                AuthorRole.Merger,
                // Of the GitOps commit.
                AuthorRole.Author,
                AuthorRole.Committer,
            ]);
        gitHub.Asked.Order().ShouldBe(gitHub.Asked.Distinct().Order());
        (await store.DueAsync(clock.GetUtcNow(), [], 10, Stop)).ShouldBe([Rollout]);

        (await BeginAsync()).ShouldBeNull();
        gitHub.Asked.Count.ShouldBe(6);
    }

    [Fact]
    public async Task The_Rollout_is_free_while_GitHub_is_slow_and_a_second_look_does_not_ask_again()
    {
        var slow = new TaskCompletionSource();
        gitHub.Gate = slow.Task;
        await BeginAsync();
        await BeginAsync();

        var lease = await store.TakeAsync(Rollout, clock.GetUtcNow(), Stop);
        lease.ShouldNotBeNull();
        await store.ReleaseAsync(lease, true, null, Stop);
        slow.SetResult();
        await IdleAsync();

        gitHub.Asked.Count(question => question.StartsWith("compare", StringComparison.Ordinal)).ShouldBe(1);
        (await ReadAsync()).Contents!.IsComplete.ShouldBeTrue();
    }

    [Fact]
    public async Task What_GitHub_refuses_is_written_down_and_tried_again_in_time()
    {
        gitHub.Fault = new GitHubFault(GitHubFaultKind.NotFound, "GitHub: 404 Not Found");
        await BeginAsync();
        await IdleAsync();
        (await ReadAsync()).Contents!.Problem.ShouldContain("404");
        gitHub.Fault = null;

        var next = (await BeginAsync()).ShouldNotBeNull();
        next.ShouldBeInRange(clock.GetUtcNow().AddSeconds(7), clock.GetUtcNow().AddSeconds(13));
        (await ReadAsync()).Contents!.ReadAt.ShouldBeNull();
        clock.SetUtcNow(next);
        await BeginAsync();
        await IdleAsync();

        var read = await ReadAsync();
        (read.Contents!.Problem, read.Contents.IsComplete).ShouldBe(("", true));
    }

    [Fact]
    public async Task A_pull_request_that_cannot_be_read_leaves_its_merger_unknown_and_so_everything()
    {
        gitHub.Pulls.Clear();
        await BeginAsync();
        await IdleAsync();

        var read = await ReadAsync();
        read.Contents!.ReadAt.ShouldBeNull();
        read.Contents.GitOpsReadAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task When_the_same_commit_is_released_again_its_makers_are_known_and_nothing_is_new()
    {
        gitHub.Comparisons[$"{Base}...{Head}"] = new GitComparison([], 0, 0);
        gitHub.Commits[Head] = new GitChange(new GitCommit(Head, "Two", alice, alice), [], false);
        await BeginAsync();
        await IdleAsync();

        var read = await ReadAsync();
        read.Contents!.TotalCommits.ShouldBe(0);
        read.Authors.Identities.ShouldContain(identity => identity.GitHubLogin == "alice-gh");
    }

    [Fact]
    public async Task Without_an_App_nothing_is_asked()
    {
        gitHub.IsSetUp = false;

        (await BeginAsync()).ShouldBeNull();

        gitHub.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reading_that_does_not_end_in_its_minute_is_told_and_goes_on_later_from_where_it_was()
    {
        gitHub.Gate = new TaskCompletionSource().Task;
        gitHub.Gated = "pull ";
        await BeginAsync();
        await WhenAskedAsync("pull acme/my-app 7");
        clock.Advance(TimeSpan.FromMinutes(1));
        await IdleAsync();
        var failed = (await ReadAsync()).Contents!;
        (failed.Failures, failed.Problem).ShouldBe((1, "not all was read within a minute"));
        gitHub.Gate = Task.CompletedTask;

        var next = (await BeginAsync()).ShouldNotBeNull();
        await IdleAsync();
        gitHub.Asked.Count(question => question.StartsWith("compare", StringComparison.Ordinal)).ShouldBe(1);
        clock.SetUtcNow(next);
        await BeginAsync();
        await IdleAsync();

        var read = (await ReadAsync()).Contents!;
        (read.IsComplete, read.Problem).ShouldBe((true, ""));
        gitHub
            .Asked.Count(question => question.StartsWith("pulls of acme/my-app", StringComparison.Ordinal))
            .ShouldBe(2, "each commit once");
    }

    [Fact]
    public async Task What_nobody_foresaw_is_logged_and_counts_as_a_failed_try()
    {
        gitHub.Thrown = new InvalidOperationException("a secret detail");
        await BeginAsync();
        await IdleAsync();

        var failed = (await ReadAsync()).Contents!;
        failed.Failures.ShouldBe(1);
        failed.Problem.ShouldBe("reading failed; the service's log says why");
        failed.NotBefore!.Value.ShouldBeGreaterThan(clock.GetUtcNow());
        log.Lines.ShouldContain(line => line.StartsWith("Error") && line.Contains("a secret detail"));
        gitHub.Thrown = null;
        clock.SetUtcNow(failed.NotBefore.Value);
        await BeginAsync();
        await IdleAsync();

        (await ReadAsync()).Contents!.IsComplete.ShouldBeTrue();
    }

    [Fact]
    public async Task The_makers_of_the_workflows_commit_are_read_beside_those_of_the_commit_that_it_names()
    {
        var proven = new string('d', 40);
        var mallory = new GitPerson("mallory-gh", "Mallory", "mallory@example.com");
        job = await SaveAsync("newer", Head, 3, new PodHash("old"), proven);
        gitHub.Comparisons[$"{Base}...{proven}"] = new GitComparison(
            [new GitCommit("c1", "One", alice, alice), new GitCommit("c9", "Hidden", mallory, mallory)],
            2,
            0
        );
        await BeginAsync();
        await IdleAsync();

        var read = await ReadAsync();
        read.Contents!.Commits.Select(commit => commit.Sha).ShouldBe(["c2", "c1"]);
        read.Authors.Identities.ShouldContain(identity => identity.GitHubLogin == "mallory-gh");
        gitHub.Asked.Order().ShouldBe(gitHub.Asked.Distinct().Order());
    }

    [Fact]
    public async Task A_workflows_commit_that_GitHub_does_not_know_leaves_everything_unknown()
    {
        job = await SaveAsync("newer", Head, 3, new PodHash("old"), new string('d', 40));
        await BeginAsync();
        await IdleAsync();

        var read = await ReadAsync();
        (read.Contents!.ReadAt, read.Contents.Problem).ShouldBe((null, "Not Found"));
    }

    [Theory]
    [InlineData(GitHubFaultKind.NotFound, true)]
    [InlineData(GitHubFaultKind.Refused, true)]
    [InlineData(GitHubFaultKind.Unavailable, false)]
    public async Task A_base_that_GitHub_does_not_know_is_replaced_by_the_catalogs(
        GitHubFaultKind kind,
        bool isReplaced
    )
    {
        var baseline = new string('e', 40);
        target = target with { Environment = target.Environment with { Baseline = baseline } };
        gitHub.Comparisons[$"{baseline}...{Head}"] = gitHub.Comparisons[$"{Base}...{Head}"];
        gitHub.Faults[$"compare acme/my-app {Base}...{Head}"] = new GitHubFault(kind, "no such commit");
        await BeginAsync();
        await IdleAsync();

        var read = (await ReadAsync()).Contents!;
        (read.IsComplete, read.Problem).ShouldBe(isReplaced ? (true, "") : (false, "no such commit"));
        (read.Base, read.UnknownBase).ShouldBe(isReplaced ? (baseline, Base) : (Base, null));
        (await BeginAsync()).ShouldBe(isReplaced ? null : read.NotBefore);
    }

    private async Task WhenAskedAsync(string question)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        timeout.CancelAfter(patience);
        await gitHub.WhenAskedAsync(question, timeout.Token);
    }

    private async Task<DateTimeOffset?> BeginAsync() => reader.Begin(await store.JobsOfAsync(Rollout, Stop), target);

    private Task IdleAsync() => reader.IdleAsync().WaitAsync(patience, Stop);

    private async Task<Job> ReadAsync() => (await store.FindJobAsync(job.Id, Stop))!;

    private async Task<Job> SaveAsync(
        string hash,
        string source,
        int minute,
        PodHash before,
        string? workflowCommit = null
    )
    {
        var environment = target.Environment;
        var rollout = new RolloutRef(environment.Cluster, environment.Namespace, environment.Rollout);
        var at = clock.GetUtcNow().AddMinutes(minute - 10);
        var requester = new AuthorIdentity(AuthorRole.Requester, "carol-gh", null, "carol");
        var lease = (await store.TakeAsync(rollout, clock.GetUtcNow(), Stop)).ShouldNotBeNull();
        var saved = await store.SaveAsync(
            new Job(JobId.New(at), target.App.Name, environment.Name, rollout, JobSource.Action)
            {
                CreatedAt = at,
                Status = hash == "old" ? JobStatus.Succeeded : JobStatus.Running,
                Request = new ReleaseRequest("registry.example.com/shop")
                {
                    Tag = hash,
                    SourceCommit = source,
                    WorkflowCommit = workflowCommit,
                    GitOpsCommit = GitOps,
                    GitOpsRepository = "acme/gitops",
                },
                Authors = new Authors([requester]),
                Release = new Release(new PodHash(hash), "uid", at) { Base = before },
            },
            lease,
            Stop
        );
        await store.ReleaseAsync(lease, true, null, Stop);
        return saved.ShouldNotBeNull();
    }
}
