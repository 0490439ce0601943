using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>
/// The objects of the stand-in cluster: what etcd and the registry layer of an API server are together. Safe for many
/// threads; whatever goes in or comes out is a copy. One rising version counts every change of any object.
/// </summary>
public sealed partial class ObjectStore
{
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly WatchHub hub = new();
    private readonly Dictionary<ResourceType, ImmutableSortedSet<StoredObject>> objects = [];
    private long version = 1;

    /// <summary>An empty store; <paramref name="clock"/> gives the creation times.</summary>
    public ObjectStore(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        this.clock = clock;
        foreach (var type in Resources.All)
        {
            objects[type] = ImmutableSortedSet.Create<StoredObject>(StoredObject.KeyOrder.Instance);
        }
    }

    /// <summary>
    /// Told of every change, in order, on the thread that made it and inside the store's lock: hand it over and return.
    /// </summary>
    public event Action<StoreEvent>? Changed;

    /// <summary>The version of the last change.</summary>
    public long ResourceVersion => Interlocked.Read(ref version);

    /// <summary>How many changes are kept for watches; older ones are answered <c>410 Expired</c>.</summary>
    public int HistoryCapacity
    {
        get
        {
            lock (gate)
            {
                return hub.Capacity;
            }
        }
        set
        {
            lock (gate)
            {
                hub.Capacity = value;
            }
        }
    }

    /// <summary>Time as the store sees it.</summary>
    internal TimeProvider Clock => clock;

    /// <summary>The object, or null. <paramref name="ns"/> is empty for objects of the cluster.</summary>
    public JsonObject? Get(ResourceType type, string ns, string name) => Find(type, ns, name)?.ToNode();

    /// <summary>All objects of a kind, in one namespace or (null) in all.</summary>
    public ListResult List(ResourceType type, string? ns)
    {
        var snapshot = Snapshot(type);
        return new ListResult([.. snapshot.In(ns).Select(stored => stored.ToNode())], snapshot.ResourceVersion);
    }

    /// <summary>
    /// Adds an object and completes its metadata. <c>metadata.name</c> (or <c>generateName</c>) must be given, and
    /// <c>metadata.namespace</c> where the kind has one.
    /// </summary>
    /// <exception cref="ObjectAlreadyExistsException">There is one of that name.</exception>
    public JsonObject Create(ResourceType type, JsonObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Insert(type, (JsonObject)item.DeepClone(), dryRun: false).ToNode();
    }

    /// <summary>
    /// Reads, changes and writes under one lock. <paramref name="change"/> gets a copy that it may modify and returns
    /// what to store, or null to leave everything as it is. Name, uid, creation time, generation and resourceVersion
    /// are the store's. A result that equals what was there changes no version.
    /// </summary>
    /// <returns>The object as it is afterwards, or null if there is none.</returns>
    public JsonObject? Update(ResourceType type, string ns, string name, Func<JsonObject, JsonObject?> change) =>
        Replace(type, ns, name, change, dryRun: false)?.ToNode();

    /// <summary>Removes an object; false if there is none.</summary>
    public bool Delete(ResourceType type, string ns, string name) =>
        Remove(type, ns, name, null, dryRun: false) is not null;

    /// <summary>Forgets the changes up to a version (all of them by default), as a compaction of etcd does.</summary>
    public void Compact(long? upTo = null)
    {
        lock (gate)
        {
            hub.Forget(upTo ?? version);
        }
    }

    /// <summary>Ends every watch that is open; watchers have to come back.</summary>
    public void CloseWatches()
    {
        lock (gate)
        {
            hub.CloseAll();
        }
    }

    /// <summary>
    /// The changes of a kind after <paramref name="fromResourceVersion"/>, without end. Null starts with what is there
    /// now, as ADDED. Following starts with this call, not with the first read, so nothing in between is missed.
    /// </summary>
    /// <exception cref="ResourceVersionTooOldException">The history from there on is gone.</exception>
    public IAsyncEnumerable<StoreEvent> Watch(
        ResourceType type,
        string? ns,
        long? fromResourceVersion,
        CancellationToken cancellationToken = default
    )
    {
        var subscription = Subscribe(type, ns, fromResourceVersion, out var present);
        var registration = cancellationToken.Register(subscription.Dispose);
        var initial = fromResourceVersion is null ? present.In(ns) : [];
        return Follow(subscription, registration, initial, cancellationToken);
    }

    private static async IAsyncEnumerable<StoreEvent> Follow(
        WatchSubscription subscription,
        CancellationTokenRegistration registration,
        IEnumerable<StoredObject> initial,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var held = subscription;
        await using var registered = registration;
        foreach (var stored in initial)
        {
            yield return new StoreEvent("ADDED", stored, null);
        }

        await foreach (var change in subscription.Changes.ReadAllAsync(cancellationToken))
        {
            yield return change;
        }

        // The queue is closed by cancellation too; a cancelled watch must not look like one that the store ended.
        cancellationToken.ThrowIfCancellationRequested();
    }
}
