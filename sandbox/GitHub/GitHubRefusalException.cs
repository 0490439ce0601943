namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>An answer that refuses, with GitHub's status and words.</summary>
public sealed class GitHubRefusalException(int status, string message, params IReadOnlyList<string> details)
    : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>More sentences, in <c>errors</c>.</summary>
    public IReadOnlyList<string> Details { get; } = details;

    public static GitHubRefusalException NotFound(string message = "Not Found") => new(404, message);

    public static GitHubRefusalException Invalid(string message, params IReadOnlyList<string> details) =>
        new(422, message, details);

    public static GitHubRefusalException Forbidden() => new(403, "Resource not accessible by integration");
}
