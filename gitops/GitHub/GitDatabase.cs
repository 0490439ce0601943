using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>Trees, commits and references of one repository (https://docs.github.com/en/rest/git).</summary>
internal sealed class GitDatabase(GitHubConnection gitHub, string repository)
{
    private readonly RepositoryPaths paths = new(repository);

    /// <summary>Writes the tree of a commit: its parent's with other files; its id.</summary>
    public async Task<string> CreateTreeAsync(NewCommit commit, CancellationToken cancellation)
    {
        var entries = commit
            .Files.Select(Entry)
            .Concat(
                commit.Deletions.Select(path => new JsonObject
                {
                    ["path"] = path,
                    ["mode"] = "100644",
                    ["type"] = "blob",
                    ["sha"] = null,
                })
            );
        try
        {
            var answer = await gitHub.PostAsync(
                paths.NewTree,
                new JsonObject { ["base_tree"] = commit.ParentTree, ["tree"] = new JsonArray([.. entries]) },
                cancellation
            );
            return answer.ObjectId("sha");
        }
        catch (GitHubException e)
        {
            throw Refusal(e);
        }
    }

    /// <summary>Writes a commit that no branch has yet.</summary>
    public async Task<CommitSha> CreateCommitAsync(
        string message,
        string tree,
        IEnumerable<CommitSha> parents,
        CancellationToken cancellation
    )
    {
        try
        {
            // Without author and committer: GitHub then signs for an App (about-commit-signature-verification).
            var answer = await gitHub.PostAsync(
                paths.NewCommit,
                new JsonObject
                {
                    ["message"] = message,
                    ["tree"] = tree,
                    ["parents"] = new JsonArray([.. parents.Select(parent => (JsonNode)parent.Value)]),
                },
                cancellation
            );
            return answer.Commit("sha");
        }
        catch (GitHubException e)
        {
            throw Refusal(e);
        }
    }

    /// <summary>Makes a branch; false when there is one of that name.</summary>
    public async Task<bool> CreateBranchAsync(string branch, CommitSha sha, CancellationToken cancellation)
    {
        try
        {
            var made = await gitHub.PostAsync(
                paths.NewRef,
                new JsonObject { ["ref"] = $"refs/heads/{branch}", ["sha"] = sha.Value },
                cancellation
            );
            return made.Part("object").Commit("sha") == sha;
        }
        catch (GitHubException e) when (e.Message.Contains("already exists", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        catch (GitHubException e)
        {
            throw Refusal(e);
        }
    }

    /// <summary>
    /// Moves a branch to a commit that has its tip among its ancestors. REST knows no other condition; without force, a
    /// branch that somebody else moved refuses.
    /// </summary>
    /// <param name="branch">Without <c>refs/heads/</c>.</param>
    /// <param name="from">Where the branch was seen.</param>
    /// <param name="to">A descendant of it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<CommitAnswer> ForwardAsync(
        string branch,
        CommitSha from,
        CommitSha to,
        CancellationToken cancellation
    )
    {
        try
        {
            var moved = await gitHub.PatchAsync(
                paths.Ref(branch),
                new JsonObject { ["sha"] = to.Value, ["force"] = false },
                cancellation
            );
            return moved.Part("object").Commit("sha") == to
                ? new CommitAnswer.Created(to)
                : new CommitAnswer.Unknown("GitHub's answer names another commit.");
        }
        catch (GitHubException e) when (GitHubErrors.IsNotFastForward(e))
        {
            return new CommitAnswer.HeadMoved();
        }
        catch (GitHubException e) when (GitHubErrors.IsRefusedReference(e))
        {
            return await JudgeAsync(e, branch, from, to, cancellation);
        }
        catch (GitHubException e) when (e.Code == ReleaseCodes.GitHubUnavailable)
        {
            return new CommitAnswer.Unknown(e.Message);
        }
        catch (GitHubException e)
        {
            throw e.Status == HttpStatusCode.UnprocessableEntity
            && e.Message.Contains("Reference does not exist", StringComparison.OrdinalIgnoreCase)
                ? e.ToHost(ReleaseCodes.BranchNotFound, $"The branch {branch} is gone.")
                : Refusal(e);
        }
    }

    /// <summary>
    /// GitHub says "cannot be updated" to whoever loses a race between its check and its write, and sometimes to what no
    /// repeat will mend. Where the branch stands now tells them apart.
    /// </summary>
    private async Task<CommitAnswer> JudgeAsync(
        GitHubException refusal,
        string branch,
        CommitSha from,
        CommitSha to,
        CancellationToken cancellation
    )
    {
        string? now;
        try
        {
            var found = await gitHub.GetAsync(paths.FindRef(branch), cancellation);
            now = found.Part("object").TextOrNull("sha");
        }
        catch (GitHubException e)
        {
            throw Refusal(e);
        }

        return now == to.Value ? new CommitAnswer.Created(to)
            : now != from.Value ? new CommitAnswer.HeadMoved()
            : throw new GitHostException(refusal.Code, refusal.Message, isPassing: true, inner: refusal);
    }

    private static JsonObject Entry(RepositoryFile file)
    {
        var entry = new JsonObject
        {
            ["path"] = file.Path,
            ["mode"] = file.Mode,
            ["type"] = "blob",
        };
        // Only UTF-8 is ever edited, so that the text is the content; anything else was in the repository before.
        if (Utf8.IsValid(file.Content))
        {
            entry["content"] = Encoding.UTF8.GetString(file.Content);
        }
        else
        {
            entry["sha"] = GitBlob.Id(file.Content);
        }

        return entry;
    }

    /// <summary>The repository was read a moment ago: what is not found now is what may not be written.</summary>
    private static GitHostException Refusal(GitHubException e) =>
        e.Status == HttpStatusCode.NotFound
            ? e.ToHost(ReleaseCodes.PermissionMissing, $"The token may not write ({e.Message}).")
            : e.ToHost();
}
