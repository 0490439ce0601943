using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Devflow.ChatOps.GitOps.Releasing;
using Octokit;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>A refusal or fault of GitHub's, together with its HTTP status (null: no answer), before anybody said what it means here.</summary>
public sealed class GitHubException(
    HttpStatusCode? status,
    string code,
    string message,
    bool isPassing = false,
    TimeSpan? retryAfter = null,
    Exception? inner = null
) : Exception(message, inner)
{
    public HttpStatusCode? Status { get; } = status;

    public string Code { get; } = code;

    public bool IsPassing { get; } = isPassing;

    /// <summary>How long GitHub wants to be left alone, if it said so.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>What it means where nothing better is known.</summary>
    public GitHostException ToHost(string? code = null, string? message = null) =>
        new(code ?? Code, message ?? Message, IsPassing, RetryAfter, this);
}

/// <summary>
/// GitHub's refusals, told apart. Statuses alone do not tell: 403 is a missing permission, a rate limit or a protected
/// branch, 422 is a moved branch or a rule (https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api).
/// </summary>
internal static partial class GitHubErrors
{
    /// <summary>Where GitHub says a limit is exceeded and not for how long (rate-limits-for-the-rest-api, "at least one minute").</summary>
    private static readonly TimeSpan unsaidPause = TimeSpan.FromMinutes(1);

    public static GitHubException Of(ApiException e, DateTimeOffset now)
    {
        var status = e.StatusCode;
        var message = Text(e);
        var (code, isPassing, retryAfter) = status switch
        {
            HttpStatusCode.TooManyRequests => (ReleaseCodes.RateLimited, true, Pause(e.HttpResponse, now)),
            HttpStatusCode.Forbidden when IsRateLimit(e, message) => (
                ReleaseCodes.RateLimited,
                true,
                Pause(e.HttpResponse, now)
            ),
            HttpStatusCode.Unauthorized => (ReleaseCodes.BadCredentials, false, null),
            HttpStatusCode.Forbidden or HttpStatusCode.UnprocessableEntity when IsRule(message) => (
                ReleaseCodes.ProtectedBranch,
                false,
                null
            ),
            HttpStatusCode.Forbidden => (ReleaseCodes.PermissionMissing, false, null),
            HttpStatusCode.NotFound => (ReleaseCodes.RepositoryNotFound, false, null),
            >= HttpStatusCode.InternalServerError => (
                ReleaseCodes.GitHubUnavailable,
                true,
                Header(e.HttpResponse, "Retry-After")
            ),
            _ => (ReleaseCodes.GitHubRefused, false, (TimeSpan?)null),
        };
        return new GitHubException(status, code, $"GitHub: {(int)status} {message}", isPassing, retryAfter, e);
    }

    /// <summary>Whether a branch protection or a ruleset is what says no.</summary>
    public static bool IsRule(string message) => Rule().IsMatch(message);

    public static bool IsNotFastForward(GitHubException e) =>
        e.Status == HttpStatusCode.Conflict
        || (
            e.Status == HttpStatusCode.UnprocessableEntity
            && e.Message.Replace('-', ' ').Contains("not a fast forward", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>A reference is refused without a reason: a lost race often, but not always.</summary>
    public static bool IsRefusedReference(GitHubException e) =>
        e.Status == HttpStatusCode.UnprocessableEntity
        && e.Message.Contains("Reference cannot be updated", StringComparison.OrdinalIgnoreCase);

    private static bool IsRateLimit(ApiException e, string message) =>
        Header(e.HttpResponse, "Retry-After") is not null
        || Value(e.HttpResponse, "X-RateLimit-Remaining") == "0"
        || message.Contains("rate limit", StringComparison.OrdinalIgnoreCase)
        || message.Contains("abuse detection", StringComparison.OrdinalIgnoreCase);

    public static TimeSpan Pause(IResponse? answer, DateTimeOffset now)
    {
        if (Header(answer, "Retry-After") is { } said)
        {
            return said;
        }

        return
            Value(answer, "X-RateLimit-Remaining") == "0"
            && long.TryParse(
                Value(answer, "X-RateLimit-Reset"),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var reset
            )
            && DateTimeOffset.FromUnixTimeSeconds(reset) is var at
            && at > now
            ? at - now
            : unsaidPause;
    }

    private static TimeSpan? Header(IResponse? answer, string name) =>
        int.TryParse(Value(answer, name), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static string? Value(IResponse? answer, string name) =>
        answer?.Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>GitHub's sentence, with its details; answers of proxies are HTML, of which nothing is repeated.</summary>
    private static string Text(ApiException e)
    {
        var details = e.ApiError?.Errors?.Select(error => error.Message ?? error.Code).Where(text => text is not null);
        var text = string.Join(" ", new[] { e.ApiError?.Message }.Concat(details ?? []).OfType<string>());
        text = text.Length > 0 && !text.Contains('<') ? text : e.StatusCode.ToString();
        return ReleaseTrailers.OneLine(text.Length > 500 ? text[..500] : text);
    }

    // Wordings seen in GitHub's answers; classic protections and rulesets have no error code in REST.
    [GeneratedRegex(
        "protected branch|rule violations? found|through a pull request|approving review|required status check"
            + "|not authorized to push|verified signatures|merge queue|linear history|cannot (update|create) (this )?ref",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Rule();
}
