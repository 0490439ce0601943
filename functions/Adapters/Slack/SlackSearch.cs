using System.Globalization;
using System.Text.Json;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.Slack;

/// <summary>
/// Looks for a message of ours by the operation id in its metadata, newest first. Metadata can be written by every app
/// in the channel: only messages of our own bot count.
/// </summary>
internal sealed class SlackSearch(SlackHttp http, string channel, string? thread, string operation, string botId)
{
    private const int PageSize = 200;

    // Within half a minute's rate, so that a search never starves itself.
    private const int MostPages = 25;

    /// <summary>The ts; empty when there is none since that time.</summary>
    public async Task<SlackAnswer<string>> FindAsync(DateTimeOffset since, CancellationToken stop)
    {
        var cursor = "";
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await http.ReadAsync(Method, Arguments(since, cursor), stop);
            if (answer is SlackAnswer<JsonElement>.Fault(var why))
            {
                return new SlackAnswer<string>.Fault(why);
            }

            var body = ((SlackAnswer<JsonElement>.Ok)answer).Value;
            if (!body.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array)
            {
                return new SlackAnswer<string>.Fault(
                    new SlackFault(SlackFaultKind.Unavailable, "The answer lacks what was asked.")
                );
            }

            if (messages.EnumerateArray().FirstOrDefault(IsIt) is { ValueKind: JsonValueKind.Object } found)
            {
                return new SlackAnswer<string>.Ok(Text(found, "ts") ?? "");
            }

            cursor = NextCursor(body);
            if (cursor.Length == 0)
            {
                return new SlackAnswer<string>.Ok("");
            }
        }

        // Saying "not there" without having looked at everything could post a second card.
        return new SlackAnswer<string>.Fault(new SlackFault(SlackFaultKind.Refused, "history_too_long"));
    }

    private string Method => thread is null ? "conversations.history" : "conversations.replies";

    private List<KeyValuePair<string, string>> Arguments(DateTimeOffset since, string cursor)
    {
        var arguments = new List<KeyValuePair<string, string>>
        {
            new("channel", channel),
            new("oldest", Ts(since)),
            new("inclusive", "true"),
            new("include_all_metadata", "true"),
            new("limit", PageSize.ToString(CultureInfo.InvariantCulture)),
        };
        if (thread is not null)
        {
            arguments.Add(new("ts", thread));
        }

        if (cursor.Length > 0)
        {
            arguments.Add(new("cursor", cursor));
        }

        return arguments;
    }

    private bool IsIt(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object
        && Text(message, "bot_id") == botId
        && message.TryGetProperty("metadata", out var metadata)
        && metadata.ValueKind == JsonValueKind.Object
        && Text(metadata, "event_type") == SlackClient.EventType
        && metadata.TryGetProperty("event_payload", out var payload)
        && payload.ValueKind == JsonValueKind.Object
        && Text(payload, "operation_id") == operation;

    private static string NextCursor(JsonElement body) =>
        body.TryGetProperty("response_metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
            ? Text(metadata, "next_cursor") ?? ""
            : "";

    /// <summary>Seconds and six digits; a double would lose some of them.</summary>
    private static string Ts(DateTimeOffset at)
    {
        var microseconds = (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000_000}.{microseconds % 1_000_000:D6}");
    }

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
