using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>What a release brings and who made it, as the API shows it; the names are a public contract.</summary>
internal static class ContentsView
{
    /// <summary>The contents as far as they were read; <c>null</c> where there is nothing to read.</summary>
    /// <param name="repository">The source repository; <c>null</c> where the catalog does not know the app any more.</param>
    public static JsonObject? Of(Job job, string? repository)
    {
        if (job.Contents is not { } contents)
        {
            return null;
        }

        return new JsonObject
        {
            ["readAt"] = contents.ReadAt,
            ["configReadAt"] = contents.GitOpsReadAt,
            ["problem"] = contents.Problem.Length == 0 ? null : contents.Problem,
            ["base"] = contents.Base,
            ["head"] = contents.Head,
            ["compare"] = GitHubPages.Compare(repository, contents.Base, contents.Head)?.AbsoluteUri,
            ["commits"] = new JsonArray([.. contents.Commits.Select(Commit)]),
            ["totalCommits"] = contents.TotalCommits,
            ["behind"] = contents.Behind,
            ["pullRequests"] = new JsonArray([.. contents.Pulls.Select(pull => Pull(pull, repository))]),
            ["totalPullRequests"] = contents.TotalPulls,
            ["gitopsBaseUnknown"] = contents.IsGitOpsBaseUnknown,
            ["gitopsCommits"] = new JsonArray([.. contents.GitOpsCommits.Select(Commit)]),
            ["gitopsFiles"] = new JsonArray([.. contents.Files.Select(File)]),
            ["totalGitopsFiles"] = contents.TotalFiles,
        };
    }

    /// <summary>Everybody behind the release, as far as it is known.</summary>
    public static JsonArray Authors(Authors authors) =>
        new([
            .. authors.Identities.Select(author => new JsonObject
            {
                ["role"] = author.Role.ToString(),
                ["name"] = author.Name,
                ["github"] = author.GitHubLogin,
                ["slack"] = author.SlackUserId,
                ["ofGitops"] = author.IsOfGitOps,
            }),
        ]);

    private static JsonObject Commit(ReleasedCommit commit) =>
        new()
        {
            ["sha"] = commit.Sha,
            ["title"] = commit.Title,
            ["author"] = commit.Author,
            ["pullRequest"] = commit.Pull,
        };

    private static JsonObject Pull(ReleasedPull pull, string? repository) =>
        new()
        {
            ["number"] = pull.Number,
            ["title"] = pull.Title,
            ["author"] = pull.Author,
            ["mergedBy"] = pull.MergedBy,
            ["url"] = GitHubPages.Pull(repository, pull.Number)?.AbsoluteUri,
        };

    private static JsonObject File(ChangedFile file) =>
        new()
        {
            ["path"] = file.Path,
            ["status"] = file.Status,
            ["imageOnly"] = file.IsImageOnly,
            ["lines"] = new JsonArray([.. file.Lines.Select(line => (JsonNode?)line)]),
            ["moreLines"] = file.MoreLines,
        };
}
