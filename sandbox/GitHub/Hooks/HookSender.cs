using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Devflow.ChatOps.Sandbox.GitHub.Hooks;

/// <summary>What came of one request to a receiver.</summary>
internal sealed record HookAnswer(int StatusCode, string Status, string Body, TimeSpan Duration);

/// <summary>Sends events, and waits for the answer no longer than GitHub does.</summary>
internal sealed class HookSender(TimeProvider time)
{
    /// <summary>See https://docs.github.com/webhooks/using-webhooks/best-practices-for-using-webhooks.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    // One for all of them, as long as the process: connections that are not used close by themselves.
    private static readonly HttpClient http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public async Task<HookAnswer> SendAsync(
        GitHubApp app,
        GitHubHookRequest request,
        Uri address,
        CancellationToken cancellation
    )
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, address);
        message.Content = new ReadOnlyMemoryContent(request.Body);
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        message.Headers.UserAgent.ParseAdd("GitHub-Hookshot/5an1b0x");
        message.Headers.Accept.ParseAdd("*/*");
        Add(message, "X-GitHub-Delivery", request.Guid);
        Add(message, "X-GitHub-Event", request.Event);
        Add(message, "X-GitHub-Hook-ID", HookId(app).ToString(CultureInfo.InvariantCulture));
        Add(message, "X-GitHub-Hook-Installation-Target-ID", app.Id.ToString(CultureInfo.InvariantCulture));
        Add(message, "X-GitHub-Hook-Installation-Target-Type", "integration");
        if (request.Signature is not null)
        {
            Add(message, "X-Hub-Signature-256", request.Signature);
        }

        using var timeout = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var begun = time.GetTimestamp();
        try
        {
            using var response = await http.SendAsync(message, either.Token);
            var body = await response.Content.ReadAsStringAsync(either.Token);
            var status = response.IsSuccessStatusCode ? "OK" : $"Invalid HTTP Response: {(int)response.StatusCode}";
            return new HookAnswer((int)response.StatusCode, status, body, time.GetElapsedTime(begun));
        }
        catch (OperationCanceledException)
            when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new HookAnswer(504, "timed out", "", time.GetElapsedTime(begun));
        }
        catch (Exception fault) when (fault is HttpRequestException or SocketException)
        {
            return new HookAnswer(502, "failed to connect to host", "", time.GetElapsedTime(begun));
        }
    }

    /// <summary>The App's webhook has one id.</summary>
    public static long HookId(GitHubApp app) => 500_000 + app.Id;

    private static void Add(HttpRequestMessage message, string name, string value) =>
        message.Headers.TryAddWithoutValidation(name, value);
}
