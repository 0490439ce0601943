using System.Collections.Concurrent;
using System.Collections.Frozen;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing.Verifying;

/// <summary>
/// Verifies the Rollouts of one cluster, in the order of how long it is since. What the last look at each saw is in the
/// store, so that neither a restart nor another instance makes everything be looked at anew.
/// </summary>
internal sealed partial class ClusterVerifier(
    string cluster,
    IWork work,
    IChanges changes,
    ClusterPace pace,
    WakeUp wakeUp,
    TimeProvider clock,
    ILogger log
)
{
    /// <summary>Where somebody is asked to act.</summary>
    public static readonly TimeSpan WaitingEvery = TimeSpan.FromSeconds(30);

    /// <summary>Where nobody waits: how late a release is noticed that nothing told of.</summary>
    public static readonly TimeSpan OthersEvery = TimeSpan.FromMinutes(5);

    /// <summary>
    /// What waits is looked at in full, and its card renewed, this often and in a measure: whatever the marks leave out is
    /// seen then.
    /// </summary>
    public static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(5);

    /// <summary>The same for what is quiet and nobody waits for.</summary>
    public static readonly TimeSpan LookAtOthersAfter = TimeSpan.FromHours(6);

    /// <summary>At most so many of them within <see cref="WaitingEvery"/>; Slack takes 50 renewed cards a minute.</summary>
    public const int LooksAgainAtMost = 20;

    /// <summary>
    /// Lists of a namespace that fail so often in a row may go on to fail, where single Rollouts can still be read.
    /// </summary>
    public const int ListsFailAtMost = 3;

    private const int ListsAtOnce = 4;
    private const int HintsAtOnce = 32;

    /// <summary>A little less than <see cref="WaitingEvery"/>, so that a tick that is early does not miss its turn.</summary>
    private static readonly TimeSpan listEvery = WaitingEvery - TimeSpan.FromSeconds(5);

    private static readonly TimeSpan passEvery = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, TimeSpan> listNotBefore = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> told = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> failures = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly SteadyTime steady = new(clock);
    private TimeSpan nextPass;
    private TimeSpan nextLookAgain;
    private ReleaseCatalog? catalog;
    private Task running = Task.CompletedTask;

    /// <summary>Verifies what is due. Another call that is at it is waited for: two would ask the same.</summary>
    public Task RunAsync(CatalogPlaces places, CancellationToken stop)
    {
        lock (gate)
        {
            if (running.IsCompleted)
            {
                var isDue = catalog != places.Catalog || steady.Now >= nextPass;
                running = isDue && pace.MayAsk ? PassAsync(places, stop) : Task.CompletedTask;
            }

            return running;
        }
    }

    private async Task PassAsync(CatalogPlaces places, CancellationToken stop)
    {
        // Not on the caller's thread, which has the gate.
        await Task.Yield();
        var now = clock.GetUtcNow();
        nextPass = steady.Now + passEvery;
        await PassAsync(places.Clusters[cluster], catalog is not null && catalog != places.Catalog, now, stop);
        catalog = places.Catalog;
    }

    private async Task PassAsync(
        FrozenDictionary<string, RolloutRef[]> namespaces,
        bool rulesChanged,
        DateTimeOffset now,
        CancellationToken stop
    )
    {
        var looks = await work.LastLooksAsync(cluster, stop);
        if (rulesChanged)
        {
            // Who may promote, and when, is part of what those who wait are told.
            await HintAsync(
                namespaces.Values.SelectMany(all => all).Where(it => looks.GetValueOrDefault(it) is { Waits: true }),
                stop
            );
        }

        var due = namespaces
            .Where(ns => listNotBefore.GetValueOrDefault(ns.Key) <= steady.Now)
            .Select(ns =>
                (ns.Key, ns.Value, Since: ns.Value.Min(rollout => DueSince(looks.GetValueOrDefault(rollout), now)))
            )
            .Where(ns => ns.Since <= now)
            .OrderBy(ns => ns.Since);
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = ListsAtOnce, CancellationToken = stop },
            async (ns, token) => await VerifyAsync(ns.Key, ns.Value, looks, token)
        );
        await LookAgainAsync(namespaces, looks, now, stop);
    }

    /// <summary>Since when it should be verified again.</summary>
    private static DateTimeOffset DueSince(LastLook? look, DateTimeOffset now) =>
        look is null ? DateTimeOffset.MinValue
        // Written by a clock that was set back since.
        : look.VerifiedAt > now + WaitingEvery ? now
        : look.VerifiedAt + (look.Waits ? WaitingEvery : OthersEvery);

    private static bool IsOld(LastLook look, DateTimeOffset now) =>
        now - look.LookedAt >= (look.Waits ? LookAgainAfter : LookAtOthersAfter)
        // As above.
        || look.LookedAt > now + WaitingEvery;

    private async Task VerifyAsync(
        string ns,
        RolloutRef[] rollouts,
        IReadOnlyDictionary<RolloutRef, LastLook> looks,
        CancellationToken stop
    )
    {
        if (!pace.MayAsk)
        {
            return;
        }

        // Before it is sent: what is told is true of this time at least.
        var at = clock.GetUtcNow();
        listNotBefore[ns] = steady.Now + listEvery;
        var (same, others, fault) = await CompareAsync(ns, rollouts, looks, stop);
        if (fault is not null)
        {
            await FailedAsync(ns, rollouts, looks, fault, stop);
            return;
        }

        pace.Answered();
        failures.TryRemove(ns, out _);
        told.TryRemove(ns, out _);
        await work.VerifiedAsync(same, at, stop);
        await HintAsync(others, stop);
        Compared(cluster, ns, same.Count, others.Count);
    }

    /// <summary>
    /// Which of them are as they were seen. Of those that wait, also the ReplicaSet of what is being released: a Rollout
    /// shows the pods of its preview only while it is being scaled.
    /// </summary>
    private async Task<(List<RolloutRef> Same, List<RolloutRef> Others, ClusterFault? Fault)> CompareAsync(
        string ns,
        RolloutRef[] rollouts,
        IReadOnlyDictionary<RolloutRef, LastLook> looks,
        CancellationToken stop
    )
    {
        var answer = await changes.ListAsync(new WatchedPlace(cluster, WatchedKind.Rollouts, ns), stop);
        if (answer is not ClusterAnswer<Listed>.Ok(var listed))
        {
            return ([], [], ((ClusterAnswer<Listed>.Fault)answer).Why);
        }

        var marks = listed.Items.ToDictionary(item => item.Name, item => item.Mark, StringComparer.Ordinal);
        string MarkOf(RolloutRef rollout) => marks.GetValueOrDefault(rollout.Name, ChangeMark.Gone);
        var isSame = rollouts.ToLookup(rollout =>
            looks.TryGetValue(rollout, out var look) && ChangeMark.RolloutOf(look.Mark) == MarkOf(rollout)
        );
        List<RolloutRef> others = [.. isSame[false]];
        var waiting = isSame[true].Where(it => looks[it].Waits && !ChangeMark.HashOf(looks[it].Mark).IsNone).ToList();
        if (waiting.Count == 0)
        {
            return ([.. isSame[true]], others, null);
        }

        var sets = await changes.ListReplicaSetsAsync(
            cluster,
            ns,
            [.. waiting.Select(rollout => ChangeMark.HashOf(looks[rollout].Mark))],
            stop
        );
        if (sets is not ClusterAnswer<IReadOnlyDictionary<(string, PodHash), string>>.Ok(var versions))
        {
            return ([], [], ((ClusterAnswer<IReadOnlyDictionary<(string, PodHash), string>>.Fault)sets).Why);
        }

        var changed = waiting
            .Where(rollout =>
            {
                var hash = ChangeMark.HashOf(looks[rollout].Mark);
                var version = versions.GetValueOrDefault((rollout.Name, hash), "");
                return looks[rollout].Mark != ChangeMark.WithReplicaSet(MarkOf(rollout), hash, version);
            })
            .ToHashSet();
        others.AddRange(changed);
        return ([.. isSame[true].Where(rollout => !changed.Contains(rollout))], others, null);
    }

    private async Task FailedAsync(
        string ns,
        RolloutRef[] rollouts,
        IReadOnlyDictionary<RolloutRef, LastLook> looks,
        ClusterFault why,
        CancellationToken stop
    )
    {
        if (told.GetValueOrDefault(ns) != why.Message)
        {
            told[ns] = why.Message;
            CannotList(cluster, ns, why.Kind, why.Message);
        }

        if (why.IsTransient)
        {
            pace.Failed(why);
            if (failures.AddOrUpdate(ns, 1, (_, times) => times + 1) >= ListsFailAtMost && pace.AsksToWait is null)
            {
                var longest = rollouts.OrderBy(it => looks.GetValueOrDefault(it)?.LookedAt ?? DateTimeOffset.MinValue);
                await HintAsync(longest.Take(LooksAgainAtMost), stop);
            }

            return;
        }

        // Each by itself may still be read, or says why it may not.
        listNotBefore[ns] = steady.Now + OthersEvery;
        await HintAsync(rollouts, stop);
    }

    private async Task LookAgainAsync(
        FrozenDictionary<string, RolloutRef[]> namespaces,
        IReadOnlyDictionary<RolloutRef, LastLook> looks,
        DateTimeOffset now,
        CancellationToken stop
    )
    {
        if (steady.Now < nextLookAgain)
        {
            return;
        }

        nextLookAgain = steady.Now + WaitingEvery;
        var old = namespaces
            .Values.SelectMany(rollouts => rollouts)
            .Where(looks.ContainsKey)
            .Select(rollout => (Rollout: rollout, Look: looks[rollout]))
            .Where(item => IsOld(item.Look, now))
            .OrderByDescending(item => item.Look.Waits)
            .ThenBy(item => item.Look.LookedAt)
            .Take(LooksAgainAtMost)
            .Select(item => item.Rollout);
        await HintAsync(old, stop);
    }

    private async Task HintAsync(IEnumerable<RolloutRef> rollouts, CancellationToken stop)
    {
        var any = 0;
        await Parallel.ForEachAsync(
            rollouts,
            new ParallelOptions { MaxDegreeOfParallelism = HintsAtOnce, CancellationToken = stop },
            async (rollout, token) =>
            {
                await work.HintAsync(rollout, token);
                Interlocked.Exchange(ref any, 1);
            }
        );
        if (any == 1)
        {
            wakeUp.Signal();
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Cluster}/{Namespace}: {Same} Rollouts are as they were seen, {Others} are not.")]
    private partial void Compared(string cluster, string @namespace, int same, int others);

    [LoggerMessage(LogLevel.Warning, "Cannot list the Rollouts of {Cluster}/{Namespace}: {Kind}, {Reason}")]
    private partial void CannotList(string cluster, string @namespace, ClusterFaultKind kind, string reason);
}
