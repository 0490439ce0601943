using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Kubernetes;
using SlackCard = Devflow.ChatOps.Sandbox.Slack.SlackMessage;

namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <content>What people, the cluster and the audit see.</content>
internal sealed partial class ReleaseWorld
{
    public IStore Store => Service.Store;

    public static RolloutRef RefOf(WorldApp app) => new(app.Cluster, WorldCatalog.Namespace, app.RolloutName);

    /// <summary>The Job that is bound now.</summary>
    public async Task<Job?> JobAsync(WorldApp? app = null) =>
        (await Store.JobsOfAsync(RefOf(app ?? App), CancellationToken.None)).Current;

    /// <summary>Waits for the bound Job to be in a state.</summary>
    public Task<Job> WhenJobAsync(Func<Job, bool> condition, string what, WorldApp? app = null) =>
        WhenAsync(async () => await JobAsync(app) is { } job && condition(job) ? job : null, what);

    /// <summary>Waits for a version to have a status.</summary>
    public Task<Job> WhenAsync(string version, JobStatus status, WorldApp? app = null) =>
        WhenJobAsync(job => job.DisplayVersion == version && job.Status == status, $"{version} {status}", app);

    /// <summary>Waits until the service has seen the Rollouts for the first time.</summary>
    public async Task WhenSeenAsync()
    {
        foreach (var app in options.Apps.Where(app => app.IsInstalled))
        {
            await WhenJobAsync(job => job.Source == JobSource.Baseline, $"the first sight of {app.Name}", app);
        }
    }

    /// <summary>Announces and releases, and waits until it waits for approval.</summary>
    public async Task<Job> ReadyAsync(string version = "v2", string by = "carol", WorldApp? app = null)
    {
        await WhenSeenAsync(app);
        await ShipAsync(version, by, app);
        return await WhenAsync(version, JobStatus.AwaitingApproval, app);
    }

    /// <summary>Waits until a version waits for a person in the cluster, whatever the service knows of it.</summary>
    public Task<JsonObject> WhenPausedAsync(string version, WorldApp? app = null) =>
        WhenAsync(
            () =>
            {
                var rollout = Rollout(app);
                var isPaused =
                    Container(rollout)["image"]!.GetValue<string>() == (app ?? App).Image(version)
                    && rollout["status"]?["pauseConditions"] is JsonArray { Count: > 0 };
                return Task.FromResult(isPaused ? rollout : null);
            },
            $"{version} being paused"
        );

    /// <summary>
    /// Waits until the app's first version takes the traffic. The controller calls it stable long before that.
    /// </summary>
    public Task<JsonObject> WhenInstalledAsync(WorldApp app) =>
        WhenAsync(
            () =>
            {
                var rollout = Rollout(app);
                return Task.FromResult(rollout["status"]?["phase"]?.GetValue<string>() == "Healthy" ? rollout : null);
            },
            $"{app.Name} being installed"
        );

    /// <summary>The app's newest card.</summary>
    public SlackCard? Card(WorldApp? app = null) =>
        Workspace.Messages((app ?? App).Channel).LastOrDefault(message => message.ThreadTs is null);

    public IReadOnlyList<SlackCard> Cards(WorldApp? app = null) =>
        [.. Workspace.Messages((app ?? App).Channel).Where(message => message.ThreadTs is null)];

    /// <summary>Waits for the newest card to say something.</summary>
    public Task<SlackCard> WhenCardAsync(string text, WorldApp? app = null) =>
        WhenAsync(
            () =>
                Task.FromResult(
                    Card(app) is { } card && SlackTexts.Of(card.Content).Contains(text, StringComparison.Ordinal)
                        ? card
                        : null
                ),
            $"a card that says “{text}”"
        );

    /// <summary>Waits until the card shows the Job's state and its thread has told everything.</summary>
    public Task<Job> WhenToldAsync(WorldApp? app = null) =>
        WhenJobAsync(job => job.IsSettled && job.Card.Ts is not null, "Slack in step with the Job", app);

    /// <summary>What the thread of the newest card says, oldest first.</summary>
    public IReadOnlyList<string> Thread(WorldApp? app = null, SlackCard? card = null) =>
        (card ?? Card(app)) is { } parent
            ? [.. Workspace.Thread(parent.ChannelId, parent.Ts).Skip(1).Select(reply => SlackTexts.Of(reply.Content))]
            : [];

    /// <summary>What only this person was shown later, oldest first.</summary>
    public IReadOnlyList<string> Whispers(string user) =>
        [.. Workspace.Ephemerals(user).Select(whisper => SlackTexts.Of(whisper.Content))];

    /// <summary>Waits until this person was told something for their eyes only.</summary>
    public Task<string> WhenWhisperedAsync(string user, string text) =>
        WhenAsync(
            () => Task.FromResult(Whispers(user).FirstOrDefault(it => it.Contains(text, StringComparison.Ordinal))),
            $"somebody telling {user} “{text}”"
        );

    /// <summary>Patches of the app's Rollout that the API server carried out or refused, in order.</summary>
    public IReadOnlyList<LoggedRequest> Patches(WorldApp? app = null) =>
        [.. Cluster.Requests.Entries.Where(request => request.Method == "PATCH" && IsAbout(request, app ?? App))];

    /// <summary>Requests that read the app's Rollout by itself.</summary>
    public int Reads(WorldApp? app = null) =>
        Cluster.Requests.Entries.Count(request => ReadsRollout(request, app ?? App));

    /// <summary>Whether it reads the Rollout of the world's app by itself.</summary>
    public bool ReadsRollout(LoggedRequest request) => ReadsRollout(request, App);

    private static bool ReadsRollout(LoggedRequest request, WorldApp app) =>
        request.Method == "GET" && IsAbout(request, app);

    /// <summary>The live Rollout.</summary>
    public JsonObject Rollout(WorldApp? app = null) =>
        Objects.Get(Resources.Rollout, WorldCatalog.Namespace, (app ?? App).RolloutName)!;

    /// <summary>The images that the template of the world's app has had, one after the other.</summary>
    public IReadOnlyList<string> Templates() => [.. templates];

    private void KeepTemplate(StoreEvent change)
    {
        if (change.Resource == Resources.Rollout && change.Name == App.RolloutName && change.Type != "DELETED")
        {
            var image = Container(change.Object)["image"]!.GetValue<string>();
            if (templates.LastOrDefault() != image)
            {
                templates.Enqueue(image);
            }
        }
    }

    /// <summary>The image to which the active Service sends traffic.</summary>
    public string LiveImage(WorldApp? app = null)
    {
        app ??= App;
        var active = Objects.Get(Resources.Service, WorldCatalog.Namespace, $"{app.RolloutName}-active")!;
        var hash = active["spec"]!["selector"]!["rollouts-pod-template-hash"]!.GetValue<string>();
        var set = Objects.Get(Resources.ReplicaSet, WorldCatalog.Namespace, $"{app.RolloutName}-{hash}")!;
        return Container(set)["image"]!.GetValue<string>();
    }

    /// <summary>Waits until the ReplicaSet of a version has no more pods.</summary>
    public Task<JsonObject> WhenScaledDownAsync(PodHash hash, WorldApp? app = null) =>
        WhenAsync(
            () =>
            {
                var name = $"{(app ?? App).RolloutName}-{hash}";
                var set = Objects.Get(Resources.ReplicaSet, WorldCatalog.Namespace, name);
                var isDown = set?["spec"]!["replicas"]!.GetValue<int>() == 0;
                return Task.FromResult(isDown ? set : null);
            },
            $"the ReplicaSet of {hash} being scaled down"
        );

    /// <summary>The audit, newest first.</summary>
    public Task<IReadOnlyList<AuditEntry>> AuditAsync() => Store.ReadAuditAsync(null, 200, CancellationToken.None);

    /// <summary>What the audit says came of the last command; announcements are left out.</summary>
    public async Task<string?> LastOutcomeAsync() =>
        (await AuditAsync()).FirstOrDefault(entry => entry.From == "slack")?.Outcome;

    private async Task WhenSeenAsync(WorldApp? app) =>
        await WhenJobAsync(_ => true, $"the first sight of {(app ?? App).Name}", app);

    private static bool IsAbout(LoggedRequest request, WorldApp app)
    {
        var path = request.Path.Split('?')[0];
        var rollout = $"/namespaces/{WorldCatalog.Namespace}/rollouts/{app.RolloutName}";
        return path.EndsWith(rollout, StringComparison.Ordinal)
            || path.EndsWith(rollout + "/status", StringComparison.Ordinal);
    }

    private async Task<string> DescribeAsync()
    {
        var jobs = new List<string>();
        foreach (var app in options.Apps)
        {
            var job = service is null ? null : await JobAsync(app);
            jobs.Add(
                $"{app.Name}: {job?.DisplayVersion} {job?.Status} “{job?.Message}” rev {job?.Revision}, card {job?.Card}"
                    + $"\n  outbox {string.Join(" ", job?.Outbox.Select(entry => entry.ToString()) ?? [])}"
                    + $"\n  patches {string.Join(" ", Patches(app).Select(patch => $"{patch.Status} {patch.Body}"))}"
                    + $"\n  thread\n    {string.Join("\n    ", Thread(app))}"
            );
        }

        return string.Join('\n', [.. jobs, .. log.Lines.TakeLast(60)]);
    }
}
