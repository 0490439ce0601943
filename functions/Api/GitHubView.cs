using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>What GitHub shows of a Job, and why it does not, as the API shows it; the names are a public contract.</summary>
internal static class GitHubView
{
    /// <summary><c>null</c> where there is nothing to show it on, or nobody looked yet.</summary>
    public static JsonObject? Of(Job job) =>
        job.Check is { IsNone: false } check
            ? new JsonObject
            {
                ["checks"] = GitHubPages.Checks(check.Repository, check.Commit)?.AbsoluteUri,
                ["checkRunProblem"] = Text(check.Trouble.Problem),
                ["deploymentProblem"] = Text(job.Deployment?.Trouble.Problem),
                ["commentProblem"] = Text(job.Comments?.Trouble.Problem),
                ["comments"] = new JsonArray([
                    .. (job.Comments?.Known ?? [])
                        .OrderBy(comment => comment.Pull)
                        .Select(comment => Comment(comment, check.Repository)),
                ]),
            }
            : null;

    private static JsonObject Comment(PullComment comment, string repository) =>
        new()
        {
            ["pullRequest"] = comment.Pull,
            ["url"] = comment.Id is { } id ? GitHubPages.Comment(repository, comment.Pull, id)?.AbsoluteUri : null,
            ["problem"] = Text(comment.Problem),
        };

    private static string? Text(string? problem) => problem is { Length: > 0 } ? problem : null;
}
