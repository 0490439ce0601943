using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>Signs requests to the app and waits for the answer no longer than Slack does.</summary>
internal sealed class SlackRequestSender(SlackInstallation installation, TimeProvider time, TimeSpan ackTimeout)
    : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public SlackSignedRequest Sign(Uri url, byte[] body, SlackForgery forgery)
    {
        var moment = time.GetUtcNow() + forgery.TimestampOffset;
        var timestamp = forgery.Timestamp ?? moment.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = SlackSignature.Compute(forgery.SigningSecret ?? installation.SigningSecret, timestamp, body);
        byte[] sent = forgery.TamperBody ? [.. body, .. "&tampered=1"u8] : body;
        return new SlackSignedRequest(url, sent, timestamp, forgery.OmitSignature ? null : signature);
    }

    public async Task<SlackHttpAnswer> SendAsync(SlackSignedRequest request, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, request.Url);
        message.Content = new ReadOnlyMemoryContent(request.Body);
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        message.Headers.TryAddWithoutValidation("X-Slack-Request-Timestamp", request.Timestamp);
        message.Headers.UserAgent.ParseAdd("Slackbot/1.0");
        if (request.Signature is not null)
        {
            message.Headers.TryAddWithoutValidation("X-Slack-Signature", request.Signature);
        }

        using var timeout = new CancellationTokenSource(ackTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var response = await http.SendAsync(message, either.Token);
            var body = await response.Content.ReadAsStringAsync(either.Token);
            return new SlackHttpAnswer(
                (int)response.StatusCode,
                response.Content.Headers.ContentType?.ToString(),
                body,
                null
            );
        }
        catch (OperationCanceledException)
            when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new SlackHttpAnswer(null, null, "", "operation_timeout");
        }
        catch (Exception fault) when (fault is HttpRequestException or SocketException)
        {
            return new SlackHttpAnswer(null, null, "", "dispatch_failed");
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>Encodes form fields the way Slack does; fields without a value are left out.</summary>
    public static byte[] Form(params IEnumerable<(string Key, string? Value)> fields)
    {
        var pairs = fields
            .Where(f => f.Value is not null)
            .Select(f =>
                $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value!).Replace("%20", "+", StringComparison.Ordinal)}"
            );
        return Encoding.UTF8.GetBytes(string.Join('&', pairs));
    }
}
