using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Git;

namespace Devflow.ChatOps.Sandbox.GitHub.Json;

/// <summary>Files that differ, as GitHub shows them.</summary>
internal static class ComparisonJson
{
    public static JsonArray Files(GitHubRepository repository, string at, IEnumerable<GitFileChange> changes) =>
        new([.. changes.Select(change => File(repository, at, change))]);

    private static JsonObject File(GitHubRepository repository, string at, GitFileChange change)
    {
        var path = string.Join('/', change.Path.Split('/').Select(Uri.EscapeDataString));
        var json = new JsonObject
        {
            ["sha"] = change.Entry.Id,
            ["filename"] = change.Path,
            ["status"] = change.Status,
            ["additions"] = change.Additions,
            ["deletions"] = change.Deletions,
            ["changes"] = change.Additions + change.Deletions,
            ["blob_url"] = repository.Page($"/blob/{at}/{path}"),
            ["raw_url"] = repository.Page($"/raw/{at}/{path}"),
            ["contents_url"] = repository.Api($"/contents/{path}?ref={at}"),
        };
        if (change.PreviousPath is { } previous)
        {
            json["previous_filename"] = previous;
        }

        // A binary file has none, and one that has only moved.
        if (change.Patch is not null)
        {
            json["patch"] = change.Patch;
        }

        return json;
    }
}
