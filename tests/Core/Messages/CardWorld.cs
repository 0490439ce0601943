using System.Collections.Immutable;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Messages;

/// <summary>One app that goes from v1 to v2 in production, and the states that its release can be in.</summary>
internal static class CardWorld
{
    /// <summary>A Wednesday noon.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public static readonly JobId Id = JobId.TryParse("01931f00-0000-7000-8000-0000000000a1")!.Value;
    public static readonly JobId OtherId = JobId.TryParse("01931f00-0000-7000-8000-0000000000b2")!.Value;

    private static readonly AppEnvironment production = new(
        "production",
        "prod",
        "shop",
        "my-app",
        new PromoteRules(["platform"]) { Votes = 2 },
        new RollbackRules(["platform", "oncall"])
    )
    {
        Notify = ["platform"],
        EnvironmentUrl = new Uri("https://my-app.example.com"),
        GitOps = new GitOpsSource("acme/gitops", "main", "apps/my-app", "registry.example.com/my-app"),
    };

    public static readonly ReleaseTarget Target = new(
        new App("my-app", "acme/my-app", null, null, "C0RELEASES", [production]),
        production
    );

    public static readonly ReleaseCatalog Company = new(
        [],
        [
            new("alice", "alice-gh", "U01ALICE"),
            new("bob", "bob-gh", "U02BOB"),
            new("carol", "carol-gh", null),
            new("dave", "dave-gh", "U04DAVE"),
        ],
        [new("platform", ["alice", "bob"], "S0PLATFORM", null), new("oncall", ["bob", "carol", "dave"], null, null)],
        ["dave", "platform"],
        new Viewers.Everyone(),
        [Target.App]
    );

    public static readonly Frozen Freeze = new(
        new DateTimeOffset(2026, 11, 26, 0, 0, 0, TimeSpan.Zero),
        "UTC",
        "black friday"
    );

    public static Actor Person(string name) => Actor.FromPerson(Company.FindPerson(name)!);

    /// <summary>A Job whose steps passed up to the given one, a minute each; that one is as told, the rest is pending.</summary>
    public static Job At(StepName step, StepStatus status, string message, JobStatus job)
    {
        string[] passed =
        [
            StepTexts.Applied(new PodHash("6d4b")),
            "2 of 2 pods available",
            StepTexts.Promoted,
            StepTexts.Switched,
            StepTexts.NoPostAnalysis,
            "stable and Healthy",
        ];
        var steps = Step.AllPending.Select(it =>
            it.Name < step
                ? it with
                {
                    Status = it.Name == StepName.PostVerify ? StepStatus.Skipped : StepStatus.Succeeded,
                    Message = passed[(int)it.Name],
                    Since = Now.AddMinutes((int)it.Name - 10),
                }
            : it.Name == step ? it with { Status = status, Message = message, Since = Now.AddMinutes((int)step - 10) }
            : it
        );
        return Bound with
        {
            Status = job,
            Message = message,
            Release = Bound.Release! with { Steps = [.. steps] },
            WayBack = job == JobStatus.Succeeded ? RollbackPath.Release : RollbackPath.Abort,
        };
    }

    public static Job Running =>
        At(StepName.PreviewReady, StepStatus.Running, "1 of 2 pods available", JobStatus.Running);

    public static Job Awaiting =>
        At(
            StepName.Verify,
            StepStatus.Waiting,
            StepTexts.AwaitingApproval(pausedByHand: false, null),
            JobStatus.AwaitingApproval
        );

    public static Job Succeeded =>
        At(StepName.Completed, StepStatus.Succeeded, "stable and Healthy", JobStatus.Succeeded) with
        {
            Promotion = new Promotion(Person("alice"), Now.AddMinutes(-8), Awaiting.Subject!, Full: false),
        };

    public static Job Aborted
    {
        get
        {
            var job = At(
                StepName.PreviewReady,
                StepStatus.Failed,
                "RolloutAborted: deadline exceeded (ImagePullBackOff: no such tag)",
                JobStatus.Failed
            );
            return job with { Release = job.Release! with { Aborted = true }, WayBack = RollbackPath.GitOnly };
        }
    }

    /// <summary>The old version is still up, or was until then.</summary>
    public static Job UndoableUntil(this Job job, DateTimeOffset until) =>
        job with
        {
            WayBack = RollbackPath.Undo,
            InstantRollbackUntil = until,
        };

    public static Job RollingBack(Job job, RollbackPath path, bool clusterDone = false) =>
        job with
        {
            Status = JobStatus.RollingBack,
            Rollback = new Rollback(Person("bob"), Now.AddMinutes(-2), "errors since 11:50", path, new PodHash("5c3a"))
            {
                TargetImages = ["registry.example.com/my-app:v1"],
                ClusterDone = clusterDone,
                Git = GitState.NotWritten,
            },
        };

    public static Job Registered(JobStatus status, string message) =>
        Bound with
        {
            Status = status,
            Release = null,
            Images = [],
            BaseImages = [],
            Message = message,
            SyncMessage = message,
            VerifiedAt = null,
        };

    public static Job WithVote(this Job job, string name) =>
        job with
        {
            Votes = job.Votes.Add(new Vote(Person(name), Now.AddMinutes(-3), job.Subject!)),
        };

    public static ReleaseTarget With(Func<AppEnvironment, AppEnvironment> change) =>
        Target with
        {
            Environment = change(Target.Environment),
        };

    public static SlackMessage Card(Job job, ReleaseTarget? target = null, SlackCard? newer = null) =>
        ReleaseCard.Build(job, newer, target ?? Target, Company, Now);

    public static string Show(Job job, ReleaseTarget? target = null) => MessageText.Of(Card(job, target));

    private static readonly Authors davesWork = new([
        new(AuthorRole.Author, "dave-gh", null, "Dave"),
        new(AuthorRole.Committer, "web-flow", null, "GitHub"),
        new(AuthorRole.Merger, null, null, "Erin"),
    ]);

    private static Job Bound { get; } =
        new(Id, "my-app", "production", new RolloutRef("prod", "shop", "my-app"), JobSource.Action)
        {
            CreatedAt = Now.AddMinutes(-12),
            Request = new ReleaseRequest("registry.example.com/my-app")
            {
                Tag = "v2",
                SourceCommit = "0123456789abcdef0123456789abcdef01234567",
                GitOpsRepository = "acme/gitops",
                GitOpsCommit = "fedcba9876543210fedcba9876543210fedcba98",
                RunId = "4711",
            },
            Authors = davesWork,
            Release = new Release(new PodHash("6d4b"), "uid-1", Now.AddMinutes(-10))
            {
                Base = new PodHash("5c3a"),
                PauseStart = Now.AddMinutes(-8),
            },
            Images = ImmutableArray.Create("registry.example.com/my-app:v2"),
            BaseImages = ImmutableArray.Create("registry.example.com/my-app:v1"),
            VerifiedAt = Now.AddSeconds(-5),
            Revision = 7,
        };
}
