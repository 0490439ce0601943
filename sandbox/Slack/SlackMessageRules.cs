using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>Rules of message bodies that the chat methods and response URLs share.</summary>
internal static partial class SlackMessageRules
{
    /// <summary>Longer text is cut off when posting.</summary>
    public const int PostTextMax = 40_000;

    /// <summary>Longer text is refused when updating.</summary>
    public const int UpdateTextMax = 4_000;

    /// <summary>Slack does not publish the size limit of metadata; this is a cautious guess.</summary>
    private const int MetadataBytesMax = 8_000;

    /// <summary>Reads and checks <c>blocks</c>.</summary>
    /// <exception cref="SlackRefusal">They are not good, with a JSON pointer for each fault.</exception>
    public static JsonElement? Blocks(SlackArguments arguments)
    {
        if (arguments.Structure("blocks", "invalid_blocks_format") is not { } blocks)
        {
            return null;
        }

        if (blocks.ValueKind != JsonValueKind.Array)
        {
            throw new SlackRefusal("invalid_blocks_format");
        }

        if (BlockKitRules.CheckMessage(blocks) is { Count: > 0 } faults)
        {
            throw new SlackRefusal(SlackReply.Error("invalid_blocks", faults));
        }

        return BlockKitRules.IsTooLong(blocks) ? throw new SlackRefusal("msg_blocks_too_long") : blocks;
    }

    /// <summary>Reads and checks <c>metadata</c>.</summary>
    /// <exception cref="SlackRefusal">It has the wrong shape or is too large.</exception>
    public static JsonElement? Metadata(SlackArguments arguments)
    {
        if (arguments.Structure("metadata", "invalid_metadata_format") is not { } metadata)
        {
            return null;
        }

        var good =
            metadata.ValueKind == JsonValueKind.Object
            && metadata.EnumerateObject().All(p => p.Name is "event_type" or "event_payload")
            && metadata.TryGetProperty("event_type", out var type)
            && type.ValueKind == JsonValueKind.String
            && EventType().IsMatch(type.GetString()!)
            && metadata.TryGetProperty("event_payload", out var payload)
            && payload.ValueKind == JsonValueKind.Object
            && payload.EnumerateObject().All(p => IsPayload(p.Value));
        if (!good)
        {
            throw new SlackRefusal("invalid_metadata_format");
        }

        return Encoding.UTF8.GetByteCount(metadata.GetRawText()) > MetadataBytesMax
            ? throw new SlackRefusal("metadata_too_large")
            : metadata;
    }

    private static bool IsPayload(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().All(p => IsScalar(p.Value)),
            JsonValueKind.Array => value
                .EnumerateArray()
                .All(v =>
                    IsScalar(v)
                    || (v.ValueKind == JsonValueKind.Object && v.EnumerateObject().All(p => IsScalar(p.Value)))
                ),
            _ => IsScalar(value),
        };

    private static bool IsScalar(JsonElement value) =>
        value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;

    [GeneratedRegex("^[A-Za-z0-9_]{1,255}$")]
    private static partial Regex EventType();
}
