using System.Collections.Immutable;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>
/// A Rollout, the Jobs that are kept of it, and a clock. Decisions are applied as the loop applies them: Jobs are saved
/// with versions, patches are sent or held back.
/// </summary>
internal sealed partial class JobWorld
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<JobId, Job> saved = [];
    private int ids;
    private int keys;

    public DateTimeOffset Now { get; set; } = Noon;

    public FakeRollout Rollout { get; set; } = new();

    /// <summary>The API server answers 404.</summary>
    public bool IsGone { get; set; }

    public ReleaseLock? Lock { get; set; }

    /// <summary>The service has a GitHub App; what it is to write waits for <see cref="Git"/>.</summary>
    public bool WritesGit { get; set; }

    /// <summary>What whoever gives a command uses.</summary>
    public SlackAccount Account { get; set; } = SlackAccount.Member;

    /// <summary>A GitHub App is set up.</summary>
    public bool AsksGitHub { get; set; }

    /// <summary>What the environment's catalog entry says; tests change it.</summary>
    public AppEnvironment Environment { get; set; } =
        new(
            "production",
            "prod",
            "shop",
            "shop",
            new PromoteRules(["platform"]) { FullBy = ["root"] },
            new RollbackRules(["platform", "olga"])
        )
        {
            Application = new ApplicationRef("shop-production", "argocd", "prod"),
            GitOps = new GitOpsSource("acme/gitops", "main", "apps/shop", "registry.example.com/shop"),
            RetryBy = ["platform"],
            LockBy = ["platform"],
            Baseline = SourceOf(1),
            FreezeOverrideBy = ["alice"],
        };

    /// <summary>Every patch that left, in order.</summary>
    public List<RolloutPatch> Sent { get; } = [];

    /// <summary>The audit, by the ids of its entries.</summary>
    public Dictionary<string, AuditEntry> Audit { get; } = [];

    /// <summary>How many Jobs were written.</summary>
    public int Writes { get; private set; }

    /// <summary>Patches stay in the outbox: the process was killed, or the answer never came.</summary>
    public bool HoldsPatches { get; set; }

    public IEnumerable<Job> All => saved.Values.OrderBy(job => job.Id.Value);

    public IEnumerable<Job> Shown => All.Where(job => job.Source != JobSource.Baseline);

    public Job Current => Jobs.Current!;

    public RolloutJobs Jobs
    {
        get
        {
            var bound = saved.Values.Where(job => job.IsBound).OrderByDescending(job => job.Release!.BoundAt).ToList();
            return new RolloutJobs(
                bound.FirstOrDefault(),
                [.. saved.Values.Where(job => !job.IsBound && !job.IsFinal).OrderBy(job => job.CreatedAt)],
                [.. bound.Skip(1).Where(job => job.Status == JobStatus.Succeeded)]
            );
        }
    }

    public Job this[JobId id] => saved[id];

    public Circumstances Here
    {
        get
        {
            App app = new("shop", "acme/shop", null, null, "C0", [Environment]);
            Person[] people =
            [
                .. new[] { "alice", "bob", "dave", "carol", "olga", "root" }.Select(name => new Person(
                    name,
                    name + "-gh",
                    "U" + name
                )),
            ];
            ReleaseCatalog catalog = new(
                [],
                people,
                [new("platform", ["alice", "bob", "dave"], null, null)],
                ["root"],
                new Viewers.Everyone(),
                [app]
            );
            return new Circumstances(catalog, new ReleaseTarget(app, Environment), Now, NextId())
            {
                Lock = Lock,
                Account = Account,
                WritesGit = WritesGit,
                AsksGitHub = AsksGitHub,
            };
        }
    }

    public Observation Seen =>
        IsGone ? new Observation(Now, null) { Application = Rollout.Application } : Rollout.At(Now);

    /// <summary>Looks once, as any hint makes the loop do.</summary>
    public Decision Look()
    {
        var decision = Observing.Decide(Jobs, Seen, Here);
        Apply(decision);
        return decision;
    }

    public Decision LookAfter(double seconds)
    {
        Now = Now.AddSeconds(seconds);
        return Look();
    }

    /// <summary>Gives a command as the loop runs it; with <paramref name="look"/> false nothing was seen since the last look.</summary>
    public CommandOutcome Do(
        Wish wish,
        string who = "alice",
        Sight? saw = null,
        bool look = true,
        string? key = null,
        bool readable = true,
        DateTimeOffset? at = null
    )
    {
        if (look)
        {
            Look();
        }

        var command = new Command(
            key ?? $"key-{++keys}",
            wish,
            Person(who),
            new Origin("slack", "C0"),
            "shop",
            "production",
            new RolloutRef("prod", "shop", "shop"),
            at ?? Now
        )
        {
            Saw = saw,
        };
        var seen = wish is Wish.Promote ? new Observation(Now, Seen.Rollout) : Seen;
        var decision = Commanding.Decide(command, Jobs, readable ? seen : null, Here);
        Apply(decision);
        if (decision.Lock is { } change)
        {
            Lock = change.Taken;
        }

        return decision.Outcome!;
    }

    public CommandOutcome Promote(string who = "alice", Sight? saw = null, bool full = false, bool look = true) =>
        Do(new Wish.Promote(full), who, saw, look);

    public CommandOutcome RollBack(string who = "alice", RollbackPath? announced = null) =>
        Do(new Wish.RollBack("it is slow", announced), who);

    public CommandOutcome Retry(string who = "alice") => Do(new Wish.Retry(), who);

    /// <summary>Announces a release as the Action does.</summary>
    public JobId Announce(
        int version,
        string? image = null,
        string? key = null,
        bool look = true,
        string author = "dave"
    )
    {
        var id = NextId();
        var outcome = Do(
            new Wish.Create(
                id,
                new ReleaseRequest(image ?? FakeRollout.Repository)
                {
                    Tag = $"1.{version}.0",
                    GitOpsCommit = $"commit-{version}",
                },
                new Authors([new(AuthorRole.Author, author + "-gh", null, author)]),
                "hash"
            ),
            "root",
            look: look,
            key: key
        );
        outcome.IsOk.ShouldBeTrue(outcome.Text);
        return outcome.Job!.Value;
    }

    /// <summary>The source commit of a version, and the GitOps commit.</summary>
    public static string SourceOf(int version) => $"{version:x40}";

    public static string GitOpsOf(int version) => $"{version + 0xa000:x40}";

    /// <summary>Announces a release whose commits are known, asked for by root.</summary>
    public void AnnounceSource(
        int version,
        string? workflowCommit = null,
        bool withGitOps = true,
        string? gitOpsRepository = null
    )
    {
        var request = new ReleaseRequest(FakeRollout.Repository)
        {
            Tag = $"1.{version}.0",
            SourceCommit = SourceOf(version),
            WorkflowCommit = workflowCommit,
            GitOpsCommit = withGitOps ? GitOpsOf(version) : null,
            GitOpsRepository = gitOpsRepository,
        };
        var authors = new Authors([AuthorIdentity.Requester(Person("root"))]);
        Do(new Wish.Create(NextId(), request, authors, "hash"), "root").IsOk.ShouldBeTrue();
    }

    /// <summary>What is to be read from GitHub now.</summary>
    public (ContentsQuestion Question, DateTimeOffset? NotBefore)? Due() =>
        ContentsReading.Due(Jobs, new ReleaseTarget(Here.App, Environment), Now);

    /// <summary>GitHub answers what is asked now; of the GitOps commit that it changed nothing but the image.</summary>
    public void Tell(Contributions commits) =>
        Tell(
            new ContentsAnswer(
                new GitHubAnswer<Contributions>.Ok(commits),
                new GitHubAnswer<GitOpsChanges>.Ok(
                    GitOpsTold(new GitChange(commits.Comparison.Commits[0], [], IsCut: false))
                )
            )
        );

    /// <summary>GitHub tells of commits of the GitOps repository, the newest first.</summary>
    public static GitOpsChanges GitOpsTold(params GitChange[] changes) =>
        new(
            new Contributions(
                new GitComparison([.. changes.Reverse().Select(change => change.Commit)], changes.Length, 0),
                new Dictionary<string, ImmutableArray<int>>(),
                new Dictionary<int, GitPull>()
            ),
            [.. changes]
        );

    public void Tell(ContentsAnswer answer) =>
        saved[Current.Id] = JobJson.ReadJob(
            JobJson.Write(Current.WithContents(Due()!.Value.Question, answer, Now).ShouldNotBeNull())
        );

    public static Actor Person(string name) => new(name, "U" + name, name + "-gh", name);

    /// <summary>What a button of the current card carries.</summary>
    public Sight Button => new(Current.Id, Current.Release!.Attempt, Current.Release.Hash, FromButton: true);

    public Sight Typed => Button with { FromButton = false };

    public void Put(Job job) => saved[job.Id] = job;

    public void Apply(Decision decision)
    {
        foreach (var job in decision.Saves)
        {
            job.Version.ShouldBe(saved.TryGetValue(job.Id, out var old) ? old.Version : 0);
            job.Outbox.Length.ShouldBeLessThanOrEqualTo(Job.OutboxLimit);
            job.Timeline.Length.ShouldBeLessThanOrEqualTo(Job.TimelineLimit);
            // As a store does it: what comes back has the same content, in other arrays.
            saved[job.Id] = JobJson.ReadJob(JobJson.Write(job with { Version = job.Version + 1 }));
            Writes++;
        }

        foreach (var job in decision.Saves.Where(_ => !HoldsPatches))
        {
            foreach (var entry in job.Outbox.Where(entry => !entry.Parked))
            {
                if (entry.Effect is Effect.PatchRollout patch)
                {
                    Sent.Add(patch.Patch);
                    saved[job.Id] = saved[job.Id].PatchEnded(patch.Id, null, Now);
                }
                else if (entry.Effect is not Effect.RevertGit)
                {
                    Perform(job.Id, entry);
                }
            }

            foreach (var entry in saved[job.Id].Outbox.Where(entry => entry.Effect is Effect.AppendAudit))
            {
                Perform(job.Id, entry);
            }
        }
    }

    /// <summary>What is to be written in Git by the current Job.</summary>
    public Effect.RevertGit? Revert =>
        Current.Outbox.Select(entry => entry.Effect).OfType<Effect.RevertGit>().SingleOrDefault();

    /// <summary>Git is written for the current Job, and this is what comes of it.</summary>
    public void Git(GitAnswer answer)
    {
        var revert = Revert.ShouldNotBeNull();
        Save(Current.GitIntent(revert.Id, Now));
        Save(Current.GitAnswered(revert.Id, answer, Now));
        foreach (var entry in Current.Outbox.Where(entry => entry.Effect is Effect.AppendAudit))
        {
            Perform(Current.Id, entry);
        }
    }

    private void Save(Job job) =>
        saved[job.Id] = JobJson.ReadJob(JobJson.Write(job with { Version = job.Version + 1 }));

    private void Perform(JobId id, OutboxEntry entry)
    {
        if (entry.Effect is Effect.AppendAudit audit)
        {
            Audit.TryAdd(audit.Id, audit.Entry);
        }

        saved[id] = saved[id].Without(entry.Effect.Id);
    }

    public string Told => string.Join('\n', Current.Timeline.Select(entry => entry.Text));

    public JobId NextId() => new(new Guid(++ids, 0, 0, new byte[8]));
}
