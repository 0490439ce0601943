using System.Collections.Immutable;
using System.Text.Json;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>Values with something in every member, so that a member that is lost is noticed.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 5, 12, 0, 0, TimeSpan.Zero);
    public static readonly RolloutRef Rollout = new("prod", "shop", "web");
    public static readonly Actor Alice = new("alice", "U01ALICE", "alice-gh", "Alice <!channel> \u202e\0 „Ä“");
    public static readonly Actor Machine = new(null, null, "robot[bot]", "Robot");

    public static readonly PodHash Hash = new("6d4f8b9c7d");
    public static readonly PodHash BaseHash = new("57c9d86b44");

    private static readonly DateTimeOffset s_pause = Noon.AddMinutes(-3).ToOffset(TimeSpan.FromHours(2));

    /// <summary>What a newer version may have written, alike in every place.</summary>
    public static Dictionary<string, JsonElement> Newer { get; } =
        JsonSerializer.Deserialize<Dictionary<string, JsonElement>>("""{"someday":{"n":[1,"two",null]}}""")!;

    public static ReleaseRequest Request { get; } =
        new("registry.example.com/shop/web")
        {
            Tag = "v2",
            Digest = "sha256:" + new string('a', 64),
            GitOpsRepository = "acme/gitops",
            GitOpsCommit = "c0ffee",
            GitOpsParent = "beef",
            SourceCommit = "5eed",
            WorkflowCommit = "0ak",
            IsOfWorkflow = true,
            RunId = "77",
            RunAttempt = 2,
            NewerMembers = Newer,
        };

    public static Authors Authors { get; } =
        new([
            new AuthorIdentity(AuthorRole.CoAuthor, "bob-gh", "U02BOB", "Bob"),
            new AuthorIdentity(AuthorRole.Requester, null, null, "carol@example.com"),
        ]);

    public static ReleaseLock Lock { get; } = new("web", "production", "fair & square", Alice, Noon, Noon.AddHours(1));

    public static AuditEntry Audit { get; } =
        new(Noon, "alice", "slack", "promote", "ok")
        {
            App = "web",
            Environment = "production",
            Rollout = Rollout.ToString(),
            JobId = "01957b6e-0000-7000-8000-000000000001",
            Attempt = 2,
            PodHash = Hash.ToString(),
            Saw = "attempt 2",
            Patch = """{"status":{"pauseConditions":null}}""",
            Reason = "because",
        };

    public static ImmutableArray<RolloutPatch> Patches { get; } =
    [
        new RolloutPatch.Promote("uid", "41", Hash, s_pause),
        new RolloutPatch.PromoteFull("uid", "42", Hash),
        new RolloutPatch.Abort("uid", "43", Hash),
        new RolloutPatch.Retry("uid", "44", Hash),
        new RolloutPatch.Undo("uid", "45", Hash, BaseHash, """{"spec":{}}"""),
        new RolloutPatch.Nudge("uid", "46", Hash, "again"),
    ];

    public static ImmutableArray<Wish> Wishes { get; } =
    [
        new Wish.Promote(Full: true, OverrideReason: "urgent"),
        new Wish.RollBack("it is slow", RollbackPath.Undo),
        new Wish.Retry(),
        new Wish.MakeGitAgree("it crashed"),
        new Wish.TakeLock("fair", Noon.AddHours(2)),
        new Wish.Unlock(),
        new Wish.Resume(),
        new Wish.WithdrawVote(),
        new Wish.Redraw(),
        new Wish.LookAtPull(),
        new Wish.NotePull(new ReleasedPull(12, "Faster search", "dave-gh", null)),
        new Wish.Create(JobId.New(Noon), Request, Authors, "body-hash"),
    ];

    public static ApprovalSubject Subject(JobId id) => new(id.ToString(), 2, Hash.ToString(), s_pause);

    public static Release Release { get; } =
        new(Hash, "uid", Noon.AddMinutes(-5))
        {
            NewerMembers = Newer,
            Attempt = 2,
            Base = BaseHash,
            FirstInstall = true,
            SeenLive = true,
            PauseSeen = true,
            PauseStart = s_pause,
            PausedAsSeen = new PausedSight(true, Noon, 3) { Revision = 2 },
            PromotedFull = true,
            Aborted = true,
            SkippedPause = true,
            PauseIsUnknown = true,
            AbortedAt = Noon,
            EndedRuns = ["run-1"],
            RunsAtAbort = ["run-2"],
            Steps =
            [
                .. Step.AllPending.Select(step =>
                    step with
                    {
                        Status = StepStatus.Succeeded,
                        Message = $"{step.Name} went well",
                        Since = Noon,
                    }
                ),
            ],
            Status = ReleaseStatus.AwaitingApproval,
            Message = "Waits for a person",
        };

    /// <summary>A Job with a value in every member, though hardly one that happens.</summary>
    public static Job FullJob()
    {
        var id = JobId.New(Noon);
        var job = new Job(id, "web", "production", Rollout, JobSource.Action)
        {
            CreatedAt = Noon.AddMinutes(-10),
            NewerMembers = Newer,
            Status = JobStatus.AwaitingApproval,
            Message = "Waits",
            Request = Request,
            Authors = Authors,
            HashAtCreation = BaseHash,
            UidAtCreation = "uid",
            Release = Release,
            Images = ["registry.example.com/shop/web:v2", "sidecar:1"],
            BaseImages = ["registry.example.com/shop/web:v1"],
            SyncMessage = "syncing",
            HasLeft = true,
            GoneSince = Noon,
            Votes = [new Vote(Alice, Noon, Subject(id)), new Vote(Machine, Noon, Subject(id))],
            Promotion = new Promotion(Alice, Noon, Subject(id), Full: true)
            {
                OverriddenFreeze = new FreezeOverride("urgent", new Frozen(Noon, "Europe/Berlin", "weekend")),
            },
            Rollback = new Rollback(Alice, Noon, "slow", RollbackPath.Undo, BaseHash)
            {
                TargetImages = ["registry.example.com/shop/web:v1"],
                ClusterDone = true,
                Git = GitState.NotWritten,
                ByGit = true,
                GitCommit = "c0ffee",
                GitVersion = "v3",
                PullRequest = new Uri("https://github.com/acme/gitops/pull/7"),
                ImageOnly = "somebody was quicker",
                GitProblem = "503",
            },
            FormerRollback = new Rollback(
                Alice,
                Noon.AddHours(-1),
                "slow too",
                RollbackPath.Abort,
                new PodHash("7b9f6d5c44")
            )
            {
                TargetImages = ["registry.example.com/shop/web:v2"],
                Git = GitState.Agrees,
            },
            RollbackOf = JobId.New(Noon.AddDays(-1)),
            Supposed = new SupposedWayBack(JobId.New(Noon.AddDays(-1)), "c0ffee"),
            SupersededBy = JobId.New(Noon.AddDays(1)),
            LiveWithoutApproval = true,
            Trouble = "CrashLoopBackOff",
            Contents = new ReleaseContents("5eed", "0ld", "c0ffee")
            {
                ReadAt = Noon,
                Commits = [new ReleasedCommit("5eed", "Faster", "alice-gh", 7)],
                TotalCommits = 1,
                Pulls = [new ReleasedPull(7, "Faster", "alice-gh", "bob-gh")],
                TotalPulls = 1,
                Files = [new ChangedFile("apps/web/values.yaml", "modified", ["+replicas: 3"], 2)],
                TotalFiles = 1,
            },
            Lock = Lock,
            Freeze = new Frozen(Noon.AddDays(1), "Europe/Berlin", "weekend"),
            WayBack = RollbackPath.Undo,
            InstantRollbackUntil = Noon.AddSeconds(30),
            RetryGoesLiveUntil = Noon.AddSeconds(20),
            VerifiedAt = Noon,
            Timeline = [new TimelineEntry(6, Noon, "began"), new TimelineEntry(7, Noon, "waits", NeedsAttention: true)],
            LastEntry = 7,
            Outbox = [.. Effects().Select(Entry)],
            AppliedCommands =
            [
                new AppliedCommand("slack:1", new CommandOutcome("needs_votes", "One more.", new JobId(Guid.Empty))),
                new AppliedCommand("api:2", new CommandOutcome(CommandOutcome.OkCode, "Done.")),
            ],
            Card = new SlackCard
            {
                Channel = "C1",
                Ts = "1.2",
                ShownRevision = 3,
                ToldEntry = 6,
                PostingUntil = Noon,
                PostingEntry = 7,
                UpdatedAt = Noon,
                NotBefore = Noon,
                Failures = 1,
                Problem = "channel_not_found",
            },
            Check = new GitHubCheck("acme/web", new string('a', 40))
            {
                Run = new ShownCheckRun(4711, 3, 2, Hash, CheckRunState.ActionRequired)
                {
                    Subject = new ApprovalSubject("job", 2, "7b9f6d5c44", Noon),
                },
                Creating = new CheckRunIntent(
                    new ShownCheckRun(0, 4, 2, Hash, CheckRunState.InProgress),
                    Noon.AddSeconds(10)
                ),
                Answer = new CheckRunAnswer("github:1", "mallory", "Only alice may.", Noon),
                Pull = new ReleasedPull(12, "Faster search", "dave-gh", "bob-gh"),
                Trouble = InTrouble,
            },
            Deployment = new GitHubDeployment("production")
            {
                Id = 42,
                State = DeploymentState.InProgress,
                Trouble = InTrouble,
            },
            Comments = new PullComments
            {
                Trouble = InTrouble,
                Known =
                [
                    new PullComment(12)
                    {
                        Id = 43,
                        CreatingUntil = Noon,
                        Shown = "live",
                    },
                ],
            },
            Revision = 4,
            Version = 5,
        };
        FillUnset(job, new Job(default, "", "", Rollout, JobSource.Baseline));
        FillUnset(job.Release!, new Release(PodHash.None, "", default));
        FillUnset(job.Card, new SlackCard());
        FillUnset(job.Check!, new GitHubCheck("", ""));
        FillUnset(job.Deployment!, new GitHubDeployment(""));
        FillUnset(job.Comments!, new PullComments());
        FillUnset(job.Comments!.Known[0], new PullComment(0));
        FillUnset(job.Request!, new ReleaseRequest(""));
        return job;
    }

    private static GitHubTrouble InTrouble =>
        new()
        {
            Failures = 2,
            NotBefore = Noon,
            Share = GitHubWrite.Progress,
            Problem = "not installed",
        };

    /// <summary>Members of simple types that are not set above get a value, so that new ones need no line here.</summary>
    private static void FillUnset<T>(T sample, T fresh)
        where T : notnull
    {
        foreach (var property in typeof(T).GetProperties().Where(property => property.CanWrite))
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            object? value =
                type == typeof(DateTimeOffset) ? Noon.AddSeconds(1)
                : type == typeof(TimeSpan) ? TimeSpan.FromSeconds(2)
                : type == typeof(bool) ? true
                : type == typeof(int) ? 3
                : type == typeof(long) ? 4L
                : type == typeof(string) ? property.Name
                : type == typeof(ImmutableArray<string>) ? ImmutableArray.Create(property.Name)
                : type == typeof(PodHash) ? Hash
                : type == typeof(JobId) ? JobId.New(Noon)
                : null;
            if (
                value is not null
                && JobComparison.Printed(property.GetValue(sample)) == JobComparison.Printed(property.GetValue(fresh))
            )
            {
                property.SetValue(sample, value);
            }
        }
    }

    public static Command FullCommand(Wish wish, string key = "slack:1") =>
        new(key, wish, Alice, new Origin("slack", "C1", HasResponseUrl: true), "web", "production", Rollout, Noon)
        {
            NewerMembers = Newer,
            Saw = new Sight(JobId.New(Noon), 2, Hash, FromButton: true),
            Attempts = 3,
            NotBefore = Noon.AddSeconds(4),
            Outcome = new CommandOutcome("needs_votes", "One more vote", JobId.New(Noon)),
            Answered = true,
        };

    private static IEnumerable<Effect> Effects() =>
        [
            .. Patches.Select((patch, index) => new Effect.PatchRollout($"patch-{index}", patch)),
            new Effect.RevertGit("git", "acme/gitops", "main", "apps/web", "web:v1", "c0ffee", "rolled back")
            {
                Mark = "job/1",
                TargetImages = ["web:v1"],
                BadImages = ["web:v2"],
                By = "alice",
                AsPullRequest = true,
                IsProposed = true,
                Application = new ApplicationRef("web", "argocd", "prod"),
            },
            new Effect.RefreshApplication("refresh", new ApplicationRef("web", "argocd", "prod")),
            new Effect.AppendAudit("audit", Audit),
        ];

    private static OutboxEntry Entry(Effect effect) =>
        new(effect)
        {
            AttemptingUntil = Noon.AddSeconds(10),
            Attempts = 2,
            NotBefore = Noon.AddSeconds(5),
            LastError = "503",
            Parked = true,
            Asked = new PatchWish(Alice, Noon, new ApprovalSubject("job", 2, Hash.ToString(), s_pause))
            {
                FreezeOverrideReason = "because",
            },
        };
}
