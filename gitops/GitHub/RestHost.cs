using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>
/// Branches through GitHub's REST API: the Git database (https://docs.github.com/en/rest/git), with a reference update that is
/// never forced on the branch that is deployed from.
/// </summary>
/// <remarks>
/// Six requests and one for each file: branch, tree, history; new tree, new commit, reference. The tree is read because
/// nothing else in REST tells a file's mode, which would otherwise be lost.
/// </remarks>
public sealed class RestHost(GitHubConnection gitHub) : IGitHost
{
    /// <summary>Contents by blob id: files that did not change are not read again when the branch moved.</summary>
    private readonly ConcurrentDictionary<string, byte[]> blobs = new();

    public async Task<BranchSnapshot> ReadAsync(BranchQuery query, CancellationToken cancellation)
    {
        var paths = new RepositoryPaths(query.Repository);
        try
        {
            var tip = await RequireBranchAsync(query, cancellation);
            var listing = TreeListing.Read(await gitHub.GetAsync(paths.Tree(tip.Tree), cancellation));
            var (items, unusable) = listing.Select(query.Files);
            var history = await gitHub.GetAsync(
                paths.Commits(tip.Sha.Value, query.Files.HistoryPath, BranchSnapshot.HistoryLength),
                cancellation
            );
            var files = new List<RepositoryFile>();
            foreach (var item in items)
            {
                files.Add(
                    new RepositoryFile(item.Path, item.Mode, await BlobAsync(query.Repository, item.Id, cancellation))
                );
            }

            return new BranchSnapshot(tip.Sha, tip.Tree, files, unusable, [.. history.EnumerateArray().Select(ToPast)]);
        }
        catch (GitHubException e)
        {
            throw e.ToHost();
        }
    }

    public async Task<BranchTip?> FindTipAsync(string repository, string branch, CancellationToken cancellation)
    {
        try
        {
            return await TipAsync(new RepositoryPaths(repository), branch, cancellation);
        }
        catch (GitHubException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (GitHubException e)
        {
            throw e.ToHost();
        }
    }

    public async Task<CommitAnswer> CommitAsync(NewCommit commit, CancellationToken cancellation)
    {
        var sha = await CreateAsync(commit, await CreateTreeAsync(commit, cancellation), cancellation);
        return await MoveAsync(commit, sha, isForced: false, cancellation);
    }

    public async Task<ProposalAnswer> ProposeAsync(Proposal proposal, CancellationToken cancellation)
    {
        var commit = proposal.Commit;
        var tree = await CreateTreeAsync(commit, cancellation);
        var sha = proposal.Tip?.Sha;
        // What is on the branch already is not committed a second time.
        if (proposal.Tip is not { } tip || tip.Tree != tree || !tip.Parents.SequenceEqual([commit.Parent]))
        {
            sha = await CreateAsync(commit, tree, cancellation);
            if (!await PlaceAsync(proposal, sha, cancellation))
            {
                return new ProposalAnswer.TipMoved();
            }
        }

        return await new PullRequests(gitHub).OpenAsync(proposal, sha!, cancellation);
    }

    /// <summary>The content of a blob, byte by byte.</summary>
    internal async Task<byte[]> BlobAsync(string repository, string id, CancellationToken cancellation)
    {
        if (!blobs.TryGetValue(id, out var content))
        {
            var answer = await gitHub.GetAsync(new RepositoryPaths(repository).Blob(id), cancellation);
            content = Convert.FromBase64String(answer.GetProperty("content").GetString()!);
            if (GitBlob.Id(content) != id)
            {
                throw new GitHostException(
                    ReleaseCodes.GitHubUnavailable,
                    $"What GitHub gave for the blob {id} is something else.",
                    isPassing: true
                );
            }

            blobs[id] = content;
        }

        return content;
    }

    /// <summary>Puts the branch of a pull request on a commit; false when somebody else moved it.</summary>
    private async Task<bool> PlaceAsync(Proposal proposal, CommitSha sha, CancellationToken cancellation)
    {
        var commit = proposal.Commit;
        if (proposal.Tip is not null)
        {
            // The branch is ours alone and is put on the base anew, which is no fast-forward.
            return await MoveAsync(commit, sha, isForced: true, cancellation) is CommitAnswer.Created;
        }

        try
        {
            await gitHub.PostAsync(
                new RepositoryPaths(commit.Repository).NewRef,
                new JsonObject { ["ref"] = $"refs/heads/{commit.Branch}", ["sha"] = sha.Value },
                cancellation
            );
            return true;
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

    private async Task<string> CreateTreeAsync(NewCommit commit, CancellationToken cancellation)
    {
        var entries = commit.Files.Select(file => new JsonObject
        {
            ["path"] = file.Path,
            ["mode"] = file.Mode,
            ["type"] = "blob",
            // Only UTF-8 is ever edited, so that the text is the content.
            ["content"] = Encoding.UTF8.GetString(file.Content),
        });
        try
        {
            var answer = await gitHub.PostAsync(
                new RepositoryPaths(commit.Repository).NewTree,
                new JsonObject { ["base_tree"] = commit.ParentTree, ["tree"] = new JsonArray([.. entries]) },
                cancellation
            );
            return answer.GetProperty("sha").GetString()!;
        }
        catch (GitHubException e)
        {
            throw Refusal(e);
        }
    }

    private async Task<CommitSha> CreateAsync(NewCommit commit, string tree, CancellationToken cancellation)
    {
        try
        {
            // Without author and committer: GitHub then signs for an App (about-commit-signature-verification).
            var answer = await gitHub.PostAsync(
                new RepositoryPaths(commit.Repository).NewCommit,
                new JsonObject
                {
                    ["message"] = commit.Message,
                    ["tree"] = tree,
                    ["parents"] = new JsonArray(commit.Parent.Value),
                },
                cancellation
            );
            return CommitSha.Parse(answer.GetProperty("sha").GetString()!);
        }
        catch (GitHubException e)
        {
            throw Refusal(e);
        }
    }

    private async Task<CommitAnswer> MoveAsync(
        NewCommit commit,
        CommitSha sha,
        bool isForced,
        CancellationToken cancellation
    )
    {
        try
        {
            await gitHub.PatchAsync(
                new RepositoryPaths(commit.Repository).Ref(commit.Branch),
                new JsonObject { ["sha"] = sha.Value, ["force"] = isForced },
                cancellation
            );
            return new CommitAnswer.Created(sha);
        }
        catch (GitHubException e) when (GitHubErrors.IsNotFastForward(e))
        {
            return new CommitAnswer.HeadMoved();
        }
        catch (GitHubException e) when (e.Code == ReleaseCodes.GitHubUnavailable)
        {
            return new CommitAnswer.Unknown(e.Message);
        }
        catch (GitHubException e)
        {
            throw e.Status == HttpStatusCode.UnprocessableEntity
            && e.Message.Contains("Reference does not exist", StringComparison.OrdinalIgnoreCase)
                ? e.ToHost(ReleaseCodes.BranchNotFound, $"The branch {commit.Branch} is gone.")
                : Refusal(e);
        }
    }

    /// <summary>The repository was read a moment ago: what is not found now is what may not be written.</summary>
    private static GitHostException Refusal(GitHubException e) =>
        e.Status == HttpStatusCode.NotFound
            ? e.ToHost(ReleaseCodes.PermissionMissing, $"The token may not write ({e.Message}).")
            : e.ToHost();

    /// <summary>The head of a branch that must be there.</summary>
    /// <exception cref="GitHostException">The branch is not there, the repository is not, or it could not be read.</exception>
    internal async Task<BranchTip> RequireBranchAsync(BranchQuery query, CancellationToken cancellation)
    {
        try
        {
            return await TipAsync(new RepositoryPaths(query.Repository), query.Branch, cancellation);
        }
        catch (GitHubException e) when (e.Status == HttpStatusCode.NotFound)
        {
            throw e.Message.Contains("branch", StringComparison.OrdinalIgnoreCase)
                ? e.ToHost(ReleaseCodes.BranchNotFound, $"{query.Repository} has no branch {query.Branch}.")
                : e.ToHost(message: $"{query.Repository} is not there, or the token may not see it ({e.Message}).");
        }
        catch (GitHubException e)
        {
            throw e.ToHost();
        }
    }

    private async Task<BranchTip> TipAsync(RepositoryPaths paths, string branch, CancellationToken cancellation)
    {
        var answer = await gitHub.GetAsync(paths.Branch(branch), cancellation);
        var commit = answer.GetProperty("commit");
        var sha = commit.GetProperty("sha").GetString()!;
        if (commit.TryGetProperty("commit", out var details))
        {
            return ToTip(sha, details, commit.GetProperty("parents"));
        }

        // GitHub shows the whole commit there; servers that are like it may show its id only.
        var found = await gitHub.GetAsync(paths.Commit(sha), cancellation);
        return ToTip(sha, found, found.GetProperty("parents"));
    }

    private static BranchTip ToTip(string sha, JsonElement details, JsonElement parents) =>
        new(
            CommitSha.Parse(sha),
            details.GetProperty("tree").GetProperty("sha").GetString()!,
            details.GetProperty("message").GetString()!,
            [.. parents.EnumerateArray().Select(parent => CommitSha.Parse(parent.GetProperty("sha").GetString()!))]
        );

    private static PastCommit ToPast(JsonElement commit)
    {
        var details = commit.GetProperty("commit");
        return new PastCommit(
            CommitSha.Parse(commit.GetProperty("sha").GetString()!),
            details.GetProperty("message").GetString()!,
            details.GetProperty("committer").GetProperty("date").GetDateTimeOffset()
        );
    }
}
