namespace Devflow.ChatOps.Core.Policy;

/// <summary>What kind of Slack account somebody uses. Only members of the workspace may act.</summary>
public enum SlackAccount
{
    /// <summary>A full member, or whoever does not come from Slack.</summary>
    Member,

    /// <summary>A guest of one channel or of several.</summary>
    Guest,
    Bot,
    Deactivated,

    /// <summary>Of another workspace, by a shared channel, or nobody that Slack would tell of.</summary>
    Stranger,

    /// <summary>Slack did not tell. Then no Slack group gives a right; what the catalog says of the person still holds.</summary>
    Unknown,
}
