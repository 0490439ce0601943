using System.Text.RegularExpressions;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.GitHub.Checks;
using Devflow.ChatOps.Sandbox.World;

namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>A commit on main as GitHub's page shows it, with its check runs.</summary>
/// <param name="Repository"><c>owner/name</c>.</param>
/// <param name="Sha">Its id.</param>
/// <param name="Title">First line of its message.</param>
/// <param name="Author">Login of who wrote it, or a name where GitHub knows none.</param>
/// <param name="Runs">Of runs with the same name the newest, as GitHub shows them.</param>
internal sealed record CommitPicture(
    string Repository,
    string Sha,
    string Title,
    string Author,
    IReadOnlyList<CheckPicture> Runs
)
{
    /// <summary>What was said on the pull request that was merged into it, oldest first.</summary>
    public IReadOnlyList<CommentPicture> Comments { get; init; } = [];

    private const int MostCommits = 2;

    /// <summary>The latest commits of each app that have check runs, newest first.</summary>
    public static IReadOnlyList<CommitPicture> Of(GitHubWorld gitHub) =>
        [
            .. SandboxApp
                .All.Select(app => gitHub.Repository(app.Repository))
                .OfType<GitHubRepository>()
                .SelectMany(repository =>
                    repository
                        .Checks.All.Select(run => run.HeadSha)
                        .Distinct()
                        .Take(MostCommits)
                        .Select(sha => Of(gitHub, repository, sha))
                ),
        ];

    private static CommitPicture Of(GitHubWorld gitHub, GitHubRepository repository, string sha)
    {
        var commit = repository.Git.Commit(sha)!;
        var runs = repository.Checks.Of(sha).DistinctBy(run => (run.AppId, run.Name));
        return new CommitPicture(
            repository.FullName,
            sha,
            commit.Message.Split('\n')[0],
            gitHub.Directory.ByEmail(commit.Author.Email)?.Login ?? commit.Author.Name,
            [.. runs.Select(CheckPicture.Of)]
        )
        {
            Comments =
            [
                .. repository
                    .Pulls.All.Where(pull => pull.MergeCommit == sha)
                    .SelectMany(pull => repository.Comments.Of(pull.Number))
                    .Select(CommentPicture.Of),
            ],
        };
    }
}

/// <summary>A comment on a merged pull request.</summary>
/// <param name="Pull">Its number.</param>
/// <param name="By">Login of who wrote it.</param>
/// <param name="Html">What it says, without the HTML comments that GitHub does not show.</param>
internal sealed partial record CommentPicture(int Pull, string By, string Html)
{
    public static CommentPicture Of(GitHubComment comment) =>
        new(comment.Number, comment.By, GitHubHtml.Of(Hidden().Replace(comment.Body, "").Trim()));

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Hidden();
}

/// <summary>A check run.</summary>
/// <param name="State">Its conclusion, or its status until it has one.</param>
/// <param name="Html">Its summary and details; empty where it has none.</param>
internal sealed record CheckPicture(
    long Id,
    string Name,
    string State,
    string Title,
    string Html,
    IReadOnlyList<GitHubCheckAction> Buttons
)
{
    /// <summary>Whether it can be asked for again.</summary>
    public bool IsCompleted { get; init; }

    public static CheckPicture Of(GitHubCheckRun run) =>
        new(
            run.Id,
            run.Name,
            run.Conclusion ?? run.Status,
            run.Output.Title ?? "",
            GitHubHtml.Of(
                string.Join(
                    "\n\n",
                    new[] { run.Output.Summary, run.Output.Text }.Where(text => !string.IsNullOrEmpty(text))
                )
            ),
            run.Buttons
        )
        {
            IsCompleted = run.IsCompleted,
        };
}
