using System.Collections.Immutable;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>
/// A Rollout, the Jobs that are kept of it, and a clock. Decisions are applied as the loop applies them: Jobs are saved
/// with versions, patches are sent or held back.
/// </summary>
internal sealed class JobWorld
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

    /// <summary>What whoever gives a command uses.</summary>
    public SlackAccount Account { get; set; } = SlackAccount.Member;

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
                else
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

    private void Perform(JobId id, OutboxEntry entry)
    {
        if (entry.Effect is Effect.AppendAudit audit)
        {
            Audit.TryAdd(audit.Id, audit.Entry);
        }

        saved[id] = saved[id].Without(entry.Effect.Id);
    }

    /// <summary>A baseline at version 1, then version 2 announced and bound.</summary>
    public static JobWorld WithRelease()
    {
        var world = WithBaseline();
        world.Announce(2);
        world.Now = world.Now.AddSeconds(20);
        world.Rollout.Release(2);
        world.Look();
        return world;
    }

    public static JobWorld WithBaseline()
    {
        JobWorld world = new();
        world.Rollout.Settle(1);
        world.Look();
        world.Now = world.Now.AddMinutes(1);
        return world;
    }

    /// <summary>Version 2 waits for approval, for a quarter of a minute.</summary>
    public static JobWorld Waiting()
    {
        var world = WithRelease();
        world.Rollout.Ready();
        world.Now = world.Now.AddSeconds(3);
        world.Rollout.Pause(world.Now);
        world.Look();
        world.Now = world.Now.AddSeconds(15);
        return world;
    }

    /// <summary>Version 2 is live and stable; version 1 is still up.</summary>
    public static JobWorld Live()
    {
        var world = Waiting();
        world.Promote().IsOk.ShouldBeTrue();
        world.GoLive();
        return world;
    }

    public void GoLive()
    {
        Rollout.Unpause();
        LookAfter(0.1);
        Rollout.Switch();
        LookAfter(0.5);
        Rollout.Complete(Now);
        LookAfter(0.5);
    }

    public string Told => string.Join('\n', Current.Timeline.Select(entry => entry.Text));

    public JobId NextId() => new(new Guid(++ids, 0, 0, new byte[8]));
}
