using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo.Pods;
using Devflow.ChatOps.Sandbox.Argo.Rollouts;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>
/// Stand-in for the Argo Rollouts controller (blue/green), and for the parts of Kubernetes that give it Pods. Looks at
/// an object whenever it or something of it changes in the store, and when a time comes; what it does then depends on
/// the store's state only. Starts with its construction and takes up whatever the store holds.
/// </summary>
public sealed partial class RolloutsController : IAsyncDisposable
{
    private readonly ObjectStore store;
    private readonly ControllerOptions options;
    private readonly NotificationSink notify;
    private readonly ILogger logger;
    private readonly WorkLoop<WorkItem> loop;
    private readonly Kubelet kubelet;
    private readonly ReplicaSets replicaSets;
    private readonly ManagedServices services;
    private readonly AnalysisRunner analysisRunner;
    private readonly SwallowedPromotes swallowed;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<(string Namespace, string Name), bool> swallows = new();
    private readonly ConcurrentDictionary<(string Namespace, string Name), bool> rolloutNames = new();

    private enum Work
    {
        Rollout,
        Service,
        ReplicaSet,
        Pod,
        AnalysisRun,
    }

    private sealed record WorkItem(Work Kind, string Namespace, string Name);

    /// <summary>Starts the controller on a store.</summary>
    public RolloutsController(
        ObjectStore store,
        TimeProvider clock,
        ControllerOptions? options = null,
        NotificationSink? notify = null,
        ILogger<RolloutsController>? logger = null
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(clock);
        this.store = store;
        this.clock = clock;
        this.options = options ?? new ControllerOptions();
        this.notify = notify ?? (_ => { });
        this.logger = logger ?? NullLogger<RolloutsController>.Instance;
        swallowed = new SwallowedPromotes(IsSwallowing, this.options.SwallowWindow);
        replicaSets = new ReplicaSets(store, clock);
        services = new ManagedServices(store);
        loop = new WorkLoop<WorkItem>(clock, WorkAsync, (item, fault) => LogFault(item.ToString(), fault));
        kubelet = new Kubelet(store, clock, this.options, LookAgainAt(Work.Pod));
        analysisRunner = new AnalysisRunner(store, clock, this.options, LookAgainAt(Work.AnalysisRun), Emit);
        store.Changed += OnChanged;
        foreach (
            var type in new[]
            {
                Resources.Rollout,
                Resources.Service,
                Resources.ReplicaSet,
                Resources.Pod,
                Resources.AnalysisRun,
            }
        )
        {
            foreach (var item in store.List(type, null).Items)
            {
                LookAt(type, item);
            }
        }
    }

    /// <summary>Ends when there is nothing more to do before the clock moves on or somebody changes something.</summary>
    /// <exception cref="AggregateException">Some work has failed.</exception>
    public Task WhenIdleAsync() => loop.WhenIdleAsync();

    /// <summary>Lets all Pods of a version crash, also ones that are ready and ones still to come.</summary>
    public void BreakPods(string ns, string podHash) => SetBroken(ns, podHash, true);

    /// <summary>Lets the Pods of a broken version become ready again.</summary>
    public void HealPods(string ns, string podHash) => SetBroken(ns, podHash, false);

    /// <summary>Turns the swallowing of early promotes on or off for one Rollout, whatever the options say.</summary>
    public void SwallowPromotes(string ns, string rollout, bool isOn = true) => swallows[(ns, rollout)] = isOn;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        store.Changed -= OnChanged;
        await loop.DisposeAsync();
    }

    private bool IsSwallowing(string ns, string name) =>
        swallows.TryGetValue((ns, name), out var isOn) ? isOn : options.EmulateSwallowedPromote;

    private void SetBroken(string ns, string podHash, bool isBroken)
    {
        kubelet.SetBroken(ns, podHash, isBroken);
        foreach (var pod in store.List(Resources.Pod, ns).Items)
        {
            LookAt(Resources.Pod, pod);
        }
    }

    /// <summary>Runs inside the store's lock: only puts things into the queue.</summary>
    private void OnChanged(StoreEvent change)
    {
        if (change.Resource == Resources.Service)
        {
            // A Rollout may wait for its Services (recording 13).
            foreach (var rollout in rolloutNames.Keys.Where(name => name.Namespace == change.Namespace))
            {
                loop.Enqueue(new WorkItem(Work.Rollout, rollout.Namespace, rollout.Name));
            }
        }
        else if (change.Resource == Resources.Rollout)
        {
            var still = change.Type == "DELETED" ? [] : ManagedServices.Of(change.Object);
            foreach (var service in ManagedServices.Of((change.Former ?? change.Current).ToNode()).Except(still))
            {
                loop.Enqueue(new WorkItem(Work.Service, change.Namespace, service));
            }
        }

        LookAt(change.Resource, change.Object);
    }

    private void LookAt(ResourceType type, JsonObject item)
    {
        var ns = item.Text("metadata", "namespace") ?? "";
        var name = item.Text("metadata", "name") ?? "";
        if (type == Resources.Rollout)
        {
            rolloutNames[(ns, name)] = true;
            loop.Enqueue(new WorkItem(Work.Rollout, ns, name));
        }
        else if (type == Resources.Service)
        {
            loop.Enqueue(new WorkItem(Work.Service, ns, name));
        }
        else if (type == Resources.ReplicaSet)
        {
            loop.Enqueue(new WorkItem(Work.ReplicaSet, ns, name));
            LookAtOwner(Work.Rollout, ns, item);
        }
        else if (type == Resources.Pod)
        {
            loop.Enqueue(new WorkItem(Work.Pod, ns, name));
            LookAtOwner(Work.ReplicaSet, ns, item);
        }
        else if (type == Resources.AnalysisRun)
        {
            loop.Enqueue(new WorkItem(Work.AnalysisRun, ns, name));
            LookAtOwner(Work.Rollout, ns, item);
        }
    }

    private void LookAtOwner(Work kind, string ns, JsonObject item)
    {
        if (Ownership.ControllerOf(item)?.Text("name") is { } owner)
        {
            loop.Enqueue(new WorkItem(kind, ns, owner));
        }
    }

    private Action<string, string, DateTimeOffset> LookAgainAt(Work kind) =>
        (ns, name, due) => loop.EnqueueAt(new WorkItem(kind, ns, name), due);

    private async Task WorkAsync(WorkItem item)
    {
        switch (item.Kind)
        {
            case Work.Rollout:
                await PassAsync(item);
                break;
            case Work.Service:
                services.Reconcile(item.Namespace, item.Name);
                break;
            case Work.ReplicaSet:
                CollectOrphans(Resources.Pod, item.Namespace, Resources.ReplicaSet, item.Name);
                replicaSets.Reconcile(item.Namespace, item.Name);
                break;
            case Work.Pod:
                kubelet.Reconcile(item.Namespace, item.Name);
                break;
            case Work.AnalysisRun:
                analysisRunner.Reconcile(item.Namespace, item.Name);
                break;
        }
    }

    private async Task PassAsync(WorkItem item)
    {
        if (store.Get(Resources.Rollout, item.Namespace, item.Name) is not { } current)
        {
            rolloutNames.TryRemove((item.Namespace, item.Name), out _);
            CollectOrphans(Resources.ReplicaSet, item.Namespace, Resources.Rollout, item.Name);
            CollectOrphans(Resources.AnalysisRun, item.Namespace, Resources.Rollout, item.Name);
            return;
        }

        var environment = new PassEnvironment(
            store,
            clock,
            () => loop.DelayAsync(options.StepDelay),
            Emit,
            due => loop.EnqueueAt(item, due),
            swallowed
        );
        if (!await RolloutPass.RunAsync(environment, current))
        {
            loop.Enqueue(item);
        }
    }

    /// <summary>The garbage collector's part: what belongs to an object that is gone goes too.</summary>
    private void CollectOrphans(ResourceType type, string ns, ResourceType ownerType, string owner)
    {
        if (store.Get(ownerType, ns, owner) is not null)
        {
            return;
        }

        foreach (var item in store.List(type, ns).Items)
        {
            if (Ownership.ControllerOf(item) is not { } reference || reference.Text("name") != owner)
            {
                continue;
            }

            if (type == Resources.Pod)
            {
                PodStatus.Evict(store, item, clock.GetUtcNow());
            }
            else
            {
                store.Delete(type, ns, item.Text("metadata", "name") ?? "");
            }
        }
    }

    private void Emit(string reason, JsonObject about)
    {
        var trigger = new StringBuilder("on");
        foreach (var character in reason)
        {
            if (char.IsUpper(character))
            {
                trigger.Append('-');
            }

            trigger.Append(char.ToLowerInvariant(character));
        }

        notify(new RolloutNotification(trigger.ToString(), about.DeepClone().AsObject()));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Working on {Item} failed")]
    private partial void LogFault(string item, Exception fault);
}
