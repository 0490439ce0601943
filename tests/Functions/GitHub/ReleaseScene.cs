using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.GitHub;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Functions.Processing.GitHub;
using Devflow.ChatOps.Tests.Functions.Support;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>One release of an app that is drawn into a GitHub by a process that knows nothing but the store.</summary>
internal class ReleaseScene
{
    public const string Name = "Devflow / my-app / production";

    private static readonly RolloutRef Rollout = new("prod", "production", "my-app");
    private static readonly PodHash Hash = new("6d4b");

    private readonly FakeTimeProvider time;
    private readonly GitHubAppAccess access;
    private string repository;

    /// <param name="access">To GitHub, as the App 4711.</param>
    /// <param name="time">The service's clock.</param>
    /// <param name="repository">The app's, <c>owner/name</c>.</param>
    /// <param name="commit">What is released.</param>
    public ReleaseScene(GitHubAppAccess access, FakeTimeProvider time, string repository, string commit)
    {
        (this.access, this.time, this.repository, Commit) = (access, time, repository, commit);
        Catalog = NewCatalog(comments: false);
        Id = JobId.New(Now);
        Held = new RolloutLease(Rollout, "me", 1, 1, Now + RolloutLease.Duration);
    }

    public string Commit { get; set; }

    public JobId Id { get; }

    public RolloutLease Held { get; }

    /// <summary>What the service allows itself to send.</summary>
    public GitHubLimits Limits => access.Limits;

    public InMemoryJobs Store { get; } = new();

    public ListLogger<GitHubSurface> Log { get; } = new();

    public ReleaseCatalog Catalog { get; private set; }

    public DateTimeOffset Now => time.GetUtcNow();

    public Job Job => Find(Id);

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    /// <summary>The catalog wants comments on pull requests, or none any more.</summary>
    public void WantComments(bool wanted = true) => Catalog = NewCatalog(wanted);

    /// <summary>The catalog names another repository as the app's.</summary>
    public void MoveTo(string another)
    {
        repository = another;
        Catalog = NewCatalog(Catalog.Targets[0].Environment.PullRequestComment);
    }

    /// <summary>It is known that the release brings these pull requests.</summary>
    public Job Brings(Job job, params IEnumerable<int> pulls) =>
        Bound(job) with
        {
            Contents = new ReleaseContents(Commit, null, null)
            {
                ReadAt = Now,
                Pulls = [.. pulls.Select(pull => new ReleasedPull(pull, "Sell more", "bob-gh", "alice-gh"))],
            },
        };

    public void Pass(TimeSpan span) => time.Advance(span);

    public async Task CreateAsync(JobStatus status = JobStatus.Pending, Func<Job, Job>? change = null)
    {
        var job = new Job(Id, "my-app", "production", Rollout, JobSource.Action)
        {
            CreatedAt = Now,
            Status = status,
            Revision = 1,
            Request = new ReleaseRequest("registry.example.com/my-app") { Tag = "v2", SourceCommit = Commit },
        };
        await PutAsync(change?.Invoke(job) ?? job);
    }

    /// <summary>Something happened to the release.</summary>
    public Task ChangeAsync(JobStatus status, Func<Job, Job>? change = null)
    {
        var job = Job with { Status = status, Revision = Job.Revision + 1 };
        return PutAsync(change?.Invoke(job) ?? job);
    }

    /// <summary>It waits for approval in a pause that began then.</summary>
    public Task WaitForApprovalAsync(DateTimeOffset pause, int attempt = 1) =>
        ChangeAsync(JobStatus.AwaitingApproval, job => Bound(job, pause, attempt));

    public async Task PutAsync(Job job) => (await Store.SaveAsync(job, Held, Patience)).ShouldNotBeNull();

    public static Job Bound(Job job, DateTimeOffset? pause = null, int attempt = 1) =>
        job with
        {
            Images = ["registry.example.com/my-app:v2"],
            WayBack = RollbackPath.Abort,
            Release = new Release(Hash, "uid-1", job.CreatedAt)
            {
                Base = new PodHash("5c3a"),
                PauseStart = pause,
                Attempt = attempt,
            },
        };

    /// <summary>Another release of the same, of which GitHub shows nothing.</summary>
    public static Job Anew(Job job, JobId id) =>
        job with
        {
            Id = id,
            Version = 0,
            Check = null,
            Deployment = null,
            Comments = null,
        };

    /// <summary>Draws once, as a process that has just been started would.</summary>
    public Task<SurfaceResult> DrawAsync(JobId? other = null) =>
        DrawAsync(Surface(), other is null ? Job : Find(other.Value));

    /// <summary>Draws as the process that did so before.</summary>
    public Task<SurfaceResult> DrawAsync(GitHubSurface surface, Job job) =>
        surface.DrawAsync(job, Catalog.Targets[0], Catalog, Held, Patience);

    /// <summary>One process draws every minute, whether it was asked to or not.</summary>
    public async Task DrawForAnHourAsync()
    {
        var surface = Surface();
        for (var minute = 0; minute < 60; minute++)
        {
            await DrawAsync(surface, Job);
            Pass(TimeSpan.FromMinutes(1));
        }
    }

    public GitHubSurface Surface() =>
        new(
            Store,
            new GitHubCheckRuns(access, "4711"),
            new GitHubDeployments(access),
            new GitHubPullComments(access, "4711"),
            time,
            Log
        );

    /// <summary>Draws, and again whenever it asks to be looked at again, until there is nothing more to do.</summary>
    public Task SettleAsync(JobId? other = null) => SettleAsync(other, result => result.LookAgainAt is null);

    /// <summary>The same until the check run is in step, whatever becomes of the rest.</summary>
    public Task SettleCheckAsync() => SettleAsync(null, result => result.Job.Check!.Shows(result.Job.Revision));

    private async Task SettleAsync(JobId? other, Func<SurfaceResult, bool> isSettled)
    {
        for (var looks = 0; looks < 60; looks++)
        {
            var result = await DrawAsync(other);
            if (isSettled(result))
            {
                return;
            }

            if (result.LookAgainAt is { } at && at > Now)
            {
                Pass(at - Now);
            }
        }

        throw new InvalidOperationException("It never comes to rest.");
    }

    public Job Find(JobId id) => Store.FindJobAsync(id, CancellationToken.None).Result!;

    private ReleaseCatalog NewCatalog(bool comments)
    {
        var environment = new AppEnvironment(
            "production",
            "prod",
            "production",
            "my-app",
            new PromoteRules(["alice"]),
            new RollbackRules(["alice"])
        )
        {
            EnvironmentUrl = new Uri("https://my-app.example.com/"),
            PullRequestComment = comments,
        };
        return new ReleaseCatalog(
            [new Cluster("prod", new ClusterAccess.InCluster())],
            [new Person("alice", "alice-gh", null)],
            [],
            [],
            new Viewers.Everyone(),
            [new App("my-app", repository, 123456, null, "C0RELEASES", [environment])]
        );
    }
}
