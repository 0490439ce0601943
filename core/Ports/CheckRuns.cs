using System.Collections.Immutable;

namespace Devflow.ChatOps.Core.Ports;

/// <summary>
/// The check runs of our GitHub App (https://docs.github.com/rest/checks/runs). GitHub has no idempotency key: after an
/// uncertain answer the run is looked up by its external id before it is created again.
/// </summary>
public interface ICheckRuns
{
    /// <summary>There is a GitHub App to write with; without one nothing is asked of it.</summary>
    bool IsSetUp { get; }

    /// <summary>Creates one; its id.</summary>
    Task<GitHubAnswer<long>> CreateAsync(string repository, string commit, CheckRunPage page, CancellationToken stop);

    /// <summary>Shows another state on one; its id. A completed one cannot go back, GitHub refuses that.</summary>
    Task<GitHubAnswer<long>> UpdateAsync(string repository, long id, CheckRunPage page, CancellationToken stop);

    /// <summary>One of ours by its external id; an answer without a value when there is none.</summary>
    Task<GitHubAnswer<FoundCheckRun?>> FindAsync(
        string repository,
        string commit,
        string name,
        string externalId,
        CancellationToken stop
    );
}

/// <summary>A check run that GitHub has.</summary>
public sealed record FoundCheckRun(long Id, CheckRunState State);

/// <summary>
/// Status and conclusion of a check run in one. What follows <see cref="InProgress"/> is completed: GitHub shows buttons on
/// completed runs only, and none of them goes back.
/// </summary>
public enum CheckRunState
{
    Queued,
    InProgress,
    ActionRequired,
    Success,
    Failure,
    Neutral,
    Cancelled,
    TimedOut,
}

/// <summary>What a check run says.</summary>
/// <param name="Name">The same for all runs of an app's environment; branch rules can name it.</param>
/// <param name="ExternalId">Ours: <see cref="Jobs.CheckRunId"/>.</param>
public sealed record CheckRunPage(string Name, string ExternalId, CheckRunState State)
{
    /// <summary>Plain text.</summary>
    public required string Title { get; init; }

    /// <summary>GitHub's Markdown, at most <see cref="LongestText"/> bytes.</summary>
    public required string Summary { get; init; }

    /// <inheritdoc cref="Summary"/>
    public required string Text { get; init; }

    /// <summary>Where "Details" leads; http or https.</summary>
    public Uri? Details { get; init; }

    /// <summary>Shown once it is completed; at most three.</summary>
    public ImmutableArray<CheckRunButton> Buttons { get; init; } = [];

    /// <summary>It is there already, and says nothing new but when the cluster was read last.</summary>
    public bool IsRenewal { get; init; }

    public const int LongestText = 65_535;
}

/// <summary>A button of a check run.</summary>
/// <param name="Label">At most 20 characters.</param>
/// <param name="Description">At most 40.</param>
/// <param name="Identifier">At most 20; what its App is told.</param>
public sealed record CheckRunButton(string Label, string Description, string Identifier);
