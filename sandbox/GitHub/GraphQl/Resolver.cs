using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Git;

namespace Devflow.ChatOps.Sandbox.GitHub.GraphQl;

/// <summary>Something that fields are asked of.</summary>
internal abstract record GitHubSource(string TypeName)
{
    /// <param name="TypeName">Query or Mutation.</param>
    public sealed record Root(string TypeName) : GitHubSource(TypeName);

    public sealed record Repository(GitHubRepository It) : GitHubSource("Repository");

    public sealed record Ref(GitHubRepository In, string Name, string Id) : GitHubSource("Ref");

    /// <param name="TypeName">Commit, Tree or Blob.</param>
    public sealed record GitObject(GitHubRepository In, string TypeName, string Id) : GitHubSource(TypeName);

    public sealed record TreeEntry(GitHubRepository In, GitPath At) : GitHubSource("TreeEntry");

    public sealed record History(GitHubRepository In, IEnumerable<string> Ids, int First)
        : GitHubSource("CommitHistoryConnection");

    public sealed record RefsPayload(string? ClientId) : GitHubSource("UpdateRefsPayload");

    public sealed record Payload(GitObject Made, Ref On, string? ClientId)
        : GitHubSource("CreateCommitOnBranchPayload");
}

/// <summary>What each field of <see cref="Schema"/> answers.</summary>
internal sealed class Resolver(GitHubCaller caller)
{
    /// <summary>Where GitHub cuts the text of a blob, in bytes.</summary>
    private const int LongestText = 512_000;

    public object? Resolve(GitHubSource source, string field, IReadOnlyDictionary<string, JsonNode?> arguments)
    {
        string? Text(string name) => arguments.GetValueOrDefault(name)?.GetValue<string>();
        return (source, field) switch
        {
            (GitHubSource.Root, "repository") => new GitHubSource.Repository(
                Repository($"{Text("owner")}/{Text("name")}")
            ),
            (GitHubSource.Root, "createCommitOnBranch") => new CommitOnBranch(caller, this).Run(
                arguments["input"]!.AsObject()
            ),
            (GitHubSource.Root, "updateRefs") => new RefUpdates(caller).Run(arguments["input"]!.AsObject()),
            (GitHubSource.RefsPayload payload, _) => (JsonNode?)payload.ClientId,
            (GitHubSource.Repository(var it), _) => OfRepository(it, field, Text),
            (GitHubSource.Ref reference, "target") => Object(reference.In, reference.Id),
            (GitHubSource.Ref reference, _) => OfRef(reference, field),
            (GitHubSource.GitObject item, "id") => (JsonNode)$"{item.TypeName[0]}_{item.Id}",
            (GitHubSource.GitObject item, "oid") => (JsonNode)item.Id,
            (GitHubSource.GitObject item, "abbreviatedOid") => (JsonNode)item.Id[..7],
            (GitHubSource.GitObject { TypeName: "Commit" } item, _) => OfCommit(item, field, arguments),
            (GitHubSource.GitObject { TypeName: "Tree" } item, "entries") => item
                .In.Git.Tree(item.Id)!
                .Select(entry => new GitHubSource.TreeEntry(item.In, new GitPath(entry.Name, entry))),
            (GitHubSource.GitObject { TypeName: "Blob" } item, _) => OfBlob(item, field),
            (GitHubSource.TreeEntry entry, _) => OfEntry(entry, field),
            (GitHubSource.History history, "nodes") => history
                .Ids.Take(history.First)
                .Select(id => new GitHubSource.GitObject(history.In, "Commit", id)),
            (GitHubSource.History history, "totalCount") => (JsonNode)history.Ids.Count(),
            (GitHubSource.Payload payload, "commit") => payload.Made,
            (GitHubSource.Payload payload, "ref") => payload.On,
            (GitHubSource.Payload payload, "clientMutationId") => (JsonNode?)payload.ClientId,
            _ => throw new InvalidOperationException($"{source.TypeName}.{field} is not answered."),
        };
    }

    /// <exception cref="GraphQlException">Not there, or not to be seen.</exception>
    public GitHubRepository Repository(string name)
    {
        var found = caller.Api.World.Repository(name);
        return found is not null && caller.Token!.Sees(found)
            ? found
            : throw new GraphQlException("NOT_FOUND", $"Could not resolve to a Repository with the name '{name}'.");
    }

    private object? OfRepository(GitHubRepository it, string field, Func<string, string?> text)
    {
        var isContent = field is "defaultBranchRef" or "ref" or "object";
        if (isContent && caller.Token!.May(it, caller.Token.Contents) < GitHubAccess.Read)
        {
            throw new GraphQlException("FORBIDDEN", "Resource not accessible by integration");
        }

        return field switch
        {
            "databaseId" => (JsonNode)it.Id,
            "id" => (JsonNode)it.NodeId,
            "isPrivate" => (JsonNode)it.IsPrivate,
            "name" => (JsonNode)it.Name,
            "nameWithOwner" => (JsonNode)it.FullName,
            "defaultBranchRef" => Ref(it, $"refs/heads/{it.Git.DefaultBranch}"),
            "ref" => Ref(it, text("qualifiedName")!),
            "object" => (text("oid"), text("expression")) switch
            {
                ({ } oid, null) => Object(it, oid),
                (null, { } expression) => Expression(it, expression),
                _ => throw new GraphQlException("ARGUMENT_LIMIT", "Either `oid` or `expression` must be given."),
            },
            _ => throw new InvalidOperationException($"Repository.{field} is not answered."),
        };
    }

    private static GitHubSource.Ref? Ref(GitHubRepository it, string name)
    {
        var full = name.StartsWith("refs/", StringComparison.Ordinal) ? name : $"refs/heads/{name}";
        return it.Git.References().TryGetValue(full, out var id) ? new GitHubSource.Ref(it, full, id) : null;
    }

    private static GitHubSource.GitObject? Expression(GitHubRepository it, string expression)
    {
        var parts = expression.Split(':', 2);
        if (it.Git.ResolveCommit(parts[0]) is not { } commit)
        {
            return null;
        }

        if (parts.Length == 1)
        {
            return new GitHubSource.GitObject(it, "Commit", commit);
        }

        var tree = it.Git.Commit(commit)!.Tree;
        return Object(it, parts[1].Length == 0 ? tree : it.Git.Find(tree, parts[1].Trim('/'))?.Id ?? "");
    }

    private static GitHubSource.GitObject? Object(GitHubRepository it, string id)
    {
        id = id.ToLowerInvariant();
        var type =
            it.Git.Commit(id) is not null ? "Commit"
            : it.Git.Tree(id) is not null ? "Tree"
            : it.Git.Blob(id) is not null ? "Blob"
            : null;
        return type is null ? null : new GitHubSource.GitObject(it, type, id);
    }

    private static JsonNode OfRef(GitHubSource.Ref reference, string field)
    {
        var name = reference.Name.Split('/', 3);
        return field switch
        {
            "id" => "REF_" + reference.Name,
            "name" => name[2],
            "prefix" => $"{name[0]}/{name[1]}/",
            _ => throw new InvalidOperationException($"Ref.{field} is not answered."),
        };
    }

    private static object? OfCommit(
        GitHubSource.GitObject item,
        string field,
        IReadOnlyDictionary<string, JsonNode?> arguments
    )
    {
        var git = item.In.Git;
        var commit = git.Commit(item.Id)!;
        var message = commit.Message.Split('\n', 2);
        return field switch
        {
            "message" => (JsonNode)commit.Message,
            "messageHeadline" => (JsonNode)message[0],
            "messageBody" => (JsonNode)(message.ElementAtOrDefault(1)?.Trim('\n') ?? ""),
            "committedDate" => (JsonNode)
                commit.Committer.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            "tree" => new GitHubSource.GitObject(item.In, "Tree", commit.Tree),
            "file" => arguments["path"]!.GetValue<string>() is var path && git.Find(commit.Tree, path) is { } entry
                ? new GitHubSource.TreeEntry(item.In, new GitPath(path, entry))
                : throw new GraphQlException(
                    "NOT_FOUND",
                    $"Could not resolve file for path '{arguments["path"]!.GetValue<string>()}'."
                ),
            "history" => History(item, arguments),
            _ => throw new InvalidOperationException($"Commit.{field} is not answered."),
        };
    }

    private static GitHubSource.History History(
        GitHubSource.GitObject item,
        IReadOnlyDictionary<string, JsonNode?> arguments
    )
    {
        if (arguments.GetValueOrDefault("first") is not { } given)
        {
            throw new GraphQlException(
                "MISSING_PAGINATION_BOUNDARIES",
                "You must provide a `first` or `last` value to properly paginate the `history` connection."
            );
        }

        var first = (int)given.GetValue<decimal>();
        if (first is < 0 or > 100)
        {
            throw new GraphQlException(
                "EXCESSIVE_PAGINATION",
                $"Requesting {first} records on the `history` connection exceeds the `first` limit of 100 records."
            );
        }

        var path = arguments.GetValueOrDefault("path")?.GetValue<string>().Trim('/');
        return new GitHubSource.History(
            item.In,
            item.In.Git.Log(item.Id, string.IsNullOrEmpty(path) ? null : path),
            first
        );
    }

    private static JsonNode? OfBlob(GitHubSource.GitObject item, string field)
    {
        var content = item.In.Git.Blob(item.Id)!;
        var isBinary = content.AsSpan(0, Math.Min(content.Length, 8000)).Contains((byte)0);
        return field switch
        {
            "byteSize" => content.Length,
            "isBinary" => isBinary,
            "isTruncated" => content.Length > LongestText,
            // Bytes that are no UTF-8 become U+FFFD, and a byte order mark is lost: the text is not the content.
            "text" => isBinary
                ? null
                : Encoding.UTF8.GetString(content, 0, Math.Min(content.Length, LongestText)).TrimStart('\uFEFF'),
            _ => throw new InvalidOperationException($"Blob.{field} is not answered."),
        };
    }

    private static object? OfEntry(GitHubSource.TreeEntry source, string field)
    {
        var entry = source.At.Entry;
        return field switch
        {
            "mode" => (JsonNode)Convert.ToInt32(entry.Mode, 8),
            "name" => (JsonNode)entry.Name,
            "path" => (JsonNode)source.At.Path,
            "type" => (JsonNode)entry.Type,
            "oid" => (JsonNode)entry.Id,
            "size" => (JsonNode)(source.In.Git.Blob(entry.Id)?.Length ?? 0),
            "object" => Object(source.In, entry.Id),
            _ => throw new InvalidOperationException($"TreeEntry.{field} is not answered."),
        };
    }
}
