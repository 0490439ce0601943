using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary><c>conversations.*</c>. See https://docs.slack.dev/reference/methods/conversations.history and its neighbours.</summary>
internal sealed class SlackConversationMethods(SlackWorkspace workspace, SlackScopes scopes)
{
    private const string Page = "channel cursor inclusive include_all_metadata latest limit oldest";

    public IEnumerable<SlackMethod> All() =>
        [
            SlackMethod.Define(
                "conversations.history",
                "channels:history groups:history",
                SlackRate.Tier3,
                json: false,
                Page,
                History
            ),
            SlackMethod.Define(
                "conversations.replies",
                "channels:history groups:history",
                SlackRate.Tier3,
                json: false,
                Page + " ts",
                Replies
            ),
            SlackMethod.Define(
                "conversations.info",
                "channels:read groups:read",
                SlackRate.Tier3,
                json: false,
                "channel include_locale include_num_members",
                Info
            ),
        ];

    private SlackReply Info(SlackArguments arguments)
    {
        var channel = Known(arguments);
        scopes.Require(channel.IsPrivate ? "groups:read" : "channels:read");
        return SlackReply.Ok(new JsonObject { ["channel"] = SlackJson.Channel(channel) });
    }

    private SlackReply History(SlackArguments arguments)
    {
        var channel = Readable(arguments);
        var newestFirst = workspace.Messages(channel.Id).Where(m => m.IsInChannel).Reverse();
        return Answer(arguments, newestFirst, otherwise: 100, max: 999, pinned: null);
    }

    private SlackReply Replies(SlackArguments arguments)
    {
        var channel = Readable(arguments);
        var ts = arguments.Required("ts");
        var asked = workspace.FindMessage(channel.Id, ts) ?? throw new SlackRefusal("thread_not_found");
        if (asked.ThreadTs is not null)
        {
            // The ts of a reply names a thread of that one message.
            return Answer(arguments, [asked], otherwise: 1000, max: 1000, pinned: null);
        }

        var replies = workspace.Thread(channel.Id, ts).Where(m => m.Ts != ts);
        return Answer(arguments, replies, otherwise: 1000, max: 1000, pinned: asked);
    }

    /// <param name="arguments">Range and page.</param>
    /// <param name="messages">All candidates in the order of the answer.</param>
    /// <param name="otherwise">Page size when none is asked for.</param>
    /// <param name="max">Largest page size.</param>
    /// <param name="pinned">The parent, which heads every page of its thread whatever the range.</param>
    private SlackReply Answer(
        SlackArguments arguments,
        IEnumerable<SlackMessage> messages,
        int otherwise,
        int max,
        SlackMessage? pinned
    )
    {
        var oldest = Bound(arguments, "oldest");
        var latest = Bound(arguments, "latest");
        var inclusive = arguments.Flag("inclusive");
        var limit = arguments.Limit(otherwise, max);
        var skip = Cursor(arguments.Text("cursor"));
        var matching = messages.Where(m => Within(SlackTs.Parse(m.Ts)!.Value, oldest, latest, inclusive)).ToList();
        var page = matching.Skip(skip).Take(limit).ToList();
        var hasMore = matching.Count > skip + page.Count;
        var withMetadata = arguments.Flag("include_all_metadata");
        var shown = pinned is null ? page : [pinned, .. page];
        var body = new JsonObject
        {
            ["messages"] = new JsonArray([.. shown.Select(m => SlackJson.Message(workspace, m, withMetadata))]),
            ["has_more"] = hasMore,
        };
        if (hasMore)
        {
            body["response_metadata"] = new JsonObject { ["next_cursor"] = Encode(skip + page.Count) };
        }

        return SlackReply.Ok(body);
    }

    private SlackChannel Known(SlackArguments arguments) =>
        workspace.FindChannel(arguments.Required("channel")) is { } channel
        && (channel.BotIsMember || !channel.IsPrivate)
            ? channel
            : throw new SlackRefusal("channel_not_found");

    private SlackChannel Readable(SlackArguments arguments)
    {
        var channel = Known(arguments);
        scopes.Require(channel.IsPrivate ? "groups:history" : "channels:history");
        return channel.BotIsMember ? channel : throw new SlackRefusal("not_in_channel");
    }

    private static bool Within(long ts, long? oldest, long? latest, bool inclusive) =>
        (oldest is not { } from || (inclusive ? ts >= from : ts > from))
        && (latest is not { } to || (inclusive ? ts <= to : ts < to));

    private static long? Bound(SlackArguments arguments, string name) =>
        arguments.Text(name) is { Length: > 0 } text
            ? SlackTs.Parse(text) ?? throw new SlackRefusal($"invalid_ts_{name}")
            : null;

    private static string Encode(int skip) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"next:{skip}")));

    private static int Cursor(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
        {
            return 0;
        }

        var buffer = new byte[cursor.Length];
        return
            Convert.TryFromBase64String(cursor, buffer, out var written)
            && Encoding.ASCII.GetString(buffer, 0, written) is ['n', 'e', 'x', 't', ':', .. var digits]
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var skip)
            ? skip
            : throw new SlackRefusal("invalid_cursor");
    }
}
