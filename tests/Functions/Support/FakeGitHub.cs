using System.Collections.Immutable;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Tests.Functions.Support;

/// <summary>GitHub as a few tables; what is not in them is not there.</summary>
internal sealed class FakeGitHub : IGitHub
{
    private readonly Dictionary<string, TaskCompletionSource> asked = [];

    public bool IsSetUp { get; set; } = true;

    /// <summary>Given instead of every answer.</summary>
    public GitHubFault? Fault { get; set; }

    /// <summary>Every answer waits for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Only questions that begin so wait for the gate; all when empty.</summary>
    public string Gated { get; set; } = "";

    /// <summary>Given instead of the answers to single questions.</summary>
    public Dictionary<string, GitHubFault> Faults { get; } = [];

    /// <summary>Thrown instead of every answer.</summary>
    public Exception? Thrown { get; set; }

    public Dictionary<string, string[]> Teams { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>By <c>base...head</c>.</summary>
    public Dictionary<string, GitComparison> Comparisons { get; } = [];
    public Dictionary<string, GitChange> Commits { get; } = [];

    /// <summary>By head: the commits of the path, newest first.</summary>
    public Dictionary<string, GitCommit[]> Histories { get; } = [];
    public Dictionary<string, int[]> PullsOf { get; } = [];
    public Dictionary<int, GitPull> Pulls { get; } = [];

    /// <summary>What was asked, in order.</summary>
    public List<string> Asked { get; } = [];

    public Task<GitHubAnswer<IReadOnlyCollection<string>>> TeamMembersAsync(string team, CancellationToken stop) =>
        AnswerAsync<IReadOnlyCollection<string>>(
            $"team {team}",
            Teams.TryGetValue(team, out var members) ? members : null,
            stop
        );

    public Task<GitHubAnswer<GitComparison>> CompareAsync(
        string repository,
        string @base,
        string head,
        int most,
        CancellationToken stop
    ) =>
        AnswerAsync($"compare {repository} {@base}...{head}", Comparisons.GetValueOrDefault($"{@base}...{head}"), stop);

    public async Task<GitHubAnswer<ImmutableArray<GitCommit>>> CommitsOfPathAsync(
        string repository,
        string head,
        string path,
        CancellationToken stop
    ) =>
        await AnswerAsync($"history {repository} {head} {path}", Histories.GetValueOrDefault(head), stop) switch
        {
            GitHubAnswer<GitCommit[]>.Ok ok => new GitHubAnswer<ImmutableArray<GitCommit>>.Ok([.. ok.Value]),
            GitHubAnswer<GitCommit[]>.Fault fault => new GitHubAnswer<ImmutableArray<GitCommit>>.Fault(fault.Why),
            _ => throw new InvalidOperationException("An answer that nobody reads."),
        };

    public Task<GitHubAnswer<GitChange>> CommitAsync(string repository, string commit, CancellationToken stop) =>
        AnswerAsync($"commit {repository} {commit}", Commits.GetValueOrDefault(commit), stop);

    public async Task<GitHubAnswer<ImmutableArray<int>>> PullsOfAsync(
        string repository,
        string commit,
        CancellationToken stop
    )
    {
        var found = PullsOf.TryGetValue(commit, out var numbers) ? numbers : [];
        return await AnswerAsync($"pulls of {repository} {commit}", found, stop) switch
        {
            GitHubAnswer<int[]>.Ok ok => new GitHubAnswer<ImmutableArray<int>>.Ok([.. ok.Value]),
            GitHubAnswer<int[]>.Fault fault => new GitHubAnswer<ImmutableArray<int>>.Fault(fault.Why),
            _ => throw new InvalidOperationException("An answer that nobody reads."),
        };
    }

    public Task<GitHubAnswer<GitPull>> PullAsync(string repository, int number, CancellationToken stop) =>
        AnswerAsync($"pull {repository} {number}", Pulls.GetValueOrDefault(number), stop);

    /// <summary>Completes when a question has been asked.</summary>
    public Task WhenAskedAsync(string question, CancellationToken stop)
    {
        lock (Asked)
        {
            if (Asked.Contains(question))
            {
                return Task.CompletedTask;
            }

            return (
                asked[question] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
            ).Task.WaitAsync(stop);
        }
    }

    private async Task<GitHubAnswer<T>> AnswerAsync<T>(string question, T? value, CancellationToken stop)
        where T : class
    {
        lock (Asked)
        {
            Asked.Add(question);
            asked.GetValueOrDefault(question)?.TrySetResult();
        }

        if (question.StartsWith(Gated, StringComparison.Ordinal))
        {
            await Gate.WaitAsync(stop);
        }

        if (Thrown is { } thrown)
        {
            throw thrown;
        }

        var fault =
            Fault
            ?? Faults.GetValueOrDefault(question)
            ?? (value is null ? new GitHubFault(GitHubFaultKind.NotFound, "Not Found") : null);
        return fault is null ? new GitHubAnswer<T>.Ok(value!) : new GitHubAnswer<T>.Fault(fault);
    }
}
