using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo.Rollouts;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>
/// Stand-in for the parts of Argo CD that a release meets: an Application per Rollout whose sync status and health
/// follow the Rollout, and syncs. What Git wants is told by the sync; <see cref="ArgoCdGit"/> looks into Git.
/// </summary>
public sealed partial class ArgoCd : IAsyncDisposable
{
    /// <summary>Namespace of the Applications.</summary>
    public const string ApplicationNamespace = "argocd";
    private const string RefreshAnnotation = "argocd.argoproj.io/refresh";
    private const string Desired = "sandbox.devflow/desired-image";
    private readonly ObjectStore store;
    private readonly TimeProvider clock;
    private readonly ArgoCdOptions options;
    private readonly ArgoCdSink notify;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<(string Namespace, string Rollout), ArgoCdApp> apps = new();
    private readonly ConcurrentDictionary<string, string> nextFailures = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> differsSince = new();
    private readonly WorkLoop<ArgoCdApp> loop;

    /// <summary>Starts with no apps.</summary>
    public ArgoCd(
        ObjectStore store,
        TimeProvider clock,
        ArgoCdOptions? options = null,
        ArgoCdSink? notify = null,
        ILogger<ArgoCd>? logger = null
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        this.store = store;
        this.clock = clock;
        this.options = options ?? new ArgoCdOptions();
        this.notify = notify ?? ((_, _) => { });
        this.logger = logger ?? NullLogger<ArgoCd>.Instance;
        loop = new WorkLoop<ArgoCdApp>(clock, ReconcileAsync, (app, fault) => LogFault(app.Application, fault));
        store.Changed += OnChanged;
    }

    /// <summary>Somebody asked for a look into Git by the annotation; the name of the Application.</summary>
    public event Action<string>? RefreshAsked;

    /// <summary>Ends when there is nothing more to do before the clock moves on or somebody changes something.</summary>
    public Task WhenIdleAsync() => loop.WhenIdleAsync();

    /// <summary>
    /// Takes an app over. If there is no Application yet, one is made whose desired image is the Rollout's present one
    /// and whose last sync is <paramref name="revision"/>.
    /// </summary>
    public void Add(ArgoCdApp app, string revision)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (store.Get(Resources.Application, ApplicationNamespace, app.Application) is null)
        {
            var image = store.Get(Resources.Rollout, app.Namespace, app.Rollout) is { } rollout ? ImageOf(rollout) : "";
            var now = JsonPath.Stamp(clock.GetUtcNow());
            store.Create(
                Resources.Application,
                new JsonObject
                {
                    ["metadata"] = new JsonObject
                    {
                        ["name"] = app.Application,
                        ["namespace"] = ApplicationNamespace,
                        ["annotations"] = new JsonObject { [Desired] = image },
                    },
                    ["spec"] = new JsonObject
                    {
                        ["project"] = "default",
                        ["source"] = SourceOf(app),
                        ["destination"] = new JsonObject { ["namespace"] = app.Namespace },
                        ["syncPolicy"] = new JsonObject { ["automated"] = new JsonObject() },
                    },
                    ["status"] = new JsonObject
                    {
                        ["sync"] = new JsonObject { ["status"] = "Synced", ["revision"] = revision },
                        ["operationState"] = Operation(app, "Succeeded", "successfully synced", revision, now, now),
                    },
                }
            );
        }

        apps[(app.Namespace, app.Rollout)] = app;
        loop.Enqueue(app);
    }

    /// <summary>The commit of the last sync of the app that came to an end, well or not.</summary>
    public string? LastSynced(string application) =>
        store.Get(Resources.Application, ApplicationNamespace, application) is { } json
        && json.Text("status", "operationState", "phase") != "Running"
            ? json.Text("status", "operationState", "syncResult", "revision")
            : null;

    /// <summary>The next sync of the app ends as Failed with this message and applies nothing.</summary>
    public void FailNextSync(string application, string message) => nextFailures[application] = message;

    /// <summary>
    /// What happens after a commit: the sync starts, applies the image to the Rollout, and succeeds (or fails, see
    /// <see cref="FailNextSync"/>). Ends with the sync, not with the release.
    /// </summary>
    /// <exception cref="InvalidOperationException">The app is not known.</exception>
    public Task SyncAsync(string application, string image, string commitSha)
    {
        var app = Known(application);
        return SyncAsync(
            app,
            image,
            commitSha,
            () => TryApply(app, image) ? null : $"rollouts.argoproj.io \"{app.Rollout}\" not found"
        );
    }

    private async Task SyncAsync(ArgoCdApp app, string image, string commitSha, Func<string?> apply)
    {
        var startedAt = JsonPath.Stamp(clock.GetUtcNow());
        Change(
            app,
            json =>
            {
                json.SetAnnotation(Desired, image);
                json.Ensure("status")["operationState"] = Operation(
                    app,
                    "Running",
                    "waiting",
                    commitSha,
                    startedAt,
                    null
                );
                json.Ensure("status", "sync")["revision"] = commitSha;
                json.Ensure("status", "sync")["status"] = "OutOfSync";
            }
        );
        notify("on-sync-running", app.Application);
        await Task.Delay(options.SyncTakes, clock);

        var failure = nextFailures.TryRemove(app.Application, out var message) ? message : apply();
        var finishedAt = JsonPath.Stamp(clock.GetUtcNow());
        Change(
            app,
            json =>
                json.Ensure("status")["operationState"] = Operation(
                    app,
                    failure is null ? "Succeeded" : "Failed",
                    failure ?? "successfully synced (all tasks run)",
                    commitSha,
                    startedAt,
                    finishedAt
                )
        );
        notify(failure is null ? "on-sync-succeeded" : "on-sync-failed", app.Application);
        loop.Enqueue(app);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        store.Changed -= OnChanged;
        await loop.DisposeAsync();
    }

    private ArgoCdApp Known(string application) =>
        apps.Values.FirstOrDefault(known => known.Application == application)
        ?? throw new InvalidOperationException($"Argo CD knows no application {application}.");

    private void OnChanged(StoreEvent change)
    {
        if (change.Resource == Resources.Rollout && apps.TryGetValue((change.Namespace, change.Name), out var app))
        {
            loop.Enqueue(app);
        }
        else if (
            change.Resource == Resources.Application
            && store.Get(change.Resource, change.Namespace, change.Name)?.Annotation(RefreshAnnotation) is not null
        )
        {
            // Argo CD takes the annotation away when it has seen it.
            store.Update(
                change.Resource,
                change.Namespace,
                change.Name,
                json =>
                {
                    (json.At("metadata", "annotations") as JsonObject)?.Remove(RefreshAnnotation);
                    return json;
                }
            );
            RefreshAsked?.Invoke(change.Name);
        }
    }

    private Task ReconcileAsync(ArgoCdApp app)
    {
        var rollout = store.Get(Resources.Rollout, app.Namespace, app.Rollout);
        if (store.Get(Resources.Application, ApplicationNamespace, app.Application) is not { } application)
        {
            return Task.CompletedTask;
        }

        var desired = application.Annotation(Desired) ?? "";
        var isSynced = rollout is not null && ImageOf(rollout) == desired;
        var before = application.Text("status", "health", "status");
        var health = HealthOf(rollout);
        Change(
            app,
            json =>
            {
                json.Ensure("status", "sync")["status"] = isSynced ? "Synced" : "OutOfSync";
                if (before != health)
                {
                    json.Ensure("status")["health"] = new JsonObject
                    {
                        ["status"] = health,
                        ["lastTransitionTime"] = JsonPath.Stamp(clock.GetUtcNow()),
                    };
                }
            }
        );
        TellHealth(app, before, health, application);
        HealIfDue(app, desired, isSynced || application.Text("status", "operationState", "phase") != "Succeeded");
        return Task.CompletedTask;
    }

    private void TellHealth(ArgoCdApp app, string? before, string health, JsonObject application)
    {
        if (before is null || before == health)
        {
            return;
        }

        if (health == "Degraded")
        {
            notify("on-health-degraded", app.Application);
        }
        else if (health == "Healthy" && application.Text("status", "operationState", "phase") == "Succeeded")
        {
            notify("on-deployed", app.Application);
        }
    }

    private void HealIfDue(ArgoCdApp app, string desired, bool hasNothingToHeal)
    {
        if (options.SelfHealAfter is not { } patience || hasNothingToHeal)
        {
            differsSince.TryRemove(app.Application, out _);
            return;
        }

        var now = clock.GetUtcNow();
        var due = differsSince.GetOrAdd(app.Application, now) + patience;
        if (now >= due)
        {
            differsSince.TryRemove(app.Application, out _);
            TryApply(app, desired);
        }
        else
        {
            loop.EnqueueAt(app, due);
        }
    }

    /// <summary>A paused Rollout is Suspended to Argo CD, whoever paused it.</summary>
    private static string HealthOf(JsonObject? rollout)
    {
        if (rollout is null)
        {
            return "Missing";
        }

        var isObserved =
            rollout.Text("status", "observedGeneration") == rollout.At("metadata", "generation")?.ToString();
        return rollout.Text("status", "phase") switch
        {
            _ when !isObserved => "Progressing",
            RolloutPhase.Paused => "Suspended",
            RolloutPhase.Healthy => "Healthy",
            RolloutPhase.Degraded => "Degraded",
            _ => "Progressing",
        };
    }

    /// <summary>False when the Rollout is gone.</summary>
    private bool TryApply(ArgoCdApp app, string image) =>
        store.Update(
            Resources.Rollout,
            app.Namespace,
            app.Rollout,
            json =>
            {
                if (json.At("spec", "template", "spec", "containers") is JsonArray { Count: > 0 } containers)
                {
                    containers[0]!["image"] = image;
                }

                return json;
            }
        )
            is not null;

    private void Change(ArgoCdApp app, Action<JsonObject> change) =>
        store.Update(
            Resources.Application,
            ApplicationNamespace,
            app.Application,
            json =>
            {
                change(json);
                return json;
            }
        );

    private static string ImageOf(JsonObject rollout) =>
        (rollout.At("spec", "template", "spec", "containers") as JsonArray)?.FirstOrDefault().Text("image") ?? "";

    private static JsonObject? SourceOf(ArgoCdApp app) =>
        app.Source is { } source
            ? new JsonObject
            {
                ["repoURL"] = source.RepoUrl,
                ["targetRevision"] = source.TargetRevision,
                ["path"] = source.Path,
            }
            : null;

    private static JsonObject Operation(
        ArgoCdApp app,
        string phase,
        string message,
        string revision,
        string started,
        string? finished
    )
    {
        var state = new JsonObject
        {
            ["phase"] = phase,
            ["message"] = message,
            ["startedAt"] = started,
            ["operation"] = new JsonObject { ["sync"] = new JsonObject { ["revision"] = revision } },
        };
        if (finished is not null)
        {
            state["finishedAt"] = finished;
        }

        if (phase != "Running")
        {
            state["syncResult"] = new JsonObject { ["revision"] = revision, ["source"] = SourceOf(app) };
        }

        return state;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Working on application {Application} failed")]
    private partial void LogFault(string application, Exception fault);
}
