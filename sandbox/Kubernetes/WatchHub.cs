using System.Threading.Channels;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>
/// The recent changes and those who follow them. Not synchronised: the store calls it under its lock, so that history,
/// current state and subscriptions are always of one version.
/// </summary>
internal sealed class WatchHub
{
    private readonly Queue<StoreEvent> history = new();
    private readonly HashSet<WatchSubscription> subscriptions = [];

    public int Capacity { get; set; } = 4096;

    /// <summary>Changes up to this version are forgotten; a watch may start from here, not from before.</summary>
    public long Oldest { get; private set; }

    public int Watchers => subscriptions.Count;

    public void Publish(StoreEvent change)
    {
        history.Enqueue(change);
        while (history.Count > Capacity)
        {
            Oldest = history.Dequeue().ResourceVersion;
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Offer(change);
        }
    }

    public void Forget(long upTo)
    {
        while (history.TryPeek(out var first) && first.ResourceVersion <= upTo)
        {
            history.Dequeue();
        }

        Oldest = Math.Max(Oldest, upTo);
    }

    /// <exception cref="ResourceVersionTooOldException">The history from there on is not complete any more.</exception>
    public void Add(WatchSubscription subscription, long? from)
    {
        if (from is { } version)
        {
            if (version < Oldest)
            {
                throw new ResourceVersionTooOldException(version, Oldest);
            }

            foreach (var change in history)
            {
                if (change.ResourceVersion > version)
                {
                    subscription.Offer(change);
                }
            }
        }

        subscriptions.Add(subscription);
    }

    public void Remove(WatchSubscription subscription)
    {
        subscriptions.Remove(subscription);
        subscription.Complete();
    }

    /// <summary>Ends every watch, as an API server does when it restarts.</summary>
    public void CloseAll()
    {
        foreach (var subscription in subscriptions)
        {
            subscription.Complete();
        }

        subscriptions.Clear();
    }
}

/// <summary>One watcher's queue of changes; unbounded, for the store never waits for a reader.</summary>
internal sealed class WatchSubscription(ObjectStore store, ResourceType type, string? ns, long startVersion)
    : IDisposable
{
    private readonly Channel<StoreEvent> changes = Channel.CreateUnbounded<StoreEvent>(
        new UnboundedChannelOptions { SingleReader = true }
    );

    private long seen = startVersion;

    public ChannelReader<StoreEvent> Changes => changes.Reader;

    public void Offer(StoreEvent change)
    {
        if (
            change.ResourceVersion > seen
            && change.Resource == type
            && (ns is null || string.Equals(change.Namespace, ns, StringComparison.Ordinal))
        )
        {
            seen = change.ResourceVersion;
            changes.Writer.TryWrite(change);
        }
    }

    public void Complete() => changes.Writer.TryComplete();

    public void Dispose() => store.Unsubscribe(this);
}
