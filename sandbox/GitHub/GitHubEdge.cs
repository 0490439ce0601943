using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Limits;
using Devflow.ChatOps.Sandbox.GitHub.Rest;

namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>What every request passes: the log, faults, authentication, the headers of each answer, refusals as JSON.</summary>
internal sealed class GitHubEdge(GitHubApi api)
{
    /// <summary>What GITHUB_TOKEN has an hour.</summary>
    private const int HourlyLimit = 1000;

    private readonly GitHubMeter meter = new(api);

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var body = await BodyAsync(http);
        var token = TokenOf(http, out var isUnknown);
        var call = api.Log.Begin(
            http.Request.Method,
            http.Request.Path,
            http.Request.QueryString.Value ?? "",
            body,
            token?.Login
        );
        http.Items[typeof(GitHubCaller)] = new GitHubCaller(api, token, body);
        var fault = api.Faults?.Invoke(call);
        Headers(http, fault);

        // The answer is kept back until it is known whether it is to arrive.
        var wire = http.Response.Body;
        using var kept = new MemoryStream();
        http.Response.Body = kept;
        try
        {
            await WorkAsync(http, next, fault, isUnknown);
            Tag(http, kept, token);
        }
        catch (GitHubRefusalException refusal)
        {
            await RefuseAsync(http, refusal);
        }

        switch (fault)
        {
            case GitHubFault.Cut or GitHubFault.CutAfterWork:
                api.Log.End(call, 0);
                http.Abort();
                return;
            case GitHubFault.AnswerAfterWork(var status):
                kept.SetLength(0);
                http.Response.StatusCode = status;
                http.Response.ContentType = "text/html";
                kept.Write("<html><body>Unicorn!</body></html>"u8);
                break;
            case GitHubFault.HoldAnswer(var until):
                await until.WaitAsync(http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
        }

        api.Log.End(call, http.Response.StatusCode);
        http.Response.Body = wire;
        if (http.Response.StatusCode is not (204 or 304))
        {
            http.Response.ContentLength = kept.Length;
        }

        kept.Position = 0;
        await kept.CopyToAsync(wire, http.RequestAborted);
    }

    private async Task WorkAsync(HttpContext http, RequestDelegate next, GitHubFault? fault, bool isUnknown)
    {
        switch (fault)
        {
            case GitHubFault.Cut:
                return;
            case GitHubFault.Answer(var status, var message, _):
                throw new GitHubRefusalException(status, message);
            case GitHubFault.Nonsense(var json):
                http.Response.ContentType = "application/json; charset=utf-8";
                await http.Response.WriteAsync(json);
                return;
            case GitHubFault.RateLimited when http.Request.Path == "/graphql":
                await GraphQlErrorAsync(http, "RATE_LIMITED", "API rate limit already exceeded for installation.");
                return;
            case GitHubFault.TooFast(var retryAfter, var status):
                throw GitHubRefusalException.TooFast(status, retryAfter);
            case GitHubFault.RateLimited:
                throw new GitHubRefusalException(403, "API rate limit exceeded for installation.");
            case GitHubFault.GraphQlAnswer(var type, var message):
                await GraphQlErrorAsync(http, type, message);
                return;
            case GitHubFault.Hold(var until):
                await until.WaitAsync(http.RequestAborted);
                break;
        }

        if (http.Request.Headers.UserAgent.Count == 0)
        {
            throw new GitHubRefusalException(
                403,
                "Request forbidden by administrative rules. Please make sure your request has a User-Agent header."
            );
        }

        if (isUnknown)
        {
            throw new GitHubRefusalException(401, "Bad credentials");
        }

        var caller = (GitHubCaller)http.Items[typeof(GitHubCaller)]!;
        try
        {
            meter.Take(caller.Token, http.Request.Method, http.Request.Path, caller.Body);
        }
        finally
        {
            Show(http, meter.Look(caller.Token));
        }

        await next(http);
    }

    // What the caller has already is not sent again, and costs nothing.
    private void Tag(HttpContext http, MemoryStream kept, GitHubToken? token)
    {
        if (http.Response.StatusCode != 200 || !HttpMethods.IsGet(http.Request.Method))
        {
            return;
        }

        var tag = EntityTags.Of(kept.GetBuffer().AsSpan(0, (int)kept.Length), token?.Value);
        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "private, max-age=60, s-maxage=60";
        http.Response.Headers.Vary = "Accept, Authorization, Cookie, X-GitHub-OTP";
        if (EntityTags.IsKnown(http.Request, tag))
        {
            http.Response.StatusCode = 304;
            http.Response.ContentType = null;
            kept.SetLength(0);
            Show(http, meter.GiveBack(token));
        }
    }

    private static void Show(HttpContext http, GitHubAllowance? left)
    {
        if (left is not null)
        {
            var headers = http.Response.Headers;
            headers["X-RateLimit-Limit"] = left.Limit.ToString(CultureInfo.InvariantCulture);
            headers["X-RateLimit-Used"] = left.Used.ToString(CultureInfo.InvariantCulture);
            headers["X-RateLimit-Remaining"] = left.Remaining.ToString(CultureInfo.InvariantCulture);
            headers["X-RateLimit-Reset"] = left.Reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        }
    }

    private GitHubToken? TokenOf(HttpContext http, out bool isUnknown)
    {
        var header = http.Request.Headers.Authorization.ToString().Split(' ', 2);
        var isGiven = header is ["Bearer" or "bearer" or "token", _];
        var token = isGiven ? api.World.Token(header[1]) : null;
        isUnknown = header[0].Length > 0 && token is null && !AppEndpoints.IsFor(http.Request.Path);
        return token;
    }

    private void Headers(HttpContext http, GitHubFault? fault)
    {
        var headers = http.Response.Headers;
        var now = api.World.Time.GetUtcNow();
        var reset = fault is GitHubFault.RateLimited(var at) ? at : now.AddHours(1);
        headers["X-GitHub-Request-Id"] = Guid.NewGuid().ToString("n");
        headers["X-GitHub-Media-Type"] = "github.v3; format=json";
        headers["X-RateLimit-Resource"] = http.Request.Path == "/graphql" ? "graphql" : "core";
        headers["X-RateLimit-Limit"] = HourlyLimit.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining"] = fault is GitHubFault.RateLimited ? "0" : "999";
        headers["X-RateLimit-Reset"] = reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        if (fault is GitHubFault.Answer { RetryAfter: { } pause })
        {
            headers.RetryAfter = ((int)pause.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
    }

    private static async Task<string> BodyAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        return await reader.ReadToEndAsync(http.RequestAborted);
    }

    private static Task GraphQlErrorAsync(HttpContext http, string? type, string message)
    {
        var error = new JsonObject { ["message"] = message };
        if (type is not null)
        {
            error["type"] = type;
        }

        return WriteAsync(http, 200, new JsonObject { ["data"] = null, ["errors"] = new JsonArray(error) });
    }

    private static Task RefuseAsync(HttpContext http, GitHubRefusalException refusal)
    {
        var body = new JsonObject
        {
            ["message"] = refusal.Message,
            ["documentation_url"] = "https://docs.github.com/rest",
            ["status"] = refusal.Status.ToString(CultureInfo.InvariantCulture),
        };
        if (refusal.Details.Count + refusal.Errors.Count > 0)
        {
            body["errors"] = new JsonArray([
                .. refusal.Details.Select(detail => new JsonObject { ["code"] = "custom", ["message"] = detail }),
                .. refusal.Errors.Select(error => error.DeepClone()),
            ]);
        }

        if (refusal.RetryAfter is { } pause)
        {
            http.Response.Headers.RetryAfter = ((int)pause.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(http, refusal.Status, body);
    }

    internal static Task WriteAsync(HttpContext http, int status, JsonNode body)
    {
        http.Response.StatusCode = status;
        if (status == 204)
        {
            return Task.CompletedTask;
        }

        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync(body.ToJsonString());
    }
}

/// <summary>Who asks, and what was sent.</summary>
internal sealed record GitHubCaller(GitHubApi Api, GitHubToken? Token, string Body);
