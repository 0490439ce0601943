using System.Globalization;
using System.Text.Json;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>What is asked of GitHub's GraphQL API (its public schema: npm <c>@octokit/graphql-schema</c>).</summary>
internal static class GraphQlDocuments
{
    public const string Commit =
        "mutation($input:CreateCommitOnBranchInput!){createCommitOnBranch(input:$input){commit{oid}}}";

    /// <summary>Moves references, if each still is what it is expected to be.</summary>
    public const string UpdateRefs = "mutation($input:UpdateRefsInput!){updateRefs(input:$input){clientMutationId}}";

    public const string RepositoryId = "query($owner:String!,$name:String!){repository(owner:$owner,name:$name){id}}";

    private const string Past = "{nodes{oid message committedDate}}";

    /// <summary>The variable and the alias of a file.</summary>
    public static string Alias(int file) => string.Create(CultureInfo.InvariantCulture, $"f{file}");

    /// <summary>The alias of the history of a file.</summary>
    public static string HistoryAlias(int file) => string.Create(CultureInfo.InvariantCulture, $"h{file}");

    /// <summary>
    /// Head, history and files, all read through one commit, so that they are of one moment. By the name of a reference
    /// (<c>$commit</c>: <c>refs/heads/…</c>), or by the id of the commit.
    /// </summary>
    public static string Read(int files, bool isByRef, HistoryWish history)
    {
        var aliases = Enumerable.Range(0, files).Select(Alias).ToList();
        var parameters =
            (history == HistoryWish.Path ? ",$path:String" : "")
            + string.Concat(aliases.Select(alias => $",${alias}:String!"));
        var past = history switch
        {
            HistoryWish.Path => $" history(first:50,path:$path){Past}",
            HistoryWish.Repository => $" history(first:50){Past}",
            HistoryWish.Files => string.Concat(Enumerable.Range(0, files).Select(at => History(at, Alias(at)))),
            _ => "",
        };
        var entries = string.Concat(
            aliases.Select(alias =>
                $" {alias}:file(path:${alias}){{mode type oid object{{... on Blob{{text isBinary isTruncated}}}}}}"
            )
        );
        var commit = $"... on Commit{{oid tree{{oid}}{past}{entries}}}";
        var body = isByRef ? $"ref(qualifiedName:$commit){{target{{{commit}}}}}" : $"object(oid:$commit){{{commit}}}";
        var type = isByRef ? "String!" : "GitObjectID!";
        return $"query($owner:String!,$name:String!,$commit:{type}{parameters})"
            + $"{{repository(owner:$owner,name:$name){{id {body}}}}}";
    }

    /// <summary>The history of several paths; that of an empty one is the repository's.</summary>
    public static string Histories(IReadOnlyList<string> paths)
    {
        var numbers = Enumerable.Range(0, paths.Count).ToList();
        var parameters = string.Concat(
            numbers.Where(at => paths[at].Length > 0).Select(at => $",${Alias(at)}:String!")
        );
        var histories = string.Concat(numbers.Select(at => History(at, paths[at].Length > 0 ? Alias(at) : null)));
        return $"query($owner:String!,$name:String!,$commit:GitObjectID!{parameters})"
            + $"{{repository(owner:$owner,name:$name){{object(oid:$commit){{... on Commit{{oid{histories}}}}}}}}}";
    }

    private static string History(int at, string? path) =>
        $" {HistoryAlias(at)}:history(first:50{(path is null ? "" : $",path:${path}")}){Past}";

    /// <summary>The commit in the answer to <see cref="Read"/>; null when there is none of that name.</summary>
    public static JsonElement? CommitOf(JsonElement repository, bool isByRef)
    {
        var found = repository.Part(isByRef ? "ref" : "object");
        if (isByRef && found.ValueKind == JsonValueKind.Object)
        {
            found = found.Part("target");
        }

        return found.ValueKind == JsonValueKind.Object && found.Find("oid") is not null ? found : null;
    }
}

/// <summary>Whose history is read beside the files.</summary>
internal enum HistoryWish
{
    None,
    Repository,
    Path,
    Files,
}
