using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>
/// Tokens of a GitHub App's installation, for one repository and for no more than is needed there
/// (https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app). They live for an hour.
/// </summary>
/// <param name="api">Root of the REST API.</param>
public sealed class AppTokens(Uri api, Uri graphQl, TimeProvider time)
{
    private const int Attempts = 3;
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    /// <summary>A token for writing the repository's contents, and pull requests where they are the way.</summary>
    /// <param name="appId">Id of the App, or its client id.</param>
    /// <param name="privateKey">PEM.</param>
    /// <param name="repository"><c>owner/name</c>.</param>
    /// <exception cref="GitHostException">GitHub gives none; the code says why.</exception>
    public async Task<string> CreateAsync(
        string appId,
        string privateKey,
        string repository,
        ReleaseMode mode,
        CancellationToken cancellation
    )
    {
        var asApp = new GitHubConnection(
            api,
            graphQl,
            () => Task.FromResult(AppJwt.Sign(appId, privateKey, time.GetUtcNow())),
            time
        );
        var name = repository[(repository.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var installation = await AskAsync(
            () => asApp.GetAsync($"repos/{repository}/installation", cancellation),
            repository,
            cancellation
        );
        var id = installation.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture);
        var wish = new JsonObject { ["repositories"] = new JsonArray(name), ["permissions"] = Permissions(mode) };
        var token = await AskAsync(
            () => asApp.PostAsync($"app/installations/{id}/access_tokens", wish, cancellation),
            repository,
            cancellation
        );
        return token.GetProperty("token").GetString()!;
    }

    private static JsonObject Permissions(ReleaseMode mode)
    {
        var permissions = new JsonObject { ["contents"] = "write" };
        if (mode == ReleaseMode.PullRequest)
        {
            permissions["pull_requests"] = "write";
        }

        return permissions;
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> question, string repository, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await question();
            }
            catch (GitHubException e) when (!e.IsPassing || attempt == Attempts)
            {
                throw Explain(e, repository);
            }
            catch (GitHubException)
            {
                await Task.Delay(pause * attempt, time, cancellation);
            }
        }
    }

    // The same statuses mean something else here than for the contents of a repository.
    private static GitHostException Explain(GitHubException e, string repository) =>
        e.Status switch
        {
            HttpStatusCode.NotFound => e.ToHost(
                ReleaseCodes.AppNotInstalled,
                $"The GitHub App is not installed for {repository}. Install it there, or let its installation cover it."
            ),
            HttpStatusCode.Unauthorized => e.ToHost(
                ReleaseCodes.BadCredentials,
                $"GitHub does not take the App's id and private key: do they belong together, and is the clock right? {e.Message}"
            ),
            HttpStatusCode.UnprocessableEntity => e.ToHost(
                ReleaseCodes.PermissionMissing,
                $"The GitHub App may not write {repository}: it needs Contents, and for pull requests Pull requests, with read and write. {e.Message}"
            ),
            _ => e.ToHost(),
        };
}
