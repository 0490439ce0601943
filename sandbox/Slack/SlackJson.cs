using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>The JSON shapes in which Slack hands out its objects.</summary>
internal static class SlackJson
{
    public static JsonObject Message(SlackWorkspace workspace, SlackMessage message, bool withMetadata)
    {
        var json = Content(message.Content);
        json["type"] = "message";
        json["user"] = message.UserId;
        json["ts"] = message.Ts;
        json["team"] = workspace.Installation.TeamId;
        if (message.BotId is not null)
        {
            json["bot_id"] = message.BotId;
            json["app_id"] = workspace.Installation.AppId;
        }

        if (message.ThreadTs is not null)
        {
            json["thread_ts"] = message.ThreadTs;
            if (message.Broadcast)
            {
                json["subtype"] = "thread_broadcast";
            }
        }
        else
        {
            var replies = workspace.Thread(message.ChannelId, message.Ts).Count - 1;
            if (replies > 0)
            {
                json["thread_ts"] = message.Ts;
                json["reply_count"] = replies;
            }
        }

        if (message.EditCount > 0)
        {
            json["edited"] = new JsonObject
            {
                ["user"] = message.UserId,
                ["ts"] = SlackTs.Format(SlackTs.Microseconds(message.Versions[^1].At)),
            };
        }

        if (withMetadata && message.Metadata is { } metadata)
        {
            json["metadata"] = Node(metadata);
        }

        return json;
    }

    public static JsonObject Content(SlackContent content)
    {
        var json = new JsonObject { ["text"] = content.Text };
        if (content.Blocks is { } blocks)
        {
            json["blocks"] = Node(blocks);
        }

        return json;
    }

    public static JsonObject User(SlackWorkspace workspace, SlackUser user) =>
        new()
        {
            ["id"] = user.Id,
            ["team_id"] = user.TeamId ?? workspace.Installation.TeamId,
            ["name"] = user.Name,
            ["real_name"] = user.Name,
            ["deleted"] = user.Deleted,
            ["is_bot"] = user.IsBot,
            // Slack says of guests of one channel that they are both.
            ["is_restricted"] = user.IsRestricted || user.IsUltraRestricted,
            ["is_ultra_restricted"] = user.IsUltraRestricted,
            ["is_admin"] = false,
            ["is_owner"] = false,
            ["tz"] = "Etc/UTC",
            ["profile"] = new JsonObject { ["real_name"] = user.Name, ["display_name"] = user.Name },
        };

    public static JsonObject Channel(SlackChannel channel) =>
        new()
        {
            ["id"] = channel.Id,
            ["name"] = channel.Name,
            ["is_channel"] = !channel.IsPrivate,
            ["is_group"] = channel.IsPrivate,
            ["is_private"] = channel.IsPrivate,
            ["is_archived"] = channel.IsArchived,
            ["is_member"] = channel.BotIsMember,
        };

    public static JsonNode? Node(JsonElement element) => JsonNode.Parse(element.GetRawText());
}
