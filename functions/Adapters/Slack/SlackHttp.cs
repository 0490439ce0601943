using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.Slack;

/// <summary>
/// One request to Slack and its answer, within a time and a size, without redirects. It has its own
/// <see cref="HttpClient"/>: those of a factory log the addresses they call, and a response_url is a secret.
/// </summary>
internal sealed class SlackHttp : IDisposable
{
    /// <summary>A page of history with the largest cards stays below.</summary>
    public const int LongestAnswer = 8 * 1024 * 1024;

    private readonly HttpClient http;
    private readonly SlackOptions options;
    private readonly SlackGovernor governor;
    private readonly SlackOutage outage;
    private readonly TimeProvider time;
    private readonly Uri api;

    public SlackHttp(SlackOptions options, SlackGovernor governor, TimeProvider time)
    {
        this.options = options;
        this.governor = governor;
        this.time = time;
        outage = new SlackOutage(time, options.Timeout);
        api = BaseAddress(options.ApiAddress, nameof(options.ApiAddress));
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        http = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LongestAnswer,
        };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("devflow-chatops");
    }

    /// <summary>Calls a method of the Web API with a JSON body.</summary>
    public Task<SlackAnswer<JsonElement>> CallAsync(
        string method,
        JsonObject arguments,
        string? channel,
        bool urgent,
        CancellationToken stop
    )
    {
        var json = new StringContent(arguments.ToJsonString(), Encoding.UTF8, "application/json");
        return CallAsync(method, json, SlackEffect.Write, channel, urgent, stop);
    }

    /// <summary>Calls a method that reads, with a form: those do not look into JSON bodies.</summary>
    public Task<SlackAnswer<JsonElement>> ReadAsync(
        string method,
        IEnumerable<KeyValuePair<string, string>> arguments,
        CancellationToken stop
    ) => CallAsync(method, new FormUrlEncodedContent(arguments), SlackEffect.Read, null, urgent: true, stop);

    /// <summary>Posts to a response_url that was checked before; the bot's token is not sent along.</summary>
    public async Task<SlackAnswer<string>> RespondAsync(Uri address, JsonObject message, CancellationToken stop)
    {
        if (governor.Take(SlackGovernor.ResponseUrl, null, urgent: true) is { } notBefore)
        {
            return new SlackAnswer<string>.Fault(HeldBack(notBefore));
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(message.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        var (answer, lost) = await SendAsync(request, SlackEffect.Write, stop);
        return lost is not null ? new SlackAnswer<string>.Fault(lost)
            : answer!.Status == HttpStatusCode.OK ? new SlackAnswer<string>.Ok("")
            : new SlackAnswer<string>.Fault(OfStatus(SlackGovernor.ResponseUrl, answer, SlackEffect.Write));
    }

    public void Dispose() => http.Dispose();

    /// <exception cref="ArgumentException">It would send secrets in the clear over a network.</exception>
    internal static Uri BaseAddress(Uri address, string name)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback))
        {
            throw new ArgumentException($"Slack's {name} must be an https address.", name);
        }

        return address.AbsolutePath.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
    }

    private async Task<SlackAnswer<JsonElement>> CallAsync(
        string method,
        HttpContent content,
        SlackEffect effect,
        string? channel,
        bool urgent,
        CancellationToken stop
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(api, method)) { Content = content };
        if (string.IsNullOrWhiteSpace(options.BotToken))
        {
            return Fault(new SlackFault(SlackFaultKind.NotAuthorized, "not_authed: no bot token is configured"));
        }

        if (outage.Wait() is { } wait)
        {
            return Fault(
                wait.IsKnownAway
                    ? new SlackFault(
                        SlackFaultKind.Unavailable,
                        "Slack does not answer.",
                        wait.Until - time.GetUtcNow()
                    )
                    : HeldBack(wait.Until)
            );
        }

        if (governor.Take(method, channel, urgent) is { } notBefore)
        {
            return Fault(HeldBack(notBefore));
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.BotToken);
        var answer = Read(method, await SendAsync(request, effect, stop), effect);
        outage.Tell(
            answer
                is not SlackAnswer<JsonElement>.Fault
                {
                    Why.Kind: SlackFaultKind.Unavailable or SlackFaultKind.Uncertain
                }
        );
        return answer;
    }

    private SlackAnswer<JsonElement> Read(string method, (Answer?, SlackFault?) sent, SlackEffect effect)
    {
        var (answer, lost) = sent;
        if (lost is not null)
        {
            return Fault(lost);
        }

        if (answer!.Status != HttpStatusCode.OK)
        {
            return Fault(OfStatus(method, answer, effect));
        }

        if (ReadObject(answer.Body) is not { } body || !body.TryGetProperty("ok", out var ok))
        {
            return Fault(SlackErrors.Lost(effect, "The answer is not Slack's."));
        }

        if (ok.ValueKind == JsonValueKind.True)
        {
            return new SlackAnswer<JsonElement>.Ok(body);
        }

        var fault = SlackErrors.Read(body, effect);
        if (fault.Kind == SlackFaultKind.RateLimited)
        {
            governor.Hold(method, fault.RetryAfter!.Value);
        }

        return Fault(fault);
    }

    private SlackFault HeldBack(DateTimeOffset notBefore) =>
        new(SlackFaultKind.RateLimited, "held_back", notBefore - time.GetUtcNow());

    private SlackFault OfStatus(string method, Answer answer, SlackEffect effect)
    {
        var error = string.Create(CultureInfo.InvariantCulture, $"http_{(int)answer.Status}");
        switch (answer.Status)
        {
            case HttpStatusCode.TooManyRequests:
                governor.Hold(method, answer.RetryAfter);
                return new SlackFault(SlackFaultKind.RateLimited, "ratelimited", answer.RetryAfter);
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                return new SlackFault(SlackFaultKind.NotAuthorized, error);
            case >= HttpStatusCode.InternalServerError:
                return SlackErrors.Lost(effect, error);
            default:
                // What response URLs say in plain words: expired_url, used_url.
                var word = SlackErrors.Code(
                    Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 100)))
                );
                return new SlackFault(SlackFaultKind.Refused, word == "unknown_error" ? error : word);
        }
    }

    private async Task<(Answer? Answer, SlackFault? Lost)> SendAsync(
        HttpRequestMessage request,
        SlackEffect effect,
        CancellationToken stop
    )
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            return (new Answer(response.StatusCode, body, RetryAfter(response)), null);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Not ours: the handler gave up connecting.
            return timeout.IsCancellationRequested
                ? (null, SlackErrors.Lost(effect, "No answer in time."))
                : (null, new SlackFault(SlackFaultKind.Unavailable, "No connection in time."));
        }
        catch (SocketException failure)
        {
            // HttpClient lets this one pass when the other side is gone the moment it has accepted: nothing was sent.
            return (null, new SlackFault(SlackFaultKind.Unavailable, $"{failure.SocketErrorCode}"));
        }
        catch (HttpRequestException failure)
        {
            var error = $"{failure.HttpRequestError}";
            return
                failure.HttpRequestError
                    is HttpRequestError.ConnectionError
                        or HttpRequestError.NameResolutionError
                        or HttpRequestError.SecureConnectionError
                        or HttpRequestError.ProxyTunnelError
                ? (null, new SlackFault(SlackFaultKind.Unavailable, error))
                : (null, SlackErrors.Lost(effect, error));
        }
    }

    private TimeSpan RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
            _ => SlackErrors.DefaultRetryAfter,
        };

    private static JsonElement? ReadObject(byte[] body)
    {
        try
        {
            var read = JsonSerializer.Deserialize<JsonElement>(body);
            return read.ValueKind == JsonValueKind.Object ? read : null;
        }
        catch (JsonException)
        {
            // A page of a proxy. What that means depends on the call: the caller says.
            return null;
        }
    }

    private static SlackAnswer<JsonElement> Fault(SlackFault why) => new SlackAnswer<JsonElement>.Fault(why);

    private sealed record Answer(HttpStatusCode Status, byte[] Body, TimeSpan RetryAfter);
}
