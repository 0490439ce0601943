using System.Security.Cryptography;
using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>What a response URL answers to.</summary>
/// <param name="ChannelId">Where the person was.</param>
/// <param name="UserId">Who did something.</param>
/// <param name="MessageTs">The message whose button was pressed; <see langword="null"/> for slash commands.</param>
/// <param name="EphemeralId">The ephemeral message whose button was pressed.</param>
/// <param name="ThreadTs">The thread that it happened in.</param>
internal sealed record SlackResponseTarget(
    string ChannelId,
    string UserId,
    string? MessageTs = null,
    string? EphemeralId = null,
    string? ThreadTs = null
);

/// <summary>What a response URL answers: a status and a word, not JSON.</summary>
internal sealed record SlackResponseResult(int Status, string Word)
{
    public static readonly SlackResponseResult Ok = new(200, "ok");
}

/// <summary>
/// Response URLs: five uses within thirty minutes, posting past all channel permissions.
/// See https://docs.slack.dev/interactivity/handling-user-interaction#message_responses.
/// </summary>
internal sealed class SlackResponseUrls(SlackWorkspace workspace, TimeProvider time)
{
    private const int UsesMax = 5;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "text",
        "blocks",
        "metadata",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "mrkdwn",
        "unfurl_links",
        "unfurl_media",
    };

    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>A fresh path below the stand-in's address, such as <c>commands/T…/1/…</c>.</summary>
    public string Issue(SlackResponseTarget target)
    {
        lock (gate)
        {
            var kind = target.MessageTs is null && target.EphemeralId is null ? "commands" : "actions";
            var secret = RandomNumberGenerator.GetHexString(24, lowercase: true);
            var path = $"{kind}/{workspace.Installation.TeamId}/{entries.Count + 1}/{secret}";
            entries[path] = new Entry(target, time.GetUtcNow());
            return path;
        }
    }

    public SlackResponseResult Answer(string path, SlackArguments arguments)
    {
        SlackResponseTarget target;
        lock (gate)
        {
            if (!entries.TryGetValue(path, out var entry) || time.GetUtcNow() - entry.At > Lifetime)
            {
                return new SlackResponseResult(404, "expired_url");
            }

            if (entry.Uses >= UsesMax)
            {
                return new SlackResponseResult(404, "used_url");
            }

            entry.Uses++;
            target = entry.Target;
        }

        try
        {
            if (arguments.Fault is not null || arguments.All.Keys.Any(key => !Known.Contains(key)))
            {
                return new SlackResponseResult(400, "invalid_payload");
            }

            return arguments.Flag("delete_original") ? Delete(arguments, target) : Show(arguments, target);
        }
        catch (SlackRefusal refusal)
        {
            return new SlackResponseResult(400, refusal.Reply.ErrorCode!);
        }
    }

    private SlackResponseResult Delete(SlackArguments arguments, SlackResponseTarget target)
    {
        if (arguments.All.Count > 1)
        {
            return new SlackResponseResult(400, "invalid_payload");
        }

        var deleted = target.EphemeralId is { } id
            ? workspace.ReplaceEphemeral(id, null)
            : target.MessageTs is { } ts && workspace.Delete(target.ChannelId, ts);
        return deleted ? SlackResponseResult.Ok : new SlackResponseResult(404, "message_not_found");
    }

    private SlackResponseResult Show(SlackArguments arguments, SlackResponseTarget target)
    {
        var type = arguments.Text("response_type") ?? "ephemeral";
        var replace = arguments.Flag("replace_original");
        var thread = arguments.Text("thread_ts");
        if (type is not ("ephemeral" or "in_channel") || (thread is not null && (type != "in_channel" || replace)))
        {
            return new SlackResponseResult(400, "invalid_payload");
        }

        var content = ReadContent(arguments);
        // Only a message with the pressed button can be replaced, never the typed command; its visibility cannot change.
        if (replace && target.EphemeralId is { } ephemeral)
        {
            return workspace.ReplaceEphemeral(ephemeral, content)
                ? SlackResponseResult.Ok
                : new SlackResponseResult(404, "message_not_found");
        }

        if (replace && target.MessageTs is { } original)
        {
            return workspace.Update(target.ChannelId, original, _ => content) is null
                ? new SlackResponseResult(404, "message_not_found")
                : SlackResponseResult.Ok;
        }

        if (type == "ephemeral")
        {
            workspace.ShowEphemeral(target.ChannelId, target.UserId, content, target.ThreadTs);
            return SlackResponseResult.Ok;
        }

        if (thread is not null && workspace.FindMessage(target.ChannelId, thread) is not { ThreadTs: null })
        {
            return new SlackResponseResult(400, "thread_not_found");
        }

        workspace.Post(
            target.ChannelId,
            workspace.Installation.BotUserId,
            content,
            thread,
            metadata: SlackMessageRules.Metadata(arguments)
        );
        return SlackResponseResult.Ok;
    }

    /// <summary>Text and blocks of an answer to a command or an interaction.</summary>
    /// <exception cref="SlackRefusal">It says nothing, or not in good blocks.</exception>
    public static SlackContent ReadContent(SlackArguments arguments)
    {
        var blocks =
            SlackMessageRules.Blocks(arguments) is { } given && given.GetArrayLength() > 0 ? given : (JsonElement?)null;
        var text = arguments.Text("text") ?? "";
        if (string.IsNullOrWhiteSpace(text) && blocks is null)
        {
            throw new SlackRefusal("no_text");
        }

        return text.Length > SlackMessageRules.PostTextMax ? throw new SlackRefusal("msg_too_long") : new(text, blocks);
    }

    private sealed class Entry(SlackResponseTarget target, DateTimeOffset at)
    {
        public SlackResponseTarget Target { get; } = target;

        public DateTimeOffset At { get; } = at;

        public int Uses { get; set; }
    }
}
