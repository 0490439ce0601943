using System.Collections.Concurrent;
using System.Collections.Immutable;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Asks which pull requests brought commits of one repository. What was told is kept, so that what is too much for one go
/// is read in several.
/// </summary>
internal sealed class PullCalls(IGitHub gitHub, string repository)
{
    /// <summary>GitHub asks for few at a time from one client.</summary>
    private const int AtOnce = 4;

    private readonly ConcurrentDictionary<string, GitChange> knownChanges = [];
    private readonly ConcurrentDictionary<string, ImmutableArray<int>> knownPullsOf = [];
    private readonly ConcurrentDictionary<int, GitPull> knownPulls = [];

    /// <summary>The commits with the pull requests that brought them.</summary>
    public async Task<GitHubAnswer<Contributions>> WithPullsAsync(GitComparison comparison, CancellationToken stop)
    {
        var pullsOf = await EachAsync(
            knownPullsOf,
            comparison.Commits.Select(commit => commit.Sha),
            (sha, token) => gitHub.PullsOfAsync(repository, sha, token),
            stop
        );
        if (pullsOf.Fault is { } fault)
        {
            return new GitHubAnswer<Contributions>.Fault(fault);
        }

        var pulls = await EachAsync(
            knownPulls,
            pullsOf.Answers.Values.SelectMany(numbers => numbers),
            (number, token) => gitHub.PullAsync(repository, number, token),
            stop
        );
        return pulls.Fault is { } other
            ? new GitHubAnswer<Contributions>.Fault(other)
            : new GitHubAnswer<Contributions>.Ok(new Contributions(comparison, pullsOf.Answers, pulls.Answers));
    }

    /// <summary>The commits with what they changed.</summary>
    public async Task<(IReadOnlyDictionary<string, GitChange> Changes, GitHubFault? Fault)> ChangesAsync(
        IEnumerable<string> commits,
        CancellationToken stop
    ) => await EachAsync(knownChanges, commits, (sha, token) => gitHub.CommitAsync(repository, sha, token), stop);

    /// <summary>Asks for each that is not known yet, some at a time, until one fails.</summary>
    private static async Task<(IReadOnlyDictionary<TKey, T> Answers, GitHubFault? Fault)> EachAsync<TKey, T>(
        ConcurrentDictionary<TKey, T> known,
        IEnumerable<TKey> keys,
        Func<TKey, CancellationToken, Task<GitHubAnswer<T>>> ask,
        CancellationToken stop
    )
        where TKey : notnull
    {
        var asked = keys.Distinct().ToList();
        GitHubFault? fault = null;
        await Parallel.ForEachAsync(
            asked.Where(key => !known.ContainsKey(key)),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop },
            async (key, token) =>
            {
                if (Volatile.Read(ref fault) is not null)
                {
                    return;
                }

                switch (await ask(key, token))
                {
                    case GitHubAnswer<T>.Ok ok:
                        known[key] = ok.Value;
                        break;
                    case GitHubAnswer<T>.Fault failed:
                        Interlocked.CompareExchange(ref fault, failed.Why, null);
                        break;
                }
            }
        );
        // Of another commit of the same release more may be known.
        return fault is null ? (asked.ToDictionary(key => key, key => known[key]), null) : (known, fault);
    }
}
