using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>
/// Branches through GitHub's GraphQL API: one read of head, files and history, one mutation that commits on an expected head
/// and is signed by GitHub (https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch).
/// </summary>
/// <remarks>
/// Two requests; three when files are searched, because the tree is listed first; four when there are so many that it must be
/// known first which of them name the image, before their history is asked for.
/// </remarks>
public sealed class GraphQlHost(GitHubConnection gitHub) : IGitHost
{
    private readonly RestHost rest = new(gitHub);
    private readonly GraphQlQueries queries = new(gitHub);

    public async Task<BranchSnapshot> ReadAsync(BranchQuery query, CancellationToken cancellation)
    {
        try
        {
            return query.Files.NeedsListing
                ? await SearchAsync(query, cancellation)
                : await ReadNamedAsync(query, cancellation);
        }
        catch (GitHubException e) when (e.Status == HttpStatusCode.NotFound)
        {
            // No tree: either the repository or the branch is not there, and only the branch's own address tells which.
            await rest.RequireBranchAsync(query, cancellation);
            throw e.ToHost();
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
        try
        {
            return await queries.HistoriesAsync(repository, head, paths, cancellation);
        }
        catch (GitHubException e)
        {
            throw e.ToHost();
        }
    }

    public Task<BranchTip?> FindTipAsync(string repository, string branch, CancellationToken cancellation) =>
        rest.FindTipAsync(repository, branch, cancellation);

    public async Task<CommitAnswer> CommitAsync(NewCommit commit, CancellationToken cancellation)
    {
        // The mutation knows no modes and says nothing of what it does to an executable file's.
        if (commit.Files.Any(file => file.Mode == TreeItem.Executable))
        {
            return await rest.CommitAsync(commit, cancellation);
        }

        var parts = commit.Message.Split('\n', 2);
        var additions = commit.Files.Select(file => new JsonObject
        {
            ["path"] = file.Path,
            ["contents"] = Convert.ToBase64String(file.Content),
        });
        var deletions = commit.Deletions.Select(path => new JsonObject { ["path"] = path });
        var input = new JsonObject
        {
            ["branch"] = new JsonObject
            {
                ["repositoryNameWithOwner"] = commit.Repository,
                ["branchName"] = commit.Branch,
            },
            ["expectedHeadOid"] = commit.Parent.Value,
            ["message"] = new JsonObject
            {
                ["headline"] = parts[0],
                ["body"] = parts.ElementAtOrDefault(1)?.Trim('\n') ?? "",
            },
            ["fileChanges"] = new JsonObject
            {
                ["additions"] = new JsonArray([.. additions]),
                ["deletions"] = new JsonArray([.. deletions]),
            },
        };
        try
        {
            var answer = await gitHub.QueryAsync(
                GraphQlDocuments.Commit,
                new JsonObject { ["input"] = input },
                cancellation
            );
            return GraphQlErrors.First(answer) is { } error
                ? ToAnswer(error)
                : new CommitAnswer.Created(NewHead(answer));
        }
        catch (GitHubException e) when (e.Code == ReleaseCodes.GitHubUnavailable)
        {
            return new CommitAnswer.Unknown(e.Message);
        }
        catch (GitHubException e)
        {
            throw GraphQlErrors.IsMissing(e) ? new GraphQlMissingException(e.Message) : e.ToHost();
        }
    }

    public Task<ProposalAnswer> ProposeAsync(Proposal proposal, CancellationToken cancellation) =>
        new Proposals(gitHub, ReplaceAsync).MakeAsync(proposal, cancellation);

    public Task<ProposalState> FindProposalAsync(
        string repository,
        string branch,
        string @base,
        CancellationToken cancellation
    ) => rest.FindProposalAsync(repository, branch, @base, cancellation);

    public Task<CommitChange?> FindChangeAsync(
        string repository,
        CommitSha commit,
        string path,
        CancellationToken cancellation
    ) => rest.FindChangeAsync(repository, commit, path, cancellation);

    public Task<byte[]> ReadBlobAsync(string repository, string id, CancellationToken cancellation) =>
        rest.ReadBlobAsync(repository, id, cancellation);

    /// <summary>https://docs.github.com/en/graphql/reference/mutations#updaterefs: <c>beforeOid</c> is a compare and swap.</summary>
    private async Task<bool> ReplaceAsync(
        NewCommit commit,
        BranchTip seen,
        CommitSha sha,
        CancellationToken cancellation
    )
    {
        var update = new JsonObject
        {
            ["name"] = $"refs/heads/{commit.Branch}",
            ["beforeOid"] = seen.Sha.Value,
            ["afterOid"] = sha.Value,
            // The branch is ours alone and is put on the base anew, which is no fast-forward.
            ["force"] = true,
        };
        var input = new JsonObject
        {
            ["repositoryId"] = await queries.RepositoryIdAsync(commit.Repository, cancellation),
            ["refUpdates"] = new JsonArray(update),
        };
        var answer = await queries.AskAsync(
            GraphQlDocuments.UpdateRefs,
            new JsonObject { ["input"] = input },
            cancellation
        );
        var error = GraphQlErrors.First(answer);
        if (error is null && IsDone(answer))
        {
            return true;
        }

        // What GitHub says of a reference that stands elsewhere is documented nowhere: where it stands tells.
        var now = await FindTipAsync(commit.Repository, commit.Branch, cancellation);
        return now?.Sha == sha
            || (
                now?.Sha != seen.Sha ? false
                : error is null ? throw AnswerReading.Odd("updateRefs").ToHost()
                : throw GraphQlErrors.ToException(error, isWrite: true)
            );
    }

    private static bool IsDone(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object
        && answer.Find("data") is { ValueKind: JsonValueKind.Object } data
        && data.Find("updateRefs") is { ValueKind: JsonValueKind.Object };

    private static CommitAnswer ToAnswer(GraphQlError error)
    {
        if (error.Type == "STALE_DATA")
        {
            return new CommitAnswer.HeadMoved();
        }

        var refusal = GraphQlErrors.ToException(error, isWrite: true);
        return refusal.Code == ReleaseCodes.GitHubUnavailable
            ? new CommitAnswer.Unknown(refusal.Message)
            : throw refusal;
    }

    private static CommitSha NewHead(JsonElement answer) =>
        answer.Part("data").Part("createCommitOnBranch").Part("commit").Commit("oid");

    private async Task<BranchSnapshot> ReadNamedAsync(BranchQuery query, CancellationToken cancellation)
    {
        var named = query.Files.Named;
        var answer = await queries.ReadAsync(query, named, cancellation);
        var folders = named.Where(path => answer.Items.GetValueOrDefault(path)?.Type == "tree").ToList();
        if (folders.Count > 0)
        {
            return await SearchAsync(query with { Files = query.Files.WithFolders(folders) }, cancellation);
        }

        var unusable = named
            .Where(path => answer.Items.GetValueOrDefault(path)?.IsRegular != true)
            .Select(path =>
                answer.Items.TryGetValue(path, out var item)
                    ? new UnusableFile(path, IsThere: true, item.Obstacle!)
                    : new UnusableFile(path, IsThere: false, "not there")
            );
        return answer.ToSnapshot([.. unusable]);
    }

    /// <summary>
    /// Lists the branch's tree, then reads the files. When the branch moved in between, the tree that was read is listed too:
    /// if it has the same files, nothing was missed.
    /// </summary>
    private async Task<BranchSnapshot> SearchAsync(BranchQuery query, CancellationToken cancellation)
    {
        var trees = new TreeReader(gitHub, new RepositoryPaths(query.Repository));
        var wanted = TreeWish.Of(query.Files);
        var (treeish, listed) = await trees.ReadAsync(query.Branch, wanted, cancellation);
        while (true)
        {
            var (items, unusable) = listed.Select(query.Files);
            var answer = await queries.ReadAsync(query, [.. items.Select(item => item.Path)], cancellation);
            if (treeish != answer.Tree && treeish != answer.Head.Value)
            {
                (treeish, listed) = await trees.ReadAsync(answer.Tree, wanted, cancellation);
                var selected = listed.Select(query.Files);
                if (!selected.Files.Select(item => item.Path).SequenceEqual(items.Select(item => item.Path)))
                {
                    continue;
                }

                unusable = selected.Unusable;
            }

            return answer.ToSnapshot(unusable);
        }
    }
}
