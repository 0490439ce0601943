using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Runner;

namespace Devflow.ChatOps.Action.Service;

/// <summary>
/// OIDC tokens of this run for one audience (https://docs.github.com/actions/reference/security/oidc). They live for minutes:
/// a new one is fetched before the last one ends.
/// </summary>
public sealed class OidcTokens(HttpClient http, ServiceAccess access, WorkflowLog log, TimeProvider clock)
{
    private const int Attempts = 3;
    private static readonly TimeSpan renewBefore = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    private string? token;
    private DateTimeOffset expires;

    /// <summary>A token that is good for a while.</summary>
    /// <exception cref="TokenUnavailableException">The runner gives none.</exception>
    public async Task<string> GetAsync(CancellationToken stop)
    {
        if (token is null || clock.GetUtcNow() > expires - renewBefore)
        {
            token = await FetchAsync(stop);
            expires = ExpiryOf(token) ?? clock.GetUtcNow() + TimeSpan.FromMinutes(4);
        }

        return token;
    }

    /// <summary>The service does not take it any more.</summary>
    public void Forget() => token = null;

    private async Task<string> FetchAsync(CancellationToken stop)
    {
        var url = access.TokenRequestUrl;
        var separator = url.Query.Length == 0 ? '?' : '&';
        var address = new Uri($"{url.AbsoluteUri}{separator}audience={Uri.EscapeDataString(access.Audience)}");
        for (var attempt = 1; ; attempt++)
        {
            var (value, problem, mayPass) = await AskAsync(address, stop);
            if (value is not null)
            {
                log.Mask(value);
                return value;
            }

            if (!mayPass || attempt == Attempts)
            {
                throw new TokenUnavailableException(problem);
            }

            await Task.Delay(pause * attempt, clock, stop);
        }
    }

    private async Task<(string? Token, string Problem, bool MayPass)> AskAsync(Uri address, CancellationToken stop)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Authorization = new AuthenticationHeaderValue("bearer", access.TokenRequestToken);
            using var response = await http.SendAsync(request, stop);
            if (!response.IsSuccessStatusCode)
            {
                return (
                    null,
                    $"GitHub gives no OIDC token (HTTP {(int)response.StatusCode}).",
                    response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
                );
            }

            var body = await response.Content.ReadAsByteArrayAsync(stop);
            return JsonSerializer.Deserialize(body, ServiceJson.Default.TokenView)?.Value is { Length: > 0 } value
                ? (value, "", false)
                : (null, "GitHub's answer has no OIDC token.", false);
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException || IsTimeout(fault, stop))
        {
            return (null, $"No OIDC token could be fetched: {fault.Message}", true);
        }
    }

    private static bool IsTimeout(Exception fault, CancellationToken stop) =>
        fault is OperationCanceledException && !stop.IsCancellationRequested;

    private static DateTimeOffset? ExpiryOf(string token)
    {
        try
        {
            return
                token.Split('.') is [_, var payload, _]
                && JsonSerializer.Deserialize(Base64Url.DecodeFromChars(payload), ServiceJson.Default.TokenLifetime)
                    is { Expires: > 0 } lifetime
                ? DateTimeOffset.FromUnixTimeSeconds(lifetime.Expires)
                : null;
        }
        catch (Exception fault) when (fault is FormatException or JsonException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
