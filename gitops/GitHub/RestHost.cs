using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>
/// Branches through GitHub's REST API: the Git database (https://docs.github.com/en/rest/git), with reference updates that
/// are never forced.
/// </summary>
/// <remarks>
/// Five requests, and two for each file: branch, tree; the file, its history; new tree, new commit, reference. The tree is
/// read because nothing else in REST tells a file's mode, which would otherwise be lost.
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
            var (_, listing) = await new TreeReader(gitHub, paths).ReadAsync(
                tip.Tree,
                TreeWish.Of(query.Files),
                cancellation
            );
            var (items, unusable) = listing.Select(query.Files);
            // Of single files it is read when it is known which: here each would be a request of its own.
            var history =
                query.Histories == HistoryScope.Selection
                    ? await HistoryAsync(paths, tip.Sha, query.Files.HistoryPath ?? "", cancellation)
                    : [];
            var files = new List<RepositoryFile>();
            foreach (var item in items)
            {
                files.Add(
                    new RepositoryFile(item.Path, item.Mode, await BlobAsync(query.Repository, item.Id, cancellation))
                );
            }

            return new BranchSnapshot(tip.Sha, tip.Tree, files, unusable, history);
        }
        catch (GitHubException e)
        {
            throw e.ToHost();
        }
    }

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<PastCommit>>> HistoriesAsync(
        string repository,
        CommitSha head,
        IReadOnlyList<string> paths,
        CancellationToken cancellation
    )
    {
        var histories = new Dictionary<string, IReadOnlyList<PastCommit>>();
        try
        {
            foreach (var path in paths)
            {
                histories[path] = await HistoryAsync(new RepositoryPaths(repository), head, path, cancellation);
            }
        }
        catch (GitHubException e)
        {
            throw e.ToHost();
        }

        return histories;
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
        var git = new GitDatabase(gitHub, commit.Repository);
        var tree = await git.CreateTreeAsync(commit, cancellation);
        var sha = await git.CreateCommitAsync(commit.Message, tree, [commit.Parent], cancellation);
        return await git.ForwardAsync(commit.Branch, commit.Parent, sha, cancellation);
    }

    public Task<ProposalAnswer> ProposeAsync(Proposal proposal, CancellationToken cancellation) =>
        new Proposals(gitHub, replace: null).MakeAsync(proposal, cancellation);

    public Task<ProposalState> FindProposalAsync(
        string repository,
        string branch,
        string @base,
        CancellationToken cancellation
    ) => new PullRequests(gitHub).StateAsync(repository, branch, @base, cancellation);

    public async Task<CommitChange?> FindChangeAsync(
        string repository,
        CommitSha commit,
        string path,
        CancellationToken cancellation
    )
    {
        try
        {
            return await new CommitChanges(gitHub, repository, id => BlobAsync(repository, id, cancellation)).FindAsync(
                commit,
                path,
                cancellation
            );
        }
        catch (GitHubException e)
        {
            throw e.ToHost();
        }
    }

    public async Task<byte[]> ReadBlobAsync(string repository, string id, CancellationToken cancellation)
    {
        try
        {
            return await BlobAsync(repository, id, cancellation);
        }
        catch (GitHubException e)
        {
            throw e.ToHost();
        }
    }

    internal async Task<byte[]> BlobAsync(string repository, string id, CancellationToken cancellation)
    {
        if (!blobs.TryGetValue(id, out var content))
        {
            var answer = await gitHub.GetAsync(new RepositoryPaths(repository).Blob(id), cancellation);
            content = answer.Bytes("content");
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

    private async Task<IReadOnlyList<PastCommit>> HistoryAsync(
        RepositoryPaths paths,
        CommitSha head,
        string path,
        CancellationToken cancellation
    )
    {
        var address = paths.Commits(head.Value, path.Length == 0 ? null : path, BranchSnapshot.HistoryLength);
        var history = await gitHub.GetAsync(address, cancellation);
        return [.. history.Each().Select(ToPast)];
    }

    private async Task<BranchTip> TipAsync(RepositoryPaths paths, string branch, CancellationToken cancellation)
    {
        var answer = await gitHub.GetAsync(paths.Branch(branch), cancellation);
        var commit = answer.Part("commit");
        var sha = commit.Commit("sha");
        if (commit.Find("commit") is { } details)
        {
            return ToTip(sha, details, commit.Part("parents"));
        }

        // GitHub shows the whole commit there; servers that are like it may show its id only.
        var found = await gitHub.GetAsync(paths.Commit(sha.Value), cancellation);
        return ToTip(sha, found, found.Part("parents"));
    }

    private static BranchTip ToTip(CommitSha sha, JsonElement details, JsonElement parents) =>
        new(
            sha,
            details.Part("tree").ObjectId("sha"),
            details.Text("message"),
            [.. parents.Each().Select(parent => parent.Commit("sha"))]
        );

    private static PastCommit ToPast(JsonElement commit)
    {
        var details = commit.Part("commit");
        return new PastCommit(commit.Commit("sha"), details.Text("message"), details.Part("committer").Moment("date"));
    }
}
