using System.Globalization;
using System.Text.Json;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>What is asked of GitHub's GraphQL API (its public schema: npm <c>@octokit/graphql-schema</c>).</summary>
internal static class GraphQlDocuments
{
    public const string Commit =
        "mutation($input:CreateCommitOnBranchInput!){createCommitOnBranch(input:$input){commit{oid}}}";

    /// <summary>The variable and the alias of a file.</summary>
    public static string Alias(int file) => string.Create(CultureInfo.InvariantCulture, $"f{file}");

    /// <summary>
    /// Head, history and files, all read through one commit, so that they are of one moment. By the name of a reference
    /// (<c>$commit</c>: <c>refs/heads/…</c>), or by the id of the commit.
    /// </summary>
    public static string Read(int files, bool isByRef, bool hasPath)
    {
        var aliases = Enumerable.Range(0, files).Select(Alias).ToList();
        var parameters =
            (hasPath ? ",$path:String" : "") + string.Concat(aliases.Select(alias => $",${alias}:String!"));
        var history = $"history(first:50{(hasPath ? ",path:$path" : "")}){{nodes{{oid message committedDate}}}}";
        var entries = string.Concat(
            aliases.Select(alias =>
                $" {alias}:file(path:${alias}){{mode type oid object{{... on Blob{{text isBinary isTruncated}}}}}}"
            )
        );
        var commit = $"... on Commit{{oid tree{{oid}} {history}{entries}}}";
        var body = isByRef ? $"ref(qualifiedName:$commit){{target{{{commit}}}}}" : $"object(oid:$commit){{{commit}}}";
        var type = isByRef ? "String!" : "GitObjectID!";
        return $"query($owner:String!,$name:String!,$commit:{type}{parameters})"
            + $"{{repository(owner:$owner,name:$name){{{body}}}}}";
    }

    /// <summary>The commit in the answer to <see cref="Read"/>; null when there is none of that name.</summary>
    public static JsonElement? CommitOf(JsonElement repository, bool isByRef)
    {
        var found = repository.GetProperty(isByRef ? "ref" : "object");
        if (isByRef && found.ValueKind == JsonValueKind.Object)
        {
            found = found.GetProperty("target");
        }

        return found.ValueKind == JsonValueKind.Object && found.TryGetProperty("oid", out _) ? found : null;
    }
}
