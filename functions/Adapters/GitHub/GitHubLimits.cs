using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>
/// Remembers for whom GitHub wants no requests for a while, and sees to it that it seldom comes to that. Its limits count per
/// installation, which is one for each owner of repositories; who goes on asking is kept out for longer
/// (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit).
/// </summary>
public sealed class GitHubLimits(TimeProvider time)
{
    private readonly GitHubBudget budget = new(time);
    private readonly ConcurrentDictionary<string, DateTimeOffset> until = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Why nothing may be asked of this place now; <c>null</c> when it may.</summary>
    /// <param name="place"><c>owner/name</c>, or an organization.</param>
    public GitHubFault? Refuse(string place) =>
        until.TryGetValue(Owner(place), out var at) && at - time.GetUtcNow() is { Ticks: > 0 } left
            ? new GitHubFault(GitHubFaultKind.RateLimited, "GitHub asked to wait.", left)
            : null;

    /// <summary>Why this may not be written there now; <c>null</c> when it may, and then it counts as written.</summary>
    /// <param name="place"><c>owner/name</c>.</param>
    public GitHubFault? Take(string place, GitHubWrite write) =>
        Refuse(place)
        ?? (
            budget.Take(Owner(place), write) is { } wait
                ? new GitHubFault(GitHubFaultKind.RateLimited, "What matters more may need what GitHub allows.", wait)
                {
                    Share = write,
                }
                : null
        );

    /// <summary>The fault, remembered when it is of a limit.</summary>
    public GitHubFault Noted(string place, GitHubFault fault)
    {
        if (fault is { Kind: GitHubFaultKind.RateLimited, RetryAfter: { } wait })
        {
            var at = time.GetUtcNow() + wait;
            until.AddOrUpdate(Owner(place), at, (_, known) => known > at ? known : at);
        }

        return fault;
    }

    private static string Owner(string place) => place.Split('/')[0];
}
