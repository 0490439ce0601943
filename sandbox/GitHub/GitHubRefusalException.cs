using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>An answer that refuses, with GitHub's status and words.</summary>
public sealed class GitHubRefusalException(int status, string message, params IReadOnlyList<string> details)
    : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>More sentences, in <c>errors</c>.</summary>
    public IReadOnlyList<string> Details { get; } = details;

    /// <summary>What goes into <c>errors</c> when it is more than sentences.</summary>
    public IReadOnlyList<JsonObject> Errors { get; init; } = [];

    /// <summary>The header of that name.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static GitHubRefusalException NotFound(string message = "Not Found") => new(404, message);

    public static GitHubRefusalException Invalid(string message, params IReadOnlyList<string> details) =>
        new(422, message, details);

    /// <summary>What GitHub's models refuse, as opposed to the schema of the request.</summary>
    public static GitHubRefusalException Failed(string resource, string field, string message) =>
        new(422, "Validation Failed")
        {
            Errors =
            [
                new JsonObject
                {
                    ["resource"] = resource,
                    ["code"] = "custom",
                    ["field"] = field,
                    ["message"] = message,
                },
            ],
        };

    public static GitHubRefusalException Forbidden() => new(403, "Resource not accessible by integration");

    /// <summary>See https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits.</summary>
    public static GitHubRefusalException TooFast(int status, TimeSpan? retryAfter) =>
        new(status, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.")
        {
            RetryAfter = retryAfter,
        };
}
