using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Checks;

namespace Devflow.ChatOps.Sandbox.GitHub.Hooks;

/// <summary>
/// Sends what happens to the Apps that are to hear of it, each event for itself and in no particular order, and keeps the log
/// of it. As GitHub, it sends an event again only when it is asked to.
/// </summary>
public sealed class GitHubHooks
{
    private readonly GitHubWorld world;
    private readonly HookSender sender;
    private readonly Lock gate = new();
    private readonly List<GitHubDelivery> deliveries = [];
    private readonly Dictionary<Task, CancellationTokenSource> underWay = [];
    private TaskCompletionSource logged = New();

    internal GitHubHooks(GitHubWorld world) => (this.world, sender) = (world, new HookSender(world.Time));

    /// <summary>Asked for every event that is about to be sent the first time.</summary>
    public Func<GitHubHookRequest, GitHubHookFault?>? Faults { get; set; }

    /// <summary>Every attempt that has ended, oldest first.</summary>
    public IReadOnlyList<GitHubDelivery> Deliveries
    {
        get
        {
            lock (gate)
            {
                return [.. deliveries];
            }
        }
    }

    /// <summary>Sends any event to an App, such as one that GitHub would not send.</summary>
    /// <exception cref="InvalidOperationException">The App has no address for events.</exception>
    public Task<GitHubDelivery> SendAsync(
        GitHubApp app,
        string @event,
        JsonObject payload,
        GitHubForgery? forgery = null
    )
    {
        var body = Encoding.UTF8.GetBytes(payload.ToJsonString());
        var key = forgery?.Secret ?? app.WebhookSecret;
        var request = new GitHubHookRequest(
            forgery?.Guid ?? Guid.NewGuid().ToString(),
            @event,
            (string?)payload["action"],
            (long?)payload["repository"]?["id"],
            forgery?.TamperBody == true ? [.. body, (byte)' '] : body,
            key is null || forgery?.OmitSignature == true ? null : GitHubSignature.Compute(key, body)
        );
        return Begin(app, request, isRedelivery: false);
    }

    /// <summary>Sends an event again, as somebody asks for on GitHub's page or through its API.</summary>
    public Task<GitHubDelivery> RedeliverAsync(GitHubDelivery delivery) =>
        Begin(delivery.App, delivery.Request, isRedelivery: true);

    /// <summary>What GitHub sends when an App's webhook is set up.</summary>
    public Task<GitHubDelivery> PingAsync(GitHubApp app) => SendAsync(app, "ping", HookPayloads.Ping(world, app));

    /// <summary>What GitHub sends when an App is installed, suspended, removed …</summary>
    /// <param name="app">The App.</param>
    /// <param name="action"><c>created</c>, <c>deleted</c>, <c>suspend</c>, <c>unsuspend</c>, <c>new_permissions_accepted</c>.</param>
    /// <param name="by">Login of who did it.</param>
    public Task<GitHubDelivery> InstallationAsync(GitHubApp app, string action, string by) =>
        SendAsync(app, "installation", HookPayloads.Installation(world, app, action, by));

    /// <summary>The first delivery of this kind, once it has ended; those that have ended before count.</summary>
    public async Task<GitHubDelivery> WaitAsync(
        Func<GitHubDelivery, bool> isWanted,
        CancellationToken cancellation = default
    )
    {
        while (true)
        {
            var next = Volatile.Read(ref logged).Task;
            if (Deliveries.FirstOrDefault(isWanted) is { } found)
            {
                return found;
            }

            await next.WaitAsync(cancellation);
        }
    }

    /// <summary>Waits until nothing is under way.</summary>
    public async Task SettledAsync()
    {
        while (true)
        {
            Task[] left;
            lock (gate)
            {
                left = [.. underWay.Keys];
            }

            if (left.Length == 0)
            {
                return;
            }

            await Task.WhenAll(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Yield();
        }
    }

    internal void OnCheckRun(GitHubRepository repository, GitHubCheckRun run, string action, string? by = null)
    {
        foreach (var app in world.Apps)
        {
            var isAsked = action is "rerequested";
            var wants =
                app.Repositories.Contains(repository.FullName)
                && (
                    isAsked
                        ? app.Id == run.AppId && app.Permissions.Checks == GitHubAccess.Write
                        : app.Events.Contains("check_run") && app.Permissions.Checks >= GitHubAccess.Read
                );
            if (wants)
            {
                var sender = by ?? world.Apps.First(maker => maker.Id == run.AppId).Login;
                Send(app, "check_run", HookPayloads.CheckRun(repository, run, action, app, sender));
            }
        }
    }

    internal void OnPull(GitHubRepository repository, GitHubPull pull, string action, string by)
    {
        var listeners = world.Apps.Where(app =>
            app.Repositories.Contains(repository.FullName)
            && app.Events.Contains("pull_request")
            && app.Permissions.PullRequests >= GitHubAccess.Read
        );
        foreach (var app in listeners)
        {
            Send(app, "pull_request", HookPayloads.Pull(repository, pull, action, app, by));
        }
    }

    /// <summary>Gives up what is under way.</summary>
    internal async Task StopAsync()
    {
        Task[] cancelled;
        lock (gate)
        {
            // What follows runs elsewhere: it needs the lock.
            cancelled = [.. underWay.Values.Select(stop => stop.CancelAsync())];
        }

        await Task.WhenAll(cancelled);
        await SettledAsync();
    }

    // Nobody waits for it but the log.
    private void Send(GitHubApp app, string @event, JsonObject payload)
    {
        if (app.WebhookAddress is not null)
        {
            _ = SendAsync(app, @event, payload);
        }
    }

    private Task<GitHubDelivery> Begin(GitHubApp app, GitHubHookRequest request, bool isRedelivery)
    {
        var address =
            app.WebhookAddress
            ?? throw new InvalidOperationException($"{app.Login} has no address that events are sent to.");
        var fault = isRedelivery ? null : Faults?.Invoke(request);
        lock (gate)
        {
            // Not on the caller's thread: whoever caused the event does not wait for its receiver.
            var stop = new CancellationTokenSource();
            var sending = Task.Run(() => DeliverAsync(app, request, address, fault, isRedelivery, stop.Token));
            underWay.Add(sending, stop);
            _ = sending.ContinueWith(
                ended =>
                {
                    lock (gate)
                    {
                        underWay.Remove(ended);
                        stop.Dispose();
                    }
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
            return sending;
        }
    }

    private async Task<GitHubDelivery> DeliverAsync(
        GitHubApp app,
        GitHubHookRequest request,
        Uri address,
        GitHubHookFault? fault,
        bool isRedelivery,
        CancellationToken cancellation
    )
    {
        if (fault is GitHubHookFault.Hold(var until))
        {
            await until.WaitAsync(cancellation);
        }

        var delivery = await AttemptAsync(app, request, address, fault, isRedelivery, cancellation);
        if (fault is GitHubHookFault.Twice)
        {
            await AttemptAsync(app, request, address, fault, isRedelivery, cancellation);
        }

        return delivery;
    }

    private async Task<GitHubDelivery> AttemptAsync(
        GitHubApp app,
        GitHubHookRequest request,
        Uri address,
        GitHubHookFault? fault,
        bool isRedelivery,
        CancellationToken cancellation
    )
    {
        var at = world.Time.GetUtcNow();
        var answer =
            fault is GitHubHookFault.Lose
                ? new HookAnswer(502, "failed to connect to host", "", TimeSpan.Zero)
                : await sender.SendAsync(app, request, address, cancellation);
        var delivery = new GitHubDelivery(world.NextId(), app, request, answer.StatusCode, answer.Status, answer.Body)
        {
            DeliveredAt = at,
            Duration = answer.Duration,
            IsRedelivery = isRedelivery,
        };
        TaskCompletionSource before;
        lock (gate)
        {
            deliveries.Add(delivery);
            (before, logged) = (logged, New());
        }

        before.TrySetResult();
        return delivery;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
