using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Sandbox.Argo;

/// <summary>A store, a clock and the controller, with what the tests do and see.</summary>
internal sealed class ControllerWorld : IAsyncDisposable
{
    public const string Namespace = "shop";
    public const string Name = "storefront";
    private readonly Lock gate = new();
    private readonly List<JsonObject> states = [];
    private readonly List<RolloutNotification> notifications = [];

    public ControllerWorld(ControllerOptions? options = null, DateTimeOffset? start = null)
    {
        Clock = new FakeTimeProvider(start ?? new DateTimeOffset(2026, 11, 23, 7, 0, 0, TimeSpan.Zero));
        Store = new ObjectStore(Clock);
        Store.Changed += change =>
        {
            if (change.Resource == Resources.Rollout && change.Type != "DELETED")
            {
                lock (gate)
                {
                    states.Add(change.Object);
                }
            }
        };
        Controller = new RolloutsController(
            Store,
            Clock,
            options,
            notification =>
            {
                lock (gate)
                {
                    notifications.Add(notification);
                }
            }
        );
    }

    public FakeTimeProvider Clock { get; }

    public ObjectStore Store { get; }

    public RolloutsController Controller { get; }

    /// <summary>Every version of every Rollout, in order.</summary>
    public IReadOnlyList<JsonObject> States
    {
        get
        {
            lock (gate)
            {
                return [.. states];
            }
        }
    }

    public IReadOnlyList<RolloutNotification> Notifications
    {
        get
        {
            lock (gate)
            {
                return [.. notifications];
            }
        }
    }

    public IEnumerable<string> Triggers => Notifications.Select(notification => notification.Trigger);

    public JsonObject Rollout => Store.Get(Resources.Rollout, Namespace, Name).ShouldNotBeNull();

    public string Phase => Text("status", "phase");

    public string Message => Text("status", "message");

    public string CurrentHash => Text("status", "currentPodHash");

    public string StableHash => Text("status", "stableRS");

    public string ActiveHash => SelectorOf("active");

    public string PreviewHash => SelectorOf("preview");

    public bool IsPaused => Rollout["status"]?["pauseConditions"] is JsonArray { Count: > 0 };

    public string Text(params string[] path)
    {
        JsonNode? node = Rollout;
        foreach (var key in path)
        {
            node = (node as JsonObject)?[key];
        }

        return node?.ToString() ?? "";
    }

    public IReadOnlyList<JsonObject> Items(ResourceType type) => Store.List(type, Namespace).Items;

    public JsonObject ReplicaSet(string hash) =>
        Store.Get(Resources.ReplicaSet, Namespace, $"{Name}-{hash}").ShouldNotBeNull();

    public async Task InstallAsync(BlueGreenApp? app = null)
    {
        (app ?? App()).CreateIn(Store);
        await UntilAsync(() => Phase == "Healthy");
    }

    public static BlueGreenApp App() => new(Namespace, Name, "storefront:1.0.0");

    /// <summary>Releases and waits for a phase.</summary>
    public async Task ReleaseAsync(string image, string phase = "Paused")
    {
        await SetImageAsync(image);
        await UntilAsync(() =>
            Phase == phase
            && CurrentImage() == image
            && Text("status", "observedGeneration") == Text("metadata", "generation")
        );
    }

    public string CurrentImage() =>
        ReplicaSet(CurrentHash)["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.GetValue<string>();

    public Task SetImageAsync(string image) =>
        ChangeAsync(json => json["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = image);

    public Task PromoteAsync() => ChangeAsync(json => json["status"]!.AsObject().Remove("pauseConditions"));

    public Task PromoteFullAsync() => ChangeAsync(json => json["status"]!["promoteFull"] = true);

    public Task AbortAsync() => ChangeAsync(json => json["status"]!["abort"] = true);

    public Task RetryAsync() => ChangeAsync(json => json["status"]!["abort"] = false);

    public Task AnnotateAsync(string key, string value) =>
        ChangeAsync(json => (json["metadata"]!["annotations"] ??= new JsonObject())[key] = value);

    /// <summary>As the plugin does it: the template of the second highest revision, or of a stated one.</summary>
    public Task UndoAsync(int? toRevision = null)
    {
        var sets = Items(Resources.ReplicaSet).OrderByDescending(RevisionOf).ToList();
        var target = toRevision is null ? sets[1] : sets.Single(set => RevisionOf(set) == toRevision);
        var template = target["spec"]!["template"]!.DeepClone();
        template["metadata"]!["labels"]!.AsObject().Remove("rollouts-pod-template-hash");
        return ChangeAsync(json => json["spec"]!["template"] = template);
    }

    public async Task ChangeAsync(Action<JsonObject> change)
    {
        Store
            .Update(
                Resources.Rollout,
                Namespace,
                Name,
                json =>
                {
                    change(json);
                    return json;
                }
            )
            .ShouldNotBeNull();
        await Controller.WhenIdleAsync();
    }

    /// <summary>Lets time pass, in steps that are small against everything that happens.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(20);
        await Controller.WhenIdleAsync();
        for (var left = time; left > TimeSpan.Zero; left -= step)
        {
            Clock.Advance(left < step ? left : step);
            await Controller.WhenIdleAsync();
        }
    }

    public Task PassSecondsAsync(double seconds) => PassAsync(TimeSpan.FromSeconds(seconds));

    /// <summary>Lets time pass until something holds; fails after two minutes of the controller's time.</summary>
    public async Task UntilAsync(Func<bool> holds)
    {
        await Controller.WhenIdleAsync();
        for (var steps = 0; !holds(); steps++)
        {
            steps.ShouldBeLessThan(6000, $"still {Phase} {Message}");
            Clock.Advance(TimeSpan.FromMilliseconds(20));
            await Controller.WhenIdleAsync();
        }
    }

    public ValueTask DisposeAsync() => Controller.DisposeAsync();

    private static int RevisionOf(JsonObject set) =>
        int.Parse(
            set["metadata"]!["annotations"]!["rollout.argoproj.io/revision"]!.GetValue<string>(),
            System.Globalization.CultureInfo.InvariantCulture
        );

    private string SelectorOf(string role) =>
        Store
            .Get(Resources.Service, Namespace, $"{Name}-{role}")
            ?["spec"]?["selector"]?["rollouts-pod-template-hash"]?.GetValue<string>()
        ?? "";
}
