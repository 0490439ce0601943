using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>What every adapter to GitHub goes through: the App's tokens, and for whom GitHub wants no requests now.</summary>
/// <param name="tokens">Made when something is asked the first time: the libraries behind it are not needed before.</param>
public sealed class GitHubAppAccess(Func<InstallationTokens> tokens, GitHubLimits limits, TimeProvider time)
{
    private readonly Lazy<InstallationTokens> tokens = new(tokens);

    internal InstallationTokens Tokens => tokens.Value;

    internal GitHubLimits Limits => limits;

    internal TimeProvider Time => time;
}

/// <summary>Asks GitHub by the service's own App, each question with a token that may do just that; answers are values.</summary>
/// <param name="timeout">How long one answer may take.</param>
/// <param name="deadline">How long it may take altogether, the token included; nothing is sent after that.</param>
/// <param name="isConditional">What was read before is asked for with its ETag.</param>
internal sealed class GitHubCalls(
    GitHubAppAccess access,
    TimeSpan timeout,
    TimeSpan? deadline = null,
    bool isConditional = false
)
{
    private readonly Lazy<Connections> connections = new(() => new Connections(isConditional));

    /// <summary>An answer, or why there is none. Missing parts of an answer are a fault too.</summary>
    /// <param name="place"><c>owner/name</c>, or an organization.</param>
    public async Task<GitHubAnswer<T>> AskAsync<T>(
        string place,
        AppPermissions permissions,
        Func<GitHubConnection, CancellationToken, Task<T>> ask,
        CancellationToken stop
    )
    {
        if (access.Limits.Refuse(place) is { } wait)
        {
            return new GitHubAnswer<T>.Fault(wait);
        }

        using var late = new CancellationTokenSource(deadline ?? Timeout.InfiniteTimeSpan, access.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            // A token that is long in coming is known not to have written anything.
            await access.Tokens.GetAsync(place, permissions, either.Token);
            var gitHub = connections.Value.To(place, permissions, access, timeout);
            return new GitHubAnswer<T>.Ok(await ask(gitHub, either.Token));
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return new GitHubAnswer<T>.Fault(
                new GitHubFault(GitHubFaultKind.Unavailable, "GitHub did not answer in time.")
            );
        }
        catch (GitHubException fault)
        {
            return new GitHubAnswer<T>.Fault(access.Limits.Noted(place, GitHubFaults.Of(fault.ToHost())));
        }
        catch (GitHostException fault)
        {
            return new GitHubAnswer<T>.Fault(access.Limits.Noted(place, GitHubFaults.Of(fault)));
        }
        catch (Exception fault) when (fault is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // A proxy's answer, or one that was cut.
            return new GitHubAnswer<T>.Fault(
                new GitHubFault(GitHubFaultKind.Unavailable, "The answer lacks what was asked.")
            );
        }
    }

    /// <summary>The same for what GitHub counts as written, where the owner's budget has room for it.</summary>
    public Task<GitHubAnswer<T>> WriteAsync<T>(
        string repository,
        AppPermissions permissions,
        GitHubWrite what,
        Func<GitHubConnection, CancellationToken, Task<T>> write,
        CancellationToken stop
    ) =>
        access.Limits.Take(repository, what) is { } wait
            ? Task.FromResult<GitHubAnswer<T>>(new GitHubAnswer<T>.Fault(wait))
            : AskAsync(repository, permissions, write, stop);

    /// <summary>Where the REST API has a repository.</summary>
    public static string Root(string repository) =>
        $"repos/{string.Join('/', repository.Split('/').Select(Uri.EscapeDataString))}";

    private sealed class Connections(bool isConditional)
    {
        private readonly ConcurrentDictionary<(string Place, AppPermissions), GitHubConnection> known = new();
        private readonly ConditionalRequests? conditional = isConditional ? new() : null;

        public GitHubConnection To(
            string place,
            AppPermissions permissions,
            GitHubAppAccess access,
            TimeSpan timeout
        ) =>
            known.GetOrAdd(
                (place.ToLowerInvariant(), permissions),
                _ => access.Tokens.Connect(place, permissions, timeout, conditional)
            );
    }
}
