using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>Answers to whoever gave a command, beside outcomes and refusals. Plain text.</summary>
public static class AnswerTexts
{
    /// <summary>The answer when the time to answer is over before the outcome is known.</summary>
    public const string Working = "On it. I'll tell you here what came of it.";

    public const string Noted = "Noted.";

    public const string StoreDown =
        "My store does not answer, so I do not know whether this was written down. Look at the card in a minute, before you try again.";

    /// <summary>Behind a refusal for want of a right that a group might have given; empty when all groups are known.</summary>
    public static string Unread(Groups groups) =>
        groups.IsComplete ? ""
        : groups.Unvouched is not null ? AccountUnread
        : groups.IsGitHubUnread ? TeamsUnread
        : GroupsUnread;

    private const string GroupsUnread =
        "Slack did not tell me who is in its groups just now; if you are, try again in a minute.";

    private const string TeamsUnread =
        "GitHub did not tell me who is in its teams just now; if you are, try again in a minute.";

    private const string AccountUnread =
        "Slack did not tell me whether you are a guest or a member, so its groups give you no right now; try again in a minute.";

    public static string Unconfirmed(string cluster) =>
        $"Cluster {cluster} did not confirm in time, so it may have happened; I keep looking and the card will tell.";

    public static string PutOff(string cluster) =>
        $"Cluster {cluster} asks to wait, so it has not happened yet; I keep trying and the card will tell.";

    /// <summary>What was asked for, in a word, for the audit.</summary>
    public static string Verb(Wish wish) =>
        wish switch
        {
            Wish.Promote { Full: true } => "promote --full",
            Wish.Promote => "promote",
            Wish.RollBack => "rollback",
            Wish.Retry => "retry",
            Wish.MakeGitAgree => "agree",
            Wish.TakeLock => "lock",
            Wish.Unlock => "unlock",
            Wish.Create => "create",
            Wish.Resume => "resume",
            Wish.WithdrawVote => "withdraw",
            Wish.Unreadable => "unreadable",
            Wish.Redraw => "redraw",
            Wish.NotePull => "note pull request",
            Wish.LookAtPull => "look at pull request",
            _ => wish.GetType().Name,
        };
}
