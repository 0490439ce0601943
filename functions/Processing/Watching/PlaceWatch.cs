using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Processing.Verifying;

namespace Devflow.ChatOps.Functions.Processing.Watching;

/// <summary>
/// Follows one kind of object in one namespace: a list first, then watches, each from where the last one ended. A version
/// counts as reached only when the hint of its change is written down.
/// </summary>
internal sealed partial class PlaceWatch(
    WatchedPlace place,
    IWork work,
    LastLooks looks,
    IChanges changes,
    CatalogSource catalogs,
    WakeUp wakeUp,
    WatchState state,
    ClusterPace pace,
    TimeProvider clock,
    ILogger log
)
{
    private static readonly TimeSpan first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(1);

    /// <summary>What somebody must mend (a right, a kind that is not installed) is not there a second later.</summary>
    private static readonly TimeSpan firstWhenRefused = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan longestWhenRefused = TimeSpan.FromMinutes(5);

    /// <summary>A watch that held so long is no failure, however it ended.</summary>
    private static readonly TimeSpan heldWell = TimeSpan.FromSeconds(30);

    /// <summary>After so many failures in a row the version is not trusted any more.</summary>
    private const int FailuresAtMost = 5;

    private const int HintsAtOnce = 32;

    private readonly Dictionary<string, string> marks = new(StringComparer.Ordinal);
    private string? version;
    private bool isListed;
    private string told = "";

    /// <summary>Watches until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var failures = 0;
        while (true)
        {
            var began = clock.GetUtcNow();
            var before = version;
            var fault = await OnceAsync(stop);
            var wentOn = version != before || clock.GetUtcNow() - began >= heldWell;
            failures = wentOn ? 0 : failures + 1;
            if (fault is not null)
            {
                Tell(fault);
            }

            version = failures < FailuresAtMost ? version : null;

            await Task.Delay(WaitAfter(fault, Math.Max(failures, 1)), clock, stop);
        }
    }

    private static TimeSpan WaitAfter(ClusterFault? fault, int failures)
    {
        var wait = fault is null or { IsTransient: true }
            ? Backoff.After(failures, first, longest)
            : Backoff.After(failures, firstWhenRefused, longestWhenRefused);
        return fault?.RetryAfter > wait ? fault.RetryAfter.Value : wait;
    }

    /// <summary>A list, where none is known or the last one is too old, and a watch; why it did not end in order.</summary>
    private async Task<ClusterFault?> OnceAsync(CancellationToken stop)
    {
        try
        {
            if (version is null && await ListAsync(stop) is { } cannotList)
            {
                return cannotList;
            }

            return await WatchAsync(stop);
        }
        catch (StoreUnavailableException fault)
        {
            // The version was not reached, so that the change comes again.
            return new ClusterFault(ClusterFaultKind.Unavailable, $"The store does not answer: {fault.Message}");
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            Failed(place, fault);
            return new ClusterFault(ClusterFaultKind.Unavailable, fault.GetType().Name);
        }
    }

    private async Task<ClusterFault?> WatchAsync(CancellationToken stop)
    {
        switch (await changes.WatchAsync(place, version!, news => HeardAsync(news, stop), stop))
        {
            case ClusterAnswer<WatchEnd>.Ok(WatchEnd.Expired):
                Expired(place, version!);
                version = null;
                return null;

            case ClusterAnswer<WatchEnd>.Fault(var why):
                return why;

            default:
                return null;
        }
    }

    private async Task HeardAsync(WatchNews news, CancellationToken stop)
    {
        if (news.Seen is { } seen && marks.GetValueOrDefault(seen.Name) != seen.Mark)
        {
            if (await HintAsync(seen.Name, stop))
            {
                marks[seen.Name] = seen.Mark;
            }
        }

        version = news.Version.Length > 0 ? news.Version : version;
        Answered();
    }

    /// <summary>What is there now; whatever differs from what was known is a hint.</summary>
    private async Task<ClusterFault?> ListAsync(CancellationToken stop)
    {
        var answer = await changes.ListAsync(place, stop);
        if (answer is not ClusterAnswer<Listed>.Ok(var listed))
        {
            return ((ClusterAnswer<Listed>.Fault)answer).Why;
        }

        var now = listed.Items.ToDictionary(item => item.Name, item => item.Mark, StringComparer.Ordinal);
        if (!isListed)
        {
            await StartAsync(now, stop);
        }

        var changed = marks
            .Keys.Union(now.Keys, StringComparer.Ordinal)
            .Where(name => marks.GetValueOrDefault(name) != now.GetValueOrDefault(name, ChangeMark.Gone))
            .ToList();
        await Parallel.ForEachAsync(
            changed,
            new ParallelOptions { MaxDegreeOfParallelism = HintsAtOnce, CancellationToken = stop },
            async (name, token) => await HintAsync(name, token)
        );
        marks.Clear();
        foreach (var (name, mark) in now.Where(item => RolloutsOf(item.Key).Any()))
        {
            marks[name] = mark;
        }

        (version, isListed) = (listed.Version, true);
        Answered();
        Listed(place, now.Count, changed.Count);
        return null;
    }

    /// <summary>
    /// What was known before the first list: of Rollouts what the last looks saw. Of Applications nothing is kept; releases
    /// that wait for Argo CD are looked at every few seconds anyway.
    /// </summary>
    private async Task StartAsync(Dictionary<string, string> now, CancellationToken stop)
    {
        if (place.Kind == WatchedKind.Applications)
        {
            foreach (var (name, mark) in now)
            {
                marks[name] = mark;
            }

            return;
        }

        foreach (var (rollout, look) in (await looks.ReadAsync(place.Cluster, stop)))
        {
            if (rollout.Namespace == place.Namespace)
            {
                marks[rollout.Name] = ChangeMark.RolloutOf(look.Mark);
            }
        }
    }

    /// <summary>False when the catalog does not know the object: nothing is written then.</summary>
    private async Task<bool> HintAsync(string name, CancellationToken stop)
    {
        var any = false;
        foreach (var rollout in RolloutsOf(name))
        {
            await work.HintAsync(rollout, stop);
            any = true;
        }

        if (any)
        {
            wakeUp.Signal();
        }

        return any;
    }

    private IEnumerable<RolloutRef> RolloutsOf(string name)
    {
        if (catalogs.Current is not { } catalog)
        {
            return [];
        }

        if (place.Kind == WatchedKind.Applications)
        {
            return catalog
                .FindApplication(place.Cluster, place.Namespace, name)
                .Select(target => target.Environment)
                .Select(to => new RolloutRef(to.Cluster, to.Namespace, to.Rollout));
        }

        return catalog.FindEnvironment(place.Cluster, place.Namespace, name) is null
            ? []
            : [new RolloutRef(place.Cluster, place.Namespace, name)];
    }

    private void Answered()
    {
        state.Set(place, null);
        if (told.Length > 0)
        {
            told = "";
            Again(place);
        }
    }

    private void Tell(ClusterFault fault)
    {
        state.Set(place, fault.Kind);
        pace.LookFailed(fault);
        if (told != fault.Message)
        {
            told = fault.Message;
            NotWatched(place, fault.Kind, fault.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Place} are watched: {Count} there, {Changed} to be looked at.")]
    private partial void Listed(WatchedPlace place, int count, int changed);

    [LoggerMessage(LogLevel.Information, "{Place} are watched again.")]
    private partial void Again(WatchedPlace place);

    [LoggerMessage(LogLevel.Information, "{Place}: version {Version} is too old to go on from; they are listed again.")]
    private partial void Expired(WatchedPlace place, string version);

    [LoggerMessage(
        LogLevel.Warning,
        "{Place} are not watched now, only notifications and the sweep tell of them: {Kind}, {Reason}"
    )]
    private partial void NotWatched(WatchedPlace place, ClusterFaultKind kind, string reason);

    [LoggerMessage(LogLevel.Error, "Watching {Place} failed; it is tried again.")]
    private partial void Failed(WatchedPlace place, Exception fault);
}

/// <summary>What the looks saw that were finished by now, read once for all namespaces of a cluster.</summary>
internal sealed class LastLooks(IWork work)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Task<IReadOnlyDictionary<RolloutRef, LastLook>>> read = [];

    public Task<IReadOnlyDictionary<RolloutRef, LastLook>> ReadAsync(string cluster, CancellationToken stop)
    {
        lock (gate)
        {
            // What failed, or was given up by somebody else, is read again.
            if (!read.TryGetValue(cluster, out var known) || known.IsFaulted || known.IsCanceled)
            {
                read[cluster] = known = work.LastLooksAsync(cluster, stop);
            }

            return known;
        }
    }
}
