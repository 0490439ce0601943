namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>A person or bot of the workspace.</summary>
/// <param name="Id"><c>U…</c>.</param>
/// <param name="Name">Handle and display name.</param>
/// <param name="Deleted">Deactivated accounts stay known to <c>users.info</c> but cannot act.</param>
/// <param name="IsBot">Whether the account is a bot.</param>
public sealed record SlackUser(string Id, string Name, bool Deleted = false, bool IsBot = false)
{
    /// <summary>A guest of several channels.</summary>
    public bool IsRestricted { get; init; }

    /// <summary>A guest of one channel.</summary>
    public bool IsUltraRestricted { get; init; }

    /// <summary>The workspace it belongs to, where that is another one: somebody of a channel that both share.</summary>
    public string? TeamId { get; init; }
}

/// <summary>A user group, mentioned as <c>&lt;!subteam^S…&gt;</c>.</summary>
/// <param name="Id"><c>S…</c>.</param>
/// <param name="Handle">What people type after <c>@</c>.</param>
/// <param name="Members">User ids.</param>
/// <param name="Disabled">Disabled groups are listed only with <c>include_disabled</c>.</param>
public sealed record SlackUserGroup(string Id, string Handle, IReadOnlyList<string> Members, bool Disabled = false);

/// <summary>A channel.</summary>
/// <param name="Id"><c>C…</c> (or <c>G…</c>).</param>
/// <param name="Name">Name without <c>#</c>.</param>
/// <param name="BotIsMember">Whether the app's bot was invited.</param>
/// <param name="IsArchived">Archived channels take no messages and no edits.</param>
/// <param name="IsPrivate">Private channels need the <c>groups:</c> scopes and are invisible to a bot outside them.</param>
/// <param name="Members">User ids of the people in it; <see langword="null"/> means everybody of the workspace.</param>
public sealed record SlackChannel(
    string Id,
    string Name,
    bool BotIsMember = true,
    bool IsArchived = false,
    bool IsPrivate = false,
    IReadOnlyList<string>? Members = null
);

/// <summary>Turns the ids inside messages into names for people.</summary>
public interface ISlackNames
{
    /// <summary>Name of a user, or <see langword="null"/> when the id is unknown.</summary>
    string? UserName(string userId);

    /// <summary>Handle of a user group, or <see langword="null"/> when the id is unknown.</summary>
    string? GroupHandle(string groupId);

    /// <summary>Name of a channel, or <see langword="null"/> when the id is unknown.</summary>
    string? ChannelName(string channelId);
}
