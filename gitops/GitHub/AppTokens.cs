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
/// <param name="graphQl">The GraphQL endpoint.</param>
/// <param name="time">Clock, for lifetimes and pauses.</param>
/// <param name="patience">The longest that is waited when GitHub wants to be left alone; what lasts longer is told at once.</param>
public sealed class AppTokens(Uri api, Uri graphQl, TimeProvider time, TimeSpan patience)
{
    /// <summary>Is told, as a sentence for people, why it takes longer: GitHub wants to be left alone for a while.</summary>
    public Action<string> Say { get; init; } = _ => { };

    private const int Attempts = 3;
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    /// <summary>A token for writing the repository's contents, and pull requests where they are the way.</summary>
    /// <exception cref="GitHostException">GitHub gives none; the code says why.</exception>
    public Task<InstallationToken> CreateAsync(
        AppCredentials app,
        string repository,
        ReleaseMode mode,
        CancellationToken cancellation
    ) =>
        CreateAsync(
            app,
            repository,
            mode == ReleaseMode.PullRequest ? AppPermissions.WriteContentsAndPulls : AppPermissions.WriteContents,
            cancellation
        );

    /// <summary>A token for one repository, or for what belongs to an organization.</summary>
    /// <param name="app">Who asks.</param>
    /// <param name="repository"><c>owner/name</c>; or an organization's name, for what belongs to none of its repositories.</param>
    /// <param name="permissions">What it may do there.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="GitHostException">GitHub gives none; the code says why.</exception>
    public async Task<InstallationToken> CreateAsync(
        AppCredentials app,
        string repository,
        AppPermissions permissions,
        CancellationToken cancellation
    )
    {
        var asApp = new GitHubConnection(
            api,
            graphQl,
            () => Task.FromResult(AppJwt.Sign(app.AppId, app.PrivateKey, time.GetUtcNow())),
            time
        );
        var slash = repository.IndexOf('/', StringComparison.Ordinal);
        var place = slash < 0 ? $"orgs/{repository}" : $"repos/{repository}";
        var installation = await AskAsync(
            async () => (await asApp.GetAsync($"{place}/installation", cancellation)).Number("id"),
            repository,
            permissions,
            cancellation
        );
        var id = installation.ToString(CultureInfo.InvariantCulture);
        var wish = new JsonObject { ["permissions"] = permissions.ToJson() };
        if (slash >= 0)
        {
            wish["repositories"] = new JsonArray(repository[(slash + 1)..]);
        }

        return await AskAsync(
            async () =>
            {
                var token = await asApp.PostAsync($"app/installations/{id}/access_tokens", wish, cancellation);
                return new InstallationToken(token.Text("token"), token.Moment("expires_at"));
            },
            repository,
            permissions,
            cancellation
        );
    }

    private async Task<T> AskAsync<T>(
        Func<Task<T>> question,
        string repository,
        AppPermissions permissions,
        CancellationToken cancellation
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await question();
            }
            catch (GitHubException e) when (!e.IsPassing || attempt == Attempts || e.RetryAfter > patience)
            {
                throw Explain(e, repository, permissions);
            }
            catch (GitHubException e)
            {
                if (e.RetryAfter is { } wish)
                {
                    Say(ReleaseRun.WaitingFor(e, wish));
                }

                await Task.Delay(e.RetryAfter ?? pause * attempt, time, cancellation);
            }
        }
    }

    // The same statuses mean something else here than for the contents of a repository.
    private static GitHostException Explain(GitHubException e, string repository, AppPermissions permissions) =>
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
                $"The GitHub App's installation does not grant what is needed in {repository}: {permissions}. {e.Message}"
            ),
            _ => e.ToHost(),
        };
}
