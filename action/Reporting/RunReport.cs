using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Service;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Action.Reporting;

/// <summary>Everything that one run came to; outputs, log and summary are told from it.</summary>
/// <param name="Exit">How the program ends.</param>
/// <param name="Code">The reason code; empty when it ended well.</param>
/// <param name="Message">One sentence or two about the end.</param>
public sealed record RunReport(ExitCode Exit, string Code, string Message)
{
    /// <summary>What was asked for; <c>null</c> when it could not be understood.</summary>
    public ActionRequest? Request { get; init; }

    /// <summary>Faults of the inputs.</summary>
    public IReadOnlyList<InputFault> Faults { get; init; } = [];

    /// <summary>What became of Git; <c>null</c> when it was not asked, or the answer is not known.</summary>
    public ReleaseOutcome? Outcome { get; init; }

    /// <summary>The Job as it was last seen.</summary>
    public JobView? Job { get; init; }

    public bool IsOk => Exit == ExitCode.Ok;

    /// <summary>What was decided about Git, as the output <c>decision</c> says it.</summary>
    public string Decision =>
        Outcome switch
        {
            ReleaseOutcome.Committed => "committed",
            ReleaseOutcome.Unchanged => "unchanged",
            ReleaseOutcome.PullRequestOpened => "pull_request",
            ReleaseOutcome.Planned => "planned",
            ReleaseOutcome.Superseded => "superseded",
            ReleaseOutcome.Refused => "refused",
            _ => "failed",
        };

    /// <summary>Whether something was written.</summary>
    public bool IsChanged => Outcome is ReleaseOutcome.Committed or ReleaseOutcome.PullRequestOpened;

    /// <summary>The commit that carries the image; for a dry run and for a newer release there is none of ours.</summary>
    public CommitSha? Commit =>
        Outcome switch
        {
            ReleaseOutcome.Committed it => it.CommitSha,
            ReleaseOutcome.Unchanged it => it.HeadSha,
            ReleaseOutcome.PullRequestOpened it => it.CommitSha,
            _ => null,
        };

    /// <summary>The files that were changed, or would be.</summary>
    public IReadOnlyList<FileChange> Changes =>
        Outcome switch
        {
            ReleaseOutcome.Committed it => it.Changes,
            ReleaseOutcome.PullRequestOpened it => it.Changes,
            ReleaseOutcome.Planned it => it.Changes,
            _ => [],
        };

    public ReleaseOutcome.PullRequestOpened? PullRequest => Outcome as ReleaseOutcome.PullRequestOpened;

    /// <summary>The inputs are at fault.</summary>
    public static RunReport OfFaults(IReadOnlyList<InputFault> faults) =>
        new(
            ExitCode.BadInputs,
            ReasonCodes.BadInputs,
            faults.Count == 1 ? "One input cannot be worked with." : $"{faults.Count} inputs cannot be worked with."
        )
        {
            Faults = faults,
        };
}
