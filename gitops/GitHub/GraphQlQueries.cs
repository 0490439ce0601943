using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>Questions to GitHub's GraphQL API, and what their answers mean.</summary>
internal sealed partial class GraphQlQueries(GitHubConnection gitHub)
{
    /// <summary>Files of one query: GitHub gives up on queries that cost it ten seconds.</summary>
    private const int FilesPerQuery = 100;

    private readonly RestHost rest = new(gitHub);
    private readonly ConcurrentDictionary<string, string> ids = new();

    /// <summary>All files of one commit, in as many queries as it takes.</summary>
    public async Task<GraphQlReading> ReadAsync(
        BranchQuery query,
        IReadOnlyList<string> files,
        CancellationToken cancellation
    )
    {
        var history = query switch
        {
            { Histories: HistoryScope.Files } => files.Count is > 0 and <= PathHistory.MostPaths
                ? HistoryWish.Files
                : HistoryWish.None,
            { Files.HistoryPath: null } => HistoryWish.Repository,
            _ => HistoryWish.Path,
        };
        var first = await ReadAsync(query, [.. files.Take(FilesPerQuery)], null, history, cancellation);
        foreach (var more in files.Skip(FilesPerQuery).Chunk(FilesPerQuery))
        {
            first.Add(await ReadAsync(query, more, first.Head, HistoryWish.None, cancellation));
        }

        return first;
    }

    /// <summary>As <see cref="IGitHost.HistoriesAsync"/>.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<PastCommit>>> HistoriesAsync(
        string repository,
        CommitSha head,
        IReadOnlyList<string> paths,
        CancellationToken cancellation
    )
    {
        var variables = Variables(repository, head.Value);
        for (var at = 0; at < paths.Count; at++)
        {
            if (paths[at].Length > 0)
            {
                variables[GraphQlDocuments.Alias(at)] = paths[at];
            }
        }

        var answer = await AskAsync(GraphQlDocuments.Histories(paths), variables, cancellation);
        var commit =
            GraphQlDocuments.CommitOf(RepositoryOf(answer), isByRef: false)
            ?? throw new GitHostException(ReleaseCodes.GitHubUnavailable, $"The commit {head.Short} is gone.", true);
        return paths
            .Select((path, at) => (path, Past: commit.Part(GraphQlDocuments.HistoryAlias(at))))
            .ToDictionary(at => at.path, at => GraphQlReading.PastOf(at.Past));
    }

    /// <summary>The id by which mutations know a repository.</summary>
    public async Task<string> RepositoryIdAsync(string repository, CancellationToken cancellation)
    {
        if (!ids.TryGetValue(repository, out var id))
        {
            var answer = await AskAsync(GraphQlDocuments.RepositoryId, Variables(repository), cancellation);
            try
            {
                ids[repository] = id = RepositoryOf(answer).Text("id");
            }
            catch (GitHubException e)
            {
                throw e.ToHost();
            }
        }

        return id;
    }

    /// <summary>Asks; the answer may have errors in it.</summary>
    /// <exception cref="GraphQlMissingException">There is no GraphQL.</exception>
    public async Task<JsonElement> AskAsync(string document, JsonObject variables, CancellationToken cancellation)
    {
        try
        {
            return await gitHub.QueryAsync(document, variables, cancellation);
        }
        catch (GitHubException e)
        {
            throw GraphQlErrors.IsMissing(e) ? new GraphQlMissingException(e.Message) : e.ToHost();
        }
    }

    /// <param name="head">Null: where the branch stands.</param>
    private async Task<GraphQlReading> ReadAsync(
        BranchQuery query,
        IReadOnlyList<string> files,
        CommitSha? head,
        HistoryWish history,
        CancellationToken cancellation
    )
    {
        var variables = Variables(query.Repository, head?.Value ?? $"refs/heads/{query.Branch}");
        if (history == HistoryWish.Path)
        {
            variables["path"] = query.Files.HistoryPath;
        }

        for (var at = 0; at < files.Count; at++)
        {
            variables[GraphQlDocuments.Alias(at)] = files[at];
        }

        var document = GraphQlDocuments.Read(files.Count, isByRef: head is null, history);
        var repository = RepositoryOf(await AskAsync(document, variables, cancellation));
        ids[query.Repository] = repository.Text("id");
        var commit =
            GraphQlDocuments.CommitOf(repository, isByRef: head is null)
            ?? throw new GitHostException(
                ReleaseCodes.BranchNotFound,
                $"{query.Repository} has no branch {query.Branch}."
            );
        return await GraphQlReading.ReadAsync(commit, files, id => rest.BlobAsync(query.Repository, id, cancellation));
    }

    private static JsonElement RepositoryOf(JsonElement answer)
    {
        // A file that is not there is null in the data, and an error beside it.
        var faults = GraphQlErrors.All(answer).Where(error => !IsMissingFile(error)).ToList();
        return faults.Count == 0
            && answer.Find("data") is { ValueKind: JsonValueKind.Object } data
            && data.Find("repository") is { ValueKind: JsonValueKind.Object } repository
                ? repository
            : (faults.FirstOrDefault() ?? GraphQlErrors.First(answer)) is { } fault
                ? throw GraphQlErrors.ToException(fault, isWrite: false)
            // What is not there for us comes with an error; nothing without one is no answer of GitHub's.
            : throw AnswerReading.Odd("data");
    }

    private static bool IsMissingFile(GraphQlError error) =>
        error is { Type: "NOT_FOUND", Path: [_, .., var field] } && FileAlias().IsMatch(field);

    private static JsonObject Variables(string repository, string? commit = null)
    {
        var name = repository.Split('/', 2);
        var variables = new JsonObject { ["owner"] = name[0], ["name"] = name.ElementAtOrDefault(1) ?? "" };
        if (commit is not null)
        {
            variables["commit"] = commit;
        }

        return variables;
    }

    [GeneratedRegex("^f[0-9]+$")]
    private static partial Regex FileAlias();
}
