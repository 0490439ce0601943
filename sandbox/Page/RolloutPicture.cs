using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Argo.Pods;
using Devflow.ChatOps.Sandbox.Argo.Rollouts;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Sandbox.World;

namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>A Rollout with what belongs to it, as the page draws it.</summary>
internal sealed record RolloutPicture(string App, string Environment, string Phase, string Message)
{
    /// <summary>Whether the present update was aborted.</summary>
    public bool IsAborted { get; init; }

    /// <summary>The version that is being released or was released last, by its tag.</summary>
    public string Version { get; init; } = "";

    /// <summary>The version that has the traffic.</summary>
    public string LiveVersion { get; init; } = "";

    /// <summary>Whether the version that is live is also the one that was asked for, and stable.</summary>
    public bool IsSettled { get; init; }

    /// <summary>What Argo CD says: sync and health.</summary>
    public string ArgoCd { get; init; } = "";

    /// <summary>ReplicaSets that matter: the live one first.</summary>
    public IReadOnlyList<ReplicaSetPicture> Sets { get; init; } = [];

    /// <summary>What is going to happen by itself.</summary>
    public IReadOnlyList<Countdown> Countdowns { get; init; } = [];

    public static RolloutPicture Of(ObjectStore store, SandboxApp app)
    {
        if (store.Get(Resources.Rollout, app.Environment, app.Name) is not { } json)
        {
            return new RolloutPicture(app.Name, app.Environment, "Missing", "The Rollout is gone.");
        }

        var rollout = new RolloutView(json);
        var active = SelectorOf(store, app, "active");
        var sets = SetsOf(store, app, rollout, active);
        var current = sets.FirstOrDefault(set => set.Hash == rollout.Status.CurrentPodHash);
        return new RolloutPicture(
            app.Name,
            app.Environment,
            json.Text("status", "phase") ?? "Progressing",
            json.Text("status", "message") ?? ""
        )
        {
            IsAborted = rollout.Status.Abort,
            Version = TagOf(ImageOf(rollout.Template)),
            LiveVersion = sets.FirstOrDefault(set => set.IsActive)?.Version ?? "",
            IsSettled =
                current is { IsActive: true, IsStable: true } && json.Text("status", "phase") == RolloutPhase.Healthy,
            ArgoCd = ArgoCdOf(store, app),
            Sets = sets,
            Countdowns = [.. CountdownsOf(rollout, sets)],
        };
    }

    private static List<ReplicaSetPicture> SetsOf(ObjectStore store, SandboxApp app, RolloutView rollout, string active)
    {
        var preview = SelectorOf(store, app, "preview");
        var pods = store.List(Resources.Pod, app.Environment).Items.ToLookup(HashOf);
        return
        [
            .. store
                .List(Resources.ReplicaSet, app.Environment)
                .Items.Select(item => new ReplicaSetView(store, item))
                .Where(set => set.Name.StartsWith(app.Name + "-", StringComparison.Ordinal))
                .Select(set => new ReplicaSetPicture(set.Hash, TagOf(ImageOf(set.Json.At("spec", "template"))))
                {
                    Revision = set.Revision,
                    Wanted = set.Wanted,
                    Ready = set.Ready,
                    IsActive = set.Hash == active,
                    IsPreview = set.Hash == preview,
                    IsStable = set.Hash == rollout.Status.StableRS,
                    IsCurrent = set.Hash == rollout.Status.CurrentPodHash,
                    GoneAt = set.Wanted > 0 ? set.ScaleDownDeadline : null,
                    Pods = [.. pods[set.Hash].Select(PodPicture.Of)],
                })
                .Where(set => set.IsActive || set.IsPreview || set.IsCurrent || set.Wanted > 0 || set.Pods.Count > 0)
                .OrderByDescending(set => set.IsActive)
                .ThenByDescending(set => set.IsPreview)
                .ThenByDescending(set => set.Revision),
        ];
    }

    private static IEnumerable<Countdown> CountdownsOf(RolloutView rollout, List<ReplicaSetPicture> sets)
    {
        var current = sets.FirstOrDefault(set => set.IsCurrent);
        if (rollout.Status.PauseConditions is [var pause, ..] && rollout.AutoPromotionAfter > TimeSpan.Zero)
        {
            yield return new Countdown("promotes itself", pause.StartTime + rollout.AutoPromotionAfter);
        }

        var progress = rollout.Status.Conditions.Find(condition => condition.Type == Conditions.Progressing);
        if (
            current is { Wanted: > 0 }
            && current.Ready < current.Wanted
            && !rollout.Status.Abort
            && progress is { Status: "True", LastUpdateTime: { } updated }
        )
        {
            yield return new Countdown("fails without progress", updated + rollout.ProgressDeadline);
        }

        if (rollout.Status.Abort && current is { GoneAt: { } gone, IsActive: false, Ready: > 0 })
        {
            yield return new Countdown("preview scales down", gone);
        }
    }

    private static string ArgoCdOf(ObjectStore store, SandboxApp app)
    {
        var application = store.Get(Resources.Application, Argo.ArgoCd.ApplicationNamespace, app.Application);
        return application.Text("status", "operationState", "phase") == "Running"
            ? "Syncing"
            : string.Join(
                " · ",
                new[]
                {
                    application.Text("status", "sync", "status"),
                    application.Text("status", "health", "status"),
                }.OfType<string>()
            );
    }

    private static string SelectorOf(ObjectStore store, SandboxApp app, string role) =>
        store.Get(Resources.Service, app.Environment, $"{app.Name}-{role}").Text("spec", "selector", Names.PodHashLabel)
        ?? "";

    private static string HashOf(JsonObject item) => item.Text("metadata", "labels", Names.PodHashLabel) ?? "";

    private static string ImageOf(JsonNode? template) =>
        (template.At("spec", "containers") as JsonArray)?.FirstOrDefault().Text("image") ?? "";

    private static string TagOf(string image) => image[(image.LastIndexOf(':') + 1)..];
}

/// <summary>A ReplicaSet.</summary>
internal sealed record ReplicaSetPicture(string Hash, string Version)
{
    public int Revision { get; init; }

    public int Wanted { get; init; }

    public int Ready { get; init; }

    /// <summary>The active Service sends the users here.</summary>
    public bool IsActive { get; init; }

    /// <summary>The preview Service points here.</summary>
    public bool IsPreview { get; init; }

    public bool IsStable { get; init; }

    public bool IsCurrent { get; init; }

    /// <summary>When it is scaled down.</summary>
    public DateTimeOffset? GoneAt { get; init; }

    public IReadOnlyList<PodPicture> Pods { get; init; } = [];
}

/// <summary>A Pod.</summary>
/// <param name="State"><c>ready</c>, <c>starting</c>, <c>trouble</c> or <c>going</c>.</param>
/// <param name="Reason">Why it is in trouble.</param>
internal sealed record PodPicture(string Name, string State, string Reason)
{
    public static PodPicture Of(JsonObject pod)
    {
        var waiting = (pod.At("status", "containerStatuses") as JsonArray)?.FirstOrDefault().At("state", "waiting");
        var reason = waiting.Text("reason");
        var isTrouble = reason is not (null or "ContainerCreating" or "PodInitializing");
        var state =
            pod.Text("metadata", "deletionTimestamp") is not null ? "going"
            : PodStatus.IsReady(pod) ? "ready"
            : isTrouble ? "trouble"
            : "starting";
        return new PodPicture(
            pod.Text("metadata", "name") ?? "",
            state,
            isTrouble ? $"{reason}: {waiting.Text("message")}" : ""
        );
    }
}

/// <summary>Something that happens by itself at a time.</summary>
internal sealed record Countdown(string What, DateTimeOffset At);
