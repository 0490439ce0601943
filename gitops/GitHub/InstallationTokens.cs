using System.Collections.Concurrent;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>
/// A GitHub App's tokens, kept until shortly before they end: one for each repository and purpose. Who asks at the same
/// time waits for the same answer.
/// </summary>
public sealed class InstallationTokens(AppCredentials app, Uri api, Uri graphQl, TimeProvider time)
{
    /// <summary>What is begun with a token must not outlive it.</summary>
    private static readonly TimeSpan spare = TimeSpan.FromMinutes(5);

    /// <summary>Others wait for their turn meanwhile; who asks again later is told when.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(5);

    private readonly AppTokens source = new(api, graphQl, time, patience);
    private readonly ConcurrentDictionary<(string Repository, AppPermissions), Lazy<Task<InstallationToken>>> known =
        new();

    /// <summary>A connection to one repository that brings the token for a purpose, and a new one when GitHub has withdrawn it.</summary>
    /// <param name="repository"><c>owner/name</c>; or an organization's name, for what belongs to none of its repositories.</param>
    /// <param name="permissions">What is to be done there.</param>
    /// <param name="timeout">How long an answer may take; 30 s when nobody says otherwise.</param>
    /// <param name="conditional">Answers of before, where the same is read again and again.</param>
    /// <remarks>Its calls throw <see cref="GitHostException"/> also where GitHub gives no token.</remarks>
    public GitHubConnection Connect(
        string repository,
        AppPermissions permissions,
        TimeSpan? timeout = null,
        ConditionalRequests? conditional = null
    ) =>
        new(
            api,
            graphQl,
            () => GetAsync(repository, permissions, CancellationToken.None),
            time,
            timeout,
            refused => Drop(repository, permissions, refused),
            conditional
        );

    /// <summary>A token that lives for five minutes at least.</summary>
    /// <exception cref="GitHostException">GitHub gives none; the code says why.</exception>
    public async Task<string> GetAsync(string repository, AppPermissions permissions, CancellationToken cancellation)
    {
        var key = (repository.ToLowerInvariant(), permissions);
        while (true)
        {
            // Asked for once on behalf of all who wait, so none of them may cancel it.
            var asked = known.GetOrAdd(
                key,
                _ => new(() => source.CreateAsync(app, repository, permissions, CancellationToken.None))
            );
            InstallationToken token;
            try
            {
                token = await asked.Value.WaitAsync(cancellation);
            }
            catch (Exception) when (asked.Value is { IsCompleted: true, IsCompletedSuccessfully: false })
            {
                // Whatever it was, who asks next asks anew.
                known.TryRemove(new(key, asked));
                throw;
            }

            if (time.GetUtcNow() + spare < token.ExpiresAt)
            {
                return token.Value;
            }

            known.TryRemove(new(key, asked));
        }
    }

    /// <summary>Forgets a token that GitHub refused; false when another one has taken its place, or none was known.</summary>
    private bool Drop(string repository, AppPermissions permissions, string refused)
    {
        var key = (repository.ToLowerInvariant(), permissions);
        return known.TryGetValue(key, out var asked)
            && asked is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result: var token } }
            && token.Value == refused
            && known.TryRemove(new(key, asked));
    }
}
