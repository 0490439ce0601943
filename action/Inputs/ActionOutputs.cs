namespace Devflow.ChatOps.Action.Inputs;

/// <summary>The outputs of the Action, declared once. All are set whatever happens; what is not known is empty.</summary>
public static class ActionOutputs
{
    public static readonly ActionOutput Changed = new(
        "changed",
        "`true` when something was written to Git, `false` when Git said so already, or nothing was written."
    );

    public static readonly ActionOutput CommitSha = new(
        "commit-sha",
        "The commit that was written, or the head of the branch when there was nothing to change."
    );

    public static readonly ActionOutput PullRequest = new("pull-request", "Number of the pull request.");

    public static readonly ActionOutput JobId = new("job-id", "Id of the Job at the service.");

    public static readonly ActionOutput Decision = new(
        "decision",
        "What became of it in Git: `committed`, `unchanged`, `pull_request`, `planned` (dry run), `superseded`, `refused` or "
            + "`failed`."
    );

    public static readonly ActionOutput ReasonCode = new(
        "reason-code",
        "Why it did not end well, as a stable word; empty when it did."
    );

    public static readonly ActionOutput Result = new("result", "All of it as JSON, with a `schemaVersion`.");

    /// <summary>All of them, in the order of the documents.</summary>
    public static IReadOnlyList<ActionOutput> All { get; } =
    [Changed, CommitSha, PullRequest, JobId, Decision, ReasonCode, Result];
}
