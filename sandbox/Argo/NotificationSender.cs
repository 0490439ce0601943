using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>How the notifications engine retries; its own defaults.</summary>
/// <param name="RetryMax">Tries after the first one.</param>
/// <param name="RetryWaitMin">Wait before the first retry; doubles with each.</param>
/// <param name="RetryWaitMax">The longest wait.</param>
public sealed record RetryRule(int RetryMax, TimeSpan RetryWaitMin, TimeSpan RetryWaitMax)
{
    /// <summary>Three retries after 1, 2 and 4 seconds.</summary>
    public static RetryRule Default { get; } = new(3, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
}

/// <summary>
/// Sends notifications to the service's hooks as the notifications engine does: one after the other for each object,
/// network errors, 429 and 5xx (but not 501) are retried, what still fails is only logged.
/// </summary>
public sealed partial class NotificationSender : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Task> tails = [];
    private readonly CancellationTokenSource stop = new();
    private readonly HttpClient http;
    private readonly Uri serviceUrl;
    private readonly string cluster;
    private readonly string token;
    private readonly RetryRule rule;
    private readonly TimeProvider clock;
    private readonly ILogger logger;

    /// <summary>Sends to <c>{serviceUrl}/hooks/rollouts/{cluster}</c> and <c>{serviceUrl}/hooks/argocd/{cluster}</c>.</summary>
    public NotificationSender(
        HttpClient http,
        Uri serviceUrl,
        string cluster,
        string token,
        TimeProvider clock,
        RetryRule? rule = null,
        ILogger<NotificationSender>? logger = null
    )
    {
        this.http = http;
        this.serviceUrl = serviceUrl;
        this.cluster = cluster;
        this.token = token;
        this.clock = clock;
        this.rule = rule ?? RetryRule.Default;
        this.logger = logger ?? NullLogger<NotificationSender>.Instance;
    }

    /// <summary>Queues a word of the Rollouts controller and returns at once. Fits <see cref="NotificationSink"/>.</summary>
    public void Send(RolloutNotification notification)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var metadata = notification.Object["metadata"];
        var body = new JsonObject
        {
            ["event"] = notification.Trigger,
            ["kind"] = notification.Object.Text("kind"),
            ["namespace"] = metadata.Text("namespace"),
            ["name"] = metadata.Text("name"),
            ["uid"] = metadata.Text("uid"),
            ["owners"] = metadata.At("ownerReferences")?.DeepClone() ?? new JsonArray(),
        };

        // The controller sends within its work on a Rollout; a run of an analysis is worked on apart from that.
        Queue($"rollouts/{metadata.Text("uid")}", "rollouts", body);
    }

    /// <summary>Queues a word of Argo CD about an Application, such as <c>on-sync-succeeded</c>.</summary>
    public void SendArgoCd(string trigger, string ns, string application) =>
        Queue(
            $"argocd/{ns}/{application}",
            "argocd",
            new JsonObject
            {
                ["event"] = trigger,
                ["namespace"] = ns,
                ["name"] = application,
            }
        );

    /// <summary>Ends when everything that was queued so far is delivered or given up.</summary>
    public Task WhenSentAsync()
    {
        lock (gate)
        {
            return Task.WhenAll(tails.Values);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await WhenSentAsync();
        stop.Dispose();
    }

    private void Queue(string key, string hook, JsonObject body)
    {
        lock (gate)
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }

            var before = tails.TryGetValue(key, out var tail) ? tail : Task.CompletedTask;
            tails[key] = Task.Run(() => DeliverAfterAsync(before, hook, body.ToJsonString()));
        }
    }

    private async Task DeliverAfterAsync(Task before, string hook, string body)
    {
        await before;
        try
        {
            await DeliverAsync(new Uri(serviceUrl, $"hooks/{hook}/{Uri.EscapeDataString(cluster)}"), body);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogDropped(body);
        }
    }

    private async Task DeliverAsync(Uri url, string body)
    {
        for (var attempt = 0; ; attempt++)
        {
            var failure = await TryPostAsync(url, body);
            if (failure is null)
            {
                return;
            }

            if (!failure.MayBeRetried || attempt >= rule.RetryMax)
            {
                LogGivenUp(url, failure.Reason, attempt + 1);
                return;
            }

            // A service that is away for long is tried so often that doubling would leave what a time span holds.
            var wait = rule.RetryWaitMin * Math.Pow(2, Math.Min(attempt, 20));
            await Task.Delay(wait < rule.RetryWaitMax ? wait : rule.RetryWaitMax, clock, stop.Token);
        }
    }

    private async Task<Failure?> TryPostAsync(Uri url, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var response = await http.SendAsync(request, stop.Token);
            if (response.IsSuccessStatusCode)
            {
                return null;
            }

            var mayBeRetried =
                response.StatusCode == HttpStatusCode.TooManyRequests
                || (
                    response.StatusCode >= HttpStatusCode.InternalServerError
                    && response.StatusCode != HttpStatusCode.NotImplemented
                );
            return new Failure($"HTTP {(int)response.StatusCode}", mayBeRetried);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return new Failure(e.Message, true);
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Failure("timed out", true);
        }
    }

    private sealed record Failure(string Reason, bool MayBeRetried);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Notification to {Url} given up after {Attempts} tries: {Reason}"
    )]
    private partial void LogGivenUp(Uri url, string reason, int attempts);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Notification dropped because the sandbox stops: {Body}")]
    private partial void LogDropped(string body);
}
