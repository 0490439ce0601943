using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <content>Everything that changes what people see.</content>
public sealed partial class SlackWorkspace
{
    /// <summary>Shows a new message.</summary>
    /// <param name="channelId">An existing channel.</param>
    /// <param name="userId">Author; messages of the bot user carry the bot id too.</param>
    /// <param name="content">What it says.</param>
    /// <param name="threadTs">Parent, for a thread reply.</param>
    /// <param name="broadcast">Show the reply in the channel too.</param>
    /// <param name="metadata">Message metadata.</param>
    public SlackMessage Post(
        string channelId,
        string userId,
        SlackContent content,
        string? threadTs = null,
        bool broadcast = false,
        JsonElement? metadata = null
    )
    {
        SlackMessage message;
        lock (gate)
        {
            var key = NextTs();
            message = new SlackMessage
            {
                ChannelId = channelId,
                Ts = SlackTs.Format(key),
                UserId = userId,
                BotId = userId == Installation.BotUserId ? Installation.BotId : null,
                ThreadTs = threadTs,
                Broadcast = broadcast && threadTs is not null,
                Metadata = metadata?.Clone(),
                Versions = [new SlackMessageVersion(WithIds(content), time.GetUtcNow())],
            };
            messages[channelId].Add(key, message);
        }

        Changed?.Invoke(new SlackChange.Posted(message));
        return message;
    }

    /// <summary>Shows something else in a message; <see langword="null"/> when it does not exist.</summary>
    /// <param name="channelId">Channel of the message.</param>
    /// <param name="ts">The message.</param>
    /// <param name="edit">From what is shown now to what is shown next.</param>
    /// <param name="metadata">New metadata; what was there stays when omitted.</param>
    /// <param name="broadcast">Whether a thread reply becomes visible in the channel.</param>
    public SlackMessage? Update(
        string channelId,
        string ts,
        Func<SlackContent, SlackContent> edit,
        JsonElement? metadata = null,
        bool broadcast = false
    )
    {
        SlackMessage updated;
        lock (gate)
        {
            if (
                SlackTs.Parse(ts) is not { } key
                || !messages.TryGetValue(channelId, out var list)
                || !list.TryGetValue(key, out var message)
            )
            {
                return null;
            }

            var version = new SlackMessageVersion(WithIds(edit(message.Content)), time.GetUtcNow());
            updated = message with
            {
                Versions = [.. message.Versions, version],
                Metadata = metadata?.Clone() ?? message.Metadata,
                Broadcast = message.Broadcast || (broadcast && message.ThreadTs is not null),
            };
            list[key] = updated;
        }

        Changed?.Invoke(new SlackChange.Updated(updated));
        return updated;
    }

    /// <summary>Removes a message; <see langword="false"/> when it does not exist.</summary>
    public bool Delete(string channelId, string ts)
    {
        SlackMessage? removed = null;
        lock (gate)
        {
            if (
                SlackTs.Parse(ts) is not { } key
                || !messages.TryGetValue(channelId, out var list)
                || !list.Remove(key, out removed)
            )
            {
                return false;
            }
        }

        Changed?.Invoke(new SlackChange.Deleted(removed));
        return true;
    }

    /// <summary>Shows something to one person only.</summary>
    public SlackEphemeral ShowEphemeral(
        string channelId,
        string userId,
        SlackContent content,
        string? threadTs = null,
        bool isFromSlack = false
    )
    {
        SlackEphemeral shown;
        lock (gate)
        {
            var id = SlackTs.Format(NextTs());
            shown = new SlackEphemeral(id, channelId, userId, WithIds(content), threadTs, isFromSlack);
            ephemerals.Add(shown);
        }

        Changed?.Invoke(new SlackChange.EphemeralShown(shown));
        return shown;
    }

    /// <summary>Replaces an ephemeral message, or removes it when <paramref name="content"/> is <see langword="null"/>.</summary>
    /// <returns><see langword="false"/> when it is no longer shown.</returns>
    public bool ReplaceEphemeral(string id, SlackContent? content)
    {
        SlackChange change;
        lock (gate)
        {
            var index = ephemerals.FindIndex(e => e.Id == id);
            if (index < 0)
            {
                return false;
            }

            var old = ephemerals[index];
            if (content is null)
            {
                ephemerals.RemoveAt(index);
                change = new SlackChange.EphemeralDeleted(old);
            }
            else
            {
                ephemerals[index] = old with { Content = WithIds(content) };
                change = new SlackChange.EphemeralUpdated(ephemerals[index]);
            }
        }

        Changed?.Invoke(change);
        return true;
    }

    /// <summary>Opens a modal for a user.</summary>
    public SlackView OpenView(string userId, JsonElement view)
    {
        SlackView opened;
        lock (gate)
        {
            opened = new SlackView(
                "V" + SlackTs.Format(NextTs()).Replace(".", "", StringComparison.Ordinal),
                userId,
                view.Clone()
            );
            views.Add(opened);
        }

        Changed?.Invoke(new SlackChange.ViewOpened(opened));
        return opened;
    }
}
