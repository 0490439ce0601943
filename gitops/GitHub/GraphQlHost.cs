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
/// <remarks>Two requests; three when files are searched, because the tree is listed first.</remarks>
public sealed class GraphQlHost(GitHubConnection gitHub) : IGitHost
{
    /// <summary>Files of one query: GitHub gives up on queries that cost it ten seconds.</summary>
    private const int FilesPerQuery = 100;

    private readonly RestHost rest = new(gitHub);

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
            ["fileChanges"] = new JsonObject { ["additions"] = new JsonArray([.. additions]) },
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
        rest.ProposeAsync(proposal, cancellation);

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
        CommitSha.Parse(
            answer
                .GetProperty("data")
                .GetProperty("createCommitOnBranch")
                .GetProperty("commit")
                .GetProperty("oid")
                .GetString()!
        );

    private async Task<BranchSnapshot> ReadNamedAsync(BranchQuery query, CancellationToken cancellation)
    {
        var named = query.Files.Named;
        var answer = await QueryAsync(query, named, cancellation);
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
        return new BranchSnapshot(answer.Head, answer.Tree, [.. answer.Files], [.. unusable], answer.History);
    }

    /// <summary>
    /// Lists the branch's tree, then reads the files. When the branch moved in between, the tree that was read is listed too:
    /// if it has the same files, nothing was missed.
    /// </summary>
    private async Task<BranchSnapshot> SearchAsync(BranchQuery query, CancellationToken cancellation)
    {
        var paths = new RepositoryPaths(query.Repository);
        var (treeish, listed) = await ListAsync(paths, query.Branch, cancellation);
        while (true)
        {
            var (items, unusable) = listed.Select(query.Files);
            var answer = await QueryAsync(query, [.. items.Select(item => item.Path)], cancellation);
            if (treeish != answer.Tree && treeish != answer.Head.Value)
            {
                (treeish, listed) = await ListAsync(paths, answer.Tree, cancellation);
                var selected = listed.Select(query.Files);
                if (!selected.Files.Select(item => item.Path).SequenceEqual(items.Select(item => item.Path)))
                {
                    continue;
                }

                unusable = selected.Unusable;
            }

            return new BranchSnapshot(answer.Head, answer.Tree, [.. answer.Files], unusable, answer.History);
        }
    }

    /// <returns>With the id of the listed commit or tree; GitHub answers with either.</returns>
    private async Task<(string Id, TreeListing Listing)> ListAsync(
        RepositoryPaths paths,
        string treeish,
        CancellationToken cancellation
    )
    {
        var answer = await gitHub.GetAsync(paths.Tree(treeish), cancellation);
        return (answer.GetProperty("sha").GetString()!, TreeListing.Read(answer));
    }

    /// <summary>All files of one commit, in as many queries as it takes.</summary>
    private async Task<GraphQlReading> QueryAsync(
        BranchQuery query,
        IReadOnlyList<string> files,
        CancellationToken cancellation
    )
    {
        var first = await QueryAsync(query, [.. files.Take(FilesPerQuery)], expression: null, cancellation);
        foreach (var more in files.Skip(FilesPerQuery).Chunk(FilesPerQuery))
        {
            var next = await QueryAsync(query, more, first.Head.Value, cancellation);
            first.Add(next);
        }

        return first;
    }

    private async Task<GraphQlReading> QueryAsync(
        BranchQuery query,
        IReadOnlyList<string> files,
        string? expression,
        CancellationToken cancellation
    )
    {
        var name = query.Repository.Split('/', 2);
        var variables = new JsonObject
        {
            ["owner"] = name[0],
            ["name"] = name.ElementAtOrDefault(1) ?? "",
            ["commit"] = expression ?? $"refs/heads/{query.Branch}",
        };
        if (query.Files.HistoryPath is { } path)
        {
            variables["path"] = path;
        }

        for (var at = 0; at < files.Count; at++)
        {
            variables[GraphQlDocuments.Alias(at)] = files[at];
        }

        var document = GraphQlDocuments.Read(
            files.Count,
            isByRef: expression is null,
            query.Files.HistoryPath is not null
        );
        JsonElement answer;
        try
        {
            answer = await gitHub.QueryAsync(document, variables, cancellation);
        }
        catch (GitHubException e) when (GraphQlErrors.IsMissing(e))
        {
            throw new GraphQlMissingException(e.Message);
        }

        if (GraphQlErrors.First(answer) is { } error)
        {
            throw GraphQlErrors.ToException(error, isWrite: false);
        }

        var repository = answer.GetProperty("data").GetProperty("repository");
        var commit = GraphQlDocuments.CommitOf(repository, isByRef: expression is null);
        if (commit is not { } found)
        {
            throw new GitHostException(
                ReleaseCodes.BranchNotFound,
                $"{query.Repository} has no branch {query.Branch}."
            );
        }

        return await GraphQlReading.ReadAsync(found, files, id => rest.BlobAsync(query.Repository, id, cancellation));
    }
}
