using Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>A channel as one person sees it.</summary>
/// <param name="Name">Without <c>#</c>.</param>
/// <param name="Messages">Oldest first.</param>
internal sealed record ChannelPicture(string Name, IReadOnlyList<MessagePicture> Messages)
{
    private const int Most = 40;

    public static ChannelPicture Of(SlackWorkspace workspace, string channel, string person, DateTimeOffset now)
    {
        var html = new BlockKitHtml(workspace, now);
        var all = workspace.Messages(channel);
        var replies = all.Where(message => message.ThreadTs is not null).ToLookup(message => message.ThreadTs);
        var shown = all.Where(message => message.IsInChannel)
            .Select(message =>
                MessagePicture.Of(message, workspace, html) with
                {
                    Replies = [.. replies[message.Ts].Select(reply => MessagePicture.Of(reply, workspace, html))],
                }
            );
        var whispered = workspace
            .Ephemerals(person)
            .Where(ephemeral => ephemeral.ChannelId == channel)
            .Select(ephemeral => MessagePicture.Of(ephemeral, workspace, html));
        var messages = shown.Concat(whispered).OrderBy(message => message.Ts, StringComparer.Ordinal).TakeLast(Most);
        return new ChannelPicture(workspace.ChannelName(channel) ?? channel, [.. messages]);
    }
}

/// <summary>A message as one person sees it.</summary>
/// <param name="Ts">Its id.</param>
/// <param name="Version">How often it was edited: which state this is.</param>
/// <param name="Author">Name of who wrote it.</param>
/// <param name="Kind"><c>app</c>, <c>person</c>, or <c>private</c> for what only this person sees.</param>
/// <param name="At">When it appeared.</param>
/// <param name="Html">What it says, encoded.</param>
internal sealed record MessagePicture(
    string Ts,
    int Version,
    string Author,
    string Kind,
    DateTimeOffset At,
    string Html
)
{
    /// <summary>Whether it is a thread reply that the channel is shown too.</summary>
    public bool IsBroadcast { get; init; }

    /// <summary>Its thread, oldest first.</summary>
    public IReadOnlyList<MessagePicture> Replies { get; init; } = [];

    public static MessagePicture Of(SlackMessage message, SlackWorkspace workspace, BlockKitHtml html) =>
        new(
            message.Ts,
            message.EditCount,
            workspace.UserName(message.UserId) ?? message.UserId,
            message.BotId is null ? "person" : "app",
            message.Versions[0].At,
            html.Render(message.Content)
        )
        {
            IsBroadcast = message.Broadcast,
        };

    public static MessagePicture Of(SlackEphemeral ephemeral, SlackWorkspace workspace, BlockKitHtml html) =>
        new(
            ephemeral.Id,
            0,
            ephemeral.IsFromSlack ? "Slackbot" : workspace.Installation.BotName,
            "private",
            DateTimeOffset.UnixEpoch.AddMicroseconds(SlackTs.Parse(ephemeral.Id) ?? 0),
            html.Render(ephemeral.Content)
        );
}
