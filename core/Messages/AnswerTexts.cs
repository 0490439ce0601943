using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>Answers to whoever gave a command, beside outcomes and refusals. Plain text.</summary>
public static class AnswerTexts
{
    /// <summary>The answer when the time to answer is over before the outcome is known.</summary>
    public const string Working = "On it. I'll tell you here what came of it.";

    public const string StoreDown =
        "I cannot write anything down at the moment, so nothing was done. Try again in a minute.";

    /// <summary>Behind a refusal for want of a right that a group might have given.</summary>
    public const string GroupsUnread =
        "Slack did not tell me who is in its groups just now; if you are, try again in a minute.";

    /// <summary>Behind a refusal for want of a right, when Slack did not tell whose account it is.</summary>
    public const string AccountUnread =
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
            Wish.TakeLock => "lock",
            Wish.Unlock => "unlock",
            Wish.Create => "create",
            Wish.Resume => "resume",
            _ => wish.GetType().Name,
        };
}
