using System.Net;
using System.Text.Json;
using Devflow.ChatOps.GitOps.Releasing;
using Octokit;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <param name="Type">GitHub's; missing where the document is at fault.</param>
/// <param name="Code">GraphQL's own <c>extensions.code</c>, where the document is at fault.</param>
/// <param name="Path">The fields and indices down to the one that failed; empty where the whole did.</param>
internal sealed record GraphQlError(string? Type, string? Code, string Message, IReadOnlyList<string> Path);

/// <summary>This host has no GraphQL, or not for us; REST may do.</summary>
internal sealed class GraphQlMissingException(string message) : Exception(message);

/// <summary>Errors come with HTTP status 200 and tell themselves apart by <c>type</c>.</summary>
internal static class GraphQlErrors
{
    public static GraphQlError? First(JsonElement answer) => All(answer) is [var first, ..] ? first : null;

    /// <summary>Errors may come beside data, which is then null where they say.</summary>
    public static IReadOnlyList<GraphQlError> All(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object
        && answer.TryGetProperty("errors", out var errors)
        && errors.ValueKind == JsonValueKind.Array
            ? [.. errors.EnumerateArray().Select(Read)]
            : [];

    private static GraphQlError Read(JsonElement error) =>
        new(
            Text(error, "type"),
            error.ValueKind == JsonValueKind.Object && error.TryGetProperty("extensions", out var extensions)
                ? Text(extensions, "code")
                : null,
            ReleaseTrailers.OneLine(Text(error, "message") ?? "no message"),
            error.ValueKind == JsonValueKind.Object
            && error.TryGetProperty("path", out var path)
            && path.ValueKind == JsonValueKind.Array
                ? [.. path.EnumerateArray().Select(step => step.ToString())]
                : []
        );

    /// <summary>Whether the endpoint itself is what is refused; every GitHub that has GraphQL answers it with 200.</summary>
    public static bool IsMissing(GitHubException e) =>
        e.Status
            is HttpStatusCode.NotFound
                or HttpStatusCode.MethodNotAllowed
                or HttpStatusCode.Gone
                or HttpStatusCode.NotImplemented
        || (e.Status == HttpStatusCode.Forbidden && e.Code == ReleaseCodes.PermissionMissing)
        || (e.Status is HttpStatusCode.OK && e.Code == ReleaseCodes.GitHubUnavailable);

    /// <summary>What an error means for a release.</summary>
    /// <exception cref="GraphQlMissingException">The server's schema is older than the document.</exception>
    public static GitHostException ToException(GraphQlError error, bool isWrite)
    {
        if (error.Type is null && error.Code is "undefinedField" or "undefinedType" or "argumentNotAccepted")
        {
            throw new GraphQlMissingException(error.Message);
        }

        var (code, isPassing) = error.Type switch
        {
            "BRANCH_PROTECTION_RULE_VIOLATION" => (ReleaseCodes.ProtectedBranch, false),
            _ when GitHubErrors.IsRule(error.Message) => (ReleaseCodes.ProtectedBranch, false),
            "FORBIDDEN" or "INSUFFICIENT_SCOPES" => (ReleaseCodes.PermissionMissing, false),
            "NOT_FOUND" when isWrite => (ReleaseCodes.BranchNotFound, false),
            "NOT_FOUND" => (ReleaseCodes.RepositoryNotFound, false),
            "SERVICE_UNAVAILABLE" or "INTERNAL" => (ReleaseCodes.GitHubUnavailable, true),
            null when error.Message.StartsWith("Something went wrong", StringComparison.OrdinalIgnoreCase) => (
                ReleaseCodes.GitHubUnavailable,
                true
            ),
            _ => (ReleaseCodes.GitHubRefused, false),
        };
        return new GitHostException(code, $"GitHub: {error.Message}", isPassing);
    }

    /// <summary>GraphQL tells of the primary limit with status 200; the headers say until when.</summary>
    /// <exception cref="GitHubException">The limit is reached.</exception>
    public static void ThrowIfRateLimited(JsonElement answer, IResponse response, DateTimeOffset now)
    {
        if (First(answer) is { Type: "RATE_LIMITED" or "RATE_LIMIT" } error)
        {
            throw new GitHubException(
                response.StatusCode,
                ReleaseCodes.RateLimited,
                $"GitHub: {error.Message}",
                isPassing: true,
                GitHubErrors.Pause(response, now)
            );
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
