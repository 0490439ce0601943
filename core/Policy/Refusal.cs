namespace Devflow.ChatOps.Core.Policy;

/// <summary>
/// Why a wish is not fulfilled. The codes are a public contract (design section 5); the sentences for people are in
/// <see cref="Messages.RefusalTexts"/>. Texts from outside are kept as they came.
/// </summary>
public abstract record Refusal
{
    private Refusal() { }

    /// <summary>Stable name, in snake case.</summary>
    public abstract string Code { get; }

    /// <summary>No app or environment of the catalog fits what was typed.</summary>
    public sealed record NotFound(string Text, string? Suggestion) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "not_found";
    }

    /// <summary>Several environments fit what was typed.</summary>
    public sealed record Ambiguous(IReadOnlyList<string> Candidates) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "ambiguous";
    }

    /// <summary>No release of the environment waits for approval.</summary>
    public sealed record NothingToPromote(string App, string Environment) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "nothing_to_promote";
    }

    /// <summary>An analysis must finish first; a promote now would do nothing.</summary>
    /// <param name="Analysis">Name of the AnalysisRun, when known.</param>
    public sealed record AnalysisRunning(string? Analysis) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "analysis_running";
    }

    /// <summary>The Rollout promotes itself; nobody needs to, and policy is not enforced.</summary>
    /// <param name="At">When; null when it does so as soon as the preview is ready.</param>
    public sealed record AutoPromotesAt(DateTimeOffset? At) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "auto_promotes_at";
    }

    /// <summary>`spec.paused` is set, which belongs to Git.</summary>
    public sealed record PausedByHand : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "paused_by_hand";
    }

    /// <summary>The preview is not well, so it must not go live.</summary>
    /// <param name="Trouble">What the pods say.</param>
    public sealed record PreviewUnhealthy(string Trouble) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "preview_unhealthy";
    }

    /// <summary>A newer release took the place of the one that the person was looking at.</summary>
    /// <param name="Newer">What it releases, for people to read; null when that is not known.</param>
    public sealed record Superseded(string? Newer) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "superseded";
    }

    /// <summary>It speaks of a state that has passed.</summary>
    /// <param name="Of">What is stale.</param>
    public sealed record Stale(Staleness Of = Staleness.Button) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "stale";
    }

    /// <summary>The person is none of those who may.</summary>
    public sealed record NotAllowed(PolicyAction Action, IReadOnlyList<string> By) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => TheCode;

        public const string TheCode = "not_allowed";

        /// <summary>Nobody may with such an account.</summary>
        public SlackAccount Account { get; init; } = SlackAccount.Member;
    }

    /// <summary>The person is an author of the release.</summary>
    public sealed record SelfApproval(AuthorRole Role, IReadOnlyList<string> By) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "self_approval";
    }

    /// <summary>It cannot be told whether the person is an author of the release.</summary>
    /// <param name="Author">The author whom the catalog does not know; null when none was named.</param>
    public sealed record AuthorUnknown(string? Author) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "author_unknown";

        /// <summary>Why authors may be missing altogether.</summary>
        public AuthorGap Gap { get; init; }
    }

    /// <summary>More people must approve.</summary>
    public sealed record NeedsVotes(int Have, int Need, IReadOnlyList<string> By) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "needs_votes";
    }

    /// <summary>Somebody holds a lock.</summary>
    public sealed record Locked(string Owner, string Reason, DateTimeOffset? ExpiresAt) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "locked";
    }

    /// <summary>A freeze is on.</summary>
    /// <param name="Freeze">Which, and until when.</param>
    /// <param name="OverrideBy">Who may override it; may be empty.</param>
    public sealed record FrozenUntil(Frozen Freeze, IReadOnlyList<string> OverrideBy) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "frozen_until";
    }

    /// <summary>The release was aborted.</summary>
    public sealed record Aborted(string? Reason) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "aborted";
    }

    /// <summary>A retry now would go live at once.</summary>
    public sealed record RetryTooSoon(int SecondsLeft) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "retry_too_soon";
    }

    /// <summary>There is no earlier version to go back to.</summary>
    public sealed record NothingToRollBack(string App, string Environment) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "nothing_to_roll_back";

        /// <summary>There was one, and the cluster does not keep it.</summary>
        public bool IsForgotten { get; init; }
    }

    /// <summary>The person has no approval there that counts.</summary>
    public sealed record NothingToWithdraw(string App, string Environment) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "nothing_to_withdraw";
    }

    /// <summary>Nothing was aborted or has failed.</summary>
    public sealed record NothingToRetry(string App, string Environment) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "nothing_to_retry";
    }

    /// <summary>It failed again and again, for no reason that the person can mend, and was given up.</summary>
    public sealed record Stuck(int Tries) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => TheCode;

        public const string TheCode = "stuck";
    }

    /// <summary>Nothing was given up.</summary>
    public sealed record NothingStuck(string App, string Environment) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "nothing_stuck";
    }

    /// <summary>The Rollout uses something that is not handled yet.</summary>
    /// <param name="What">What, such as `a canary strategy`.</param>
    public sealed record Unsupported(string What) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "unsupported";
    }

    /// <summary>The cluster does not answer.</summary>
    public sealed record ClusterUnreachable(string Cluster) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "cluster_unreachable";
    }

    /// <summary>The Git host does not answer.</summary>
    public sealed record GitUnreachable(string Repository) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "git_unreachable";
    }

    /// <summary>The service has no GitHub App with which it could write Git.</summary>
    public sealed record GitNotSetUp(string Repository) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "git_not_set_up";
    }

    /// <summary>Nothing was rolled back or aborted that Git does not know of.</summary>
    public sealed record NothingToAgree(string App, string Environment) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "nothing_to_agree";
    }

    /// <summary>The command cannot be understood.</summary>
    /// <param name="Problem">What is wrong with it, without a full stop.</param>
    /// <param name="Usage">How it is written; null where the surface shows it anyway.</param>
    public sealed record Invalid(string Problem, string? Usage) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "invalid";
    }

    /// <summary>It is so already.</summary>
    /// <param name="What">What is so, as a clause without a full stop, such as `my-app production is promoted`.</param>
    public sealed record AlreadyDone(string What) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "already_done";
    }

    /// <summary>The Rollout changed under every try.</summary>
    public sealed record Conflict : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "conflict";
    }

    /// <summary>The cluster forbids the service to do it.</summary>
    /// <param name="Cluster">Which cluster.</param>
    /// <param name="Access">What is missing, such as `patch rollouts/status in production`.</param>
    public sealed record ForbiddenByCluster(string Cluster, string Access) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "forbidden_by_cluster";
    }

    /// <summary>The Rollout does not exist any more.</summary>
    public sealed record RolloutGone(string Cluster, string Namespace, string Rollout) : Refusal
    {
        /// <inheritdoc/>
        public override string Code => "rollout_gone";
    }
}

/// <summary>What it is that speaks of a state that has passed.</summary>
public enum Staleness
{
    /// <summary>A button: it was drawn from an earlier state.</summary>
    Button,

    /// <summary>A command that nobody could run for too long.</summary>
    Command,

    /// <summary>A typed command of an earlier attempt.</summary>
    Attempt,

    /// <summary>A patch that the cluster did not take for too long.</summary>
    Patch,
}
