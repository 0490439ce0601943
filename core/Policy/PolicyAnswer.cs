namespace Devflow.ChatOps.Core.Policy;

/// <summary>What the policy says to a wish.</summary>
public abstract record PolicyAnswer
{
    private PolicyAnswer() { }

    /// <summary>It may be done.</summary>
    /// <param name="Votes">The votes that made it so, the asking person's last; empty where no votes are needed.</param>
    /// <param name="OverriddenFreeze">The freeze that was overridden, to be told on the card and in the audit; null when none was.</param>
    public sealed record Allowed(IReadOnlyList<Vote> Votes, FreezeOverride? OverriddenFreeze = null) : PolicyAnswer;

    /// <summary>The wish counts as a vote, and more are needed.</summary>
    /// <param name="Votes">The votes that count so far, the asking person's included.</param>
    /// <param name="Need">How many are needed.</param>
    /// <param name="By">Names of the people and teams whose votes count.</param>
    /// <param name="Repeated">True when this person's vote was counted before.</param>
    public sealed record NeedsVotes(IReadOnlyList<Vote> Votes, int Need, IReadOnlyList<string> By, bool Repeated)
        : PolicyAnswer
    {
        /// <summary>How many there are.</summary>
        public int Have => Votes.Count;

        /// <summary>The same as something to tell the person.</summary>
        public Refusal.NeedsVotes ToRefusal() => new(Have, Need, By);
    }

    /// <summary>It may not be done.</summary>
    public sealed record Refused(Refusal Refusal) : PolicyAnswer;
}

/// <summary>Somebody promoted in a freeze.</summary>
/// <param name="Reason">Why they did; text from outside.</param>
/// <param name="Freeze">What was overridden.</param>
public sealed record FreezeOverride(string Reason, Frozen Freeze);

/// <summary>A freeze that is on.</summary>
/// <param name="Until">When it ends, with the offset of its time zone; freezes that follow without a gap are one.</param>
/// <param name="TimeZone">IANA name of the time zone.</param>
/// <param name="Reason">The catalog's reason for it.</param>
public sealed record Frozen(DateTimeOffset Until, string TimeZone, string Reason);

/// <summary>What somebody may be allowed to do.</summary>
public enum PolicyAction
{
    /// <summary>Promote after the analyses.</summary>
    Promote,

    /// <summary>Promote past the analyses.</summary>
    PromoteFull,

    /// <summary>Roll back.</summary>
    Rollback,

    /// <summary>Retry.</summary>
    Retry,

    /// <summary>Lock.</summary>
    Lock,

    /// <summary>Unlock.</summary>
    Unlock,

    /// <summary>Try again what was given up.</summary>
    Resume,

    /// <summary>Promote in a freeze.</summary>
    OverrideFreeze,

    /// <summary>Look at what is released.</summary>
    View,
}
