using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary><c>chat.*</c>. See https://docs.slack.dev/reference/methods/chat.postMessage and its neighbours.</summary>
internal sealed class SlackChatMethods(SlackWorkspace workspace, SlackScopes scopes)
{
    private const string Common = "channel text blocks metadata link_names parse ";

    public IEnumerable<SlackMethod> All() =>
        [
            SlackMethod.Define(
                "chat.postMessage",
                "chat:write",
                null,
                json: true,
                Common
                    + "thread_ts reply_broadcast mrkdwn unfurl_links unfurl_media username icon_emoji icon_url markdown_text",
                PostMessage
            ),
            SlackMethod.Define(
                "chat.update",
                "chat:write",
                SlackRate.Tier3,
                json: true,
                Common + "ts reply_broadcast",
                Update
            ),
            SlackMethod.Define(
                "chat.postEphemeral",
                "chat:write",
                SlackRate.Tier4,
                json: true,
                "channel text blocks link_names parse user thread_ts username icon_emoji icon_url",
                PostEphemeral
            ),
            SlackMethod.Define("chat.delete", "chat:write", SlackRate.Tier3, json: true, "channel ts", Delete),
        ];

    private SlackReply PostMessage(SlackArguments arguments)
    {
        var channel = Writable(arguments.Required("channel"));
        var (content, warning) = Content(arguments);
        var metadata = SlackMessageRules.Metadata(arguments);
        var thread = Parent(channel, arguments.Text("thread_ts"));
        RequireCustomization(arguments);
        var message = workspace.Post(
            channel.Id,
            workspace.Installation.BotUserId,
            content,
            thread,
            arguments.Flag("reply_broadcast"),
            metadata
        );
        var reply = SlackReply.Ok(
            new JsonObject
            {
                ["channel"] = channel.Id,
                ["ts"] = message.Ts,
                ["message"] = SlackJson.Message(workspace, message, withMetadata: true),
            }
        );
        return warning is null ? reply : reply.Warn(warning);
    }

    private SlackReply Update(SlackArguments arguments)
    {
        var channel = Known(arguments.Required("channel"));
        var message = Own(channel, arguments.Required("ts"), "cant_update_message");
        if (channel.IsArchived)
        {
            throw new SlackRefusal("is_inactive");
        }

        var text = arguments.Text("text");
        var blocks = SlackMessageRules.Blocks(arguments);
        var metadata = SlackMessageRules.Metadata(arguments);
        if (string.IsNullOrEmpty(text) && blocks is not { } given)
        {
            throw new SlackRefusal("no_text");
        }

        if (text is { Length: > SlackMessageRules.UpdateTextMax })
        {
            throw new SlackRefusal("msg_too_long");
        }

        // Omitted blocks stay on screen: text alone changes only the notification of a message with blocks.
        var updated = workspace.Update(
            channel.Id,
            message.Ts,
            old => new SlackContent(text ?? "", blocks is { } next ? NotEmpty(next) : old.Blocks),
            metadata,
            arguments.Flag("reply_broadcast")
        );
        return updated is null
            ? throw new SlackRefusal("message_not_found")
            : SlackReply.Ok(
                new JsonObject
                {
                    ["channel"] = channel.Id,
                    ["ts"] = updated.Ts,
                    ["text"] = updated.Content.Text,
                    ["message"] = SlackJson.Message(workspace, updated, withMetadata: true),
                }
            );
    }

    private SlackReply PostEphemeral(SlackArguments arguments)
    {
        var channel = Writable(arguments.Required("channel"), publicIsEnough: false);
        var userId = arguments.Required("user");
        if (!workspace.IsMember(channel, userId))
        {
            throw new SlackRefusal("user_not_in_channel");
        }

        var (content, _) = Content(arguments);
        RequireCustomization(arguments);
        var shown = workspace.ShowEphemeral(channel.Id, userId, content, Parent(channel, arguments.Text("thread_ts")));
        return SlackReply.Ok(new JsonObject { ["message_ts"] = shown.Id });
    }

    private SlackReply Delete(SlackArguments arguments)
    {
        var channel = Known(arguments.Required("channel"));
        var message = Own(channel, arguments.Required("ts"), "cant_delete_message");
        return workspace.Delete(channel.Id, message.Ts)
            ? SlackReply.Ok(new JsonObject { ["channel"] = channel.Id, ["ts"] = message.Ts })
            : throw new SlackRefusal("message_not_found");
    }

    private static (SlackContent Content, string? Warning) Content(SlackArguments arguments)
    {
        var text = arguments.Text("text") ?? "";
        var blocks = SlackMessageRules.Blocks(arguments) is { } given ? NotEmpty(given) : null;
        if (arguments.Text("markdown_text") is { Length: > 0 } markdown)
        {
            if (text.Length > 0 || blocks is not null)
            {
                throw new SlackRefusal("markdown_text_conflict");
            }

            text = markdown.Length > 12_000 ? throw new SlackRefusal("msg_too_long") : markdown;
        }

        if (string.IsNullOrWhiteSpace(text) && blocks is null)
        {
            throw new SlackRefusal("no_text");
        }

        return text.Length > SlackMessageRules.PostTextMax
            ? (new SlackContent(text[..SlackMessageRules.PostTextMax], blocks), "message_truncated")
            : (new SlackContent(text, blocks), null);
    }

    private static JsonElement? NotEmpty(JsonElement blocks) => blocks.GetArrayLength() == 0 ? null : blocks;

    private void RequireCustomization(SlackArguments arguments)
    {
        if (arguments.All.Keys.Any(key => key is "username" or "icon_emoji" or "icon_url"))
        {
            scopes.Require("chat:write.customize");
        }
    }

    private SlackChannel Known(string id) =>
        workspace.FindChannel(id) is { } channel && (channel.BotIsMember || !channel.IsPrivate)
            ? channel
            : throw new SlackRefusal("channel_not_found");

    private SlackChannel Writable(string id, bool publicIsEnough = true)
    {
        var channel = Known(id);
        if (channel.IsArchived)
        {
            throw new SlackRefusal("is_archived");
        }

        var mayPost = channel.BotIsMember || (publicIsEnough && scopes.Current.Contains("chat:write.public"));
        return mayPost ? channel : throw new SlackRefusal("not_in_channel");
    }

    private SlackMessage Own(SlackChannel channel, string ts, string otherwise)
    {
        var message = workspace.FindMessage(channel.Id, ts) ?? throw new SlackRefusal("message_not_found");
        return message.BotId == workspace.Installation.BotId ? message : throw new SlackRefusal(otherwise);
    }

    private string? Parent(SlackChannel channel, string? ts)
    {
        if (string.IsNullOrEmpty(ts))
        {
            return null;
        }

        var parent = workspace.FindMessage(channel.Id, ts) ?? throw new SlackRefusal("thread_not_found");
        return parent.ThreadTs is null ? parent.Ts : throw new SlackRefusal("cannot_reply_to_message");
    }
}
