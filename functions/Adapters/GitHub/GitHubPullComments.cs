using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>Comments of our App on pull requests over the REST API (https://docs.github.com/rest/issues/comments).</summary>
/// <param name="appId">Id of the App, or its client id: who quotes a comment quotes its mark too.</param>
public sealed class GitHubPullComments(GitHubAppAccess access, string appId) : IPullComments
{
    private const int PerPage = 100;

    /// <summary>Where there is more talk than on so many pages, ours may be behind it: none is better than two.</summary>
    private const int MostPages = 3;

    private static readonly TimeSpan timeout = TimeSpan.FromSeconds(5);

    private readonly GitHubCalls calls = new(access, timeout, deadline: timeout);

    /// <inheritdoc/>
    public Task<GitHubAnswer<long?>> WriteAsync(
        string repository,
        int pull,
        long? known,
        PullCommentPage page,
        CancellationToken stop
    ) =>
        calls.WriteAsync<long?>(
            repository,
            AppPermissions.WritePulls,
            GitHubWrite.Comment,
            async (gitHub, token) =>
            {
                var issues = $"{GitHubCalls.Root(repository)}/issues";
                var all = string.Create(CultureInfo.InvariantCulture, $"{issues}/{pull}/comments");
                var body = new JsonObject { ["body"] = page.Body };
                try
                {
                    var there = known is { } id
                        ? await gitHub.GetAsync(One(issues, id), token)
                        : await FindAsync(gitHub, all, page, token);
                    if (there is not { } comment)
                    {
                        return Id(await gitHub.PostAsync(all, body, token));
                    }

                    return !page.MayReplace(Text(comment)) ? null
                        : Text(comment) == page.Body ? Id(comment)
                        : Id(await gitHub.PatchAsync(One(issues, Id(comment)), body, token));
                }
                catch (GitHubException refused) when (IsClosedToTalk(refused))
                {
                    throw refused.ToHost(ReleaseCodes.GitHubRefused);
                }
                catch (GitHubException gone) when (gone.Status == HttpStatusCode.NotFound)
                {
                    await SeeAsync(gitHub, repository, token);
                    throw;
                }
            },
            stop
        );

    /// <summary>
    /// A locked conversation or an archived repository is a 403 too, as a missing permission is, but no administrator is asked
    /// for anything. GitHub has no code for it, only its words: "Unable to create comment because issue is locked.",
    /// "Repository was archived so is read-only."
    /// </summary>
    private static bool IsClosedToTalk(GitHubException refused) =>
        refused is { Status: HttpStatusCode.Forbidden, IsPassing: false }
        && (
            refused.Message.Contains("is locked", StringComparison.OrdinalIgnoreCase)
            || refused.Message.Contains("archived", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>
    /// Of a repository from which the App was taken GitHub says what it says of one comment that is gone, as long as there is a
    /// token of before.
    /// </summary>
    private static async Task SeeAsync(GitHubConnection gitHub, string repository, CancellationToken stop)
    {
        try
        {
            await gitHub.GetAsync(GitHubCalls.Root(repository), stop);
        }
        catch (GitHubException gone) when (gone.Status == HttpStatusCode.NotFound)
        {
            throw gone.ToHost(
                ReleaseCodes.AppNotInstalled,
                $"The GitHub App does not see {repository} any more, or it is not there."
            );
        }
    }

    private async Task<JsonElement?> FindAsync(
        GitHubConnection gitHub,
        string all,
        PullCommentPage page,
        CancellationToken stop
    )
    {
        for (var number = 1; number <= MostPages; number++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{all}?per_page={PerPage}&page={number}");
            var comments = (await gitHub.GetAsync(path, stop)).EnumerateArray().ToList();
            var found = comments.Find(comment =>
                page.IsFor(Text(comment)) && GitHubJson.IsOfApp(comment, "performed_via_github_app", appId)
            );
            if (found.ValueKind == JsonValueKind.Object)
            {
                return found;
            }

            if (comments.Count < PerPage)
            {
                return null;
            }
        }

        // Exactly so many have been read.
        var more = string.Create(CultureInfo.InvariantCulture, $"{all}?per_page=1&page={(PerPage * MostPages) + 1}");
        if ((await gitHub.GetAsync(more, stop)).GetArrayLength() == 0)
        {
            return null;
        }

        throw new GitHostException(ReleaseCodes.GitHubRefused, "The pull request has too many comments.");
    }

    private static string One(string issues, long id) =>
        string.Create(CultureInfo.InvariantCulture, $"{issues}/comments/{id}");

    private static long Id(JsonElement comment) => comment.GetProperty("id").GetInt64();

    private static string Text(JsonElement comment) => GitHubJson.Text(comment, "body") ?? "";
}
