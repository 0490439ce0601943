using System.Text.Encodings.Web;
using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// The limits of Block Kit, as strict as Slack's and stricter in doubt. See https://docs.slack.dev/reference/block-kit/blocks.
/// </summary>
public static class BlockKitRules
{
    /// <summary>Blocks of a message.</summary>
    public const int MessageBlocksMax = 50;

    /// <summary>Blocks of a modal.</summary>
    public const int ViewBlocksMax = 100;

    /// <summary>
    /// Characters of all blocks as compact JSON. Undocumented; measured at about 13,200, containers included
    /// (https://github.com/slackapi/bolt-js/issues/2509).
    /// </summary>
    public const int MessageCharactersMax = 13_200;

    /// <summary>Bytes of a view as JSON.</summary>
    public const int ViewBytesMax = 250_000;

    private static readonly JsonSerializerOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What is wrong with the blocks of a message, each with its JSON pointer; empty when they are good.</summary>
    public static IReadOnlyList<string> CheckMessage(JsonElement blocks)
    {
        var check = new BlockKitChecker();
        Blocks(check, blocks, "/blocks", MessageBlocksMax, min: 0);
        return check.Faults;
    }

    /// <summary>Whether the blocks are more than a message may carry in total.</summary>
    public static bool IsTooLong(JsonElement blocks) =>
        JsonSerializer.Serialize(blocks, Compact).Length > MessageCharactersMax;

    /// <summary>What is wrong with a modal, each with its JSON pointer; empty when it is good.</summary>
    public static IReadOnlyList<string> CheckView(JsonElement view)
    {
        var check = new BlockKitChecker();
        const string path = "/view";
        var good = check.Object(
            view,
            path,
            "type",
            "title",
            "blocks",
            "close",
            "submit",
            "private_metadata",
            "callback_id",
            "clear_on_close",
            "notify_on_close",
            "external_id",
            "submit_disabled"
        );
        if (!good)
        {
            return check.Faults;
        }

        check.OneOf(view, path, "type", "modal");
        check.Text(view, path, "title", 24, plainOnly: true, required: true);
        check.Text(view, path, "submit", 24, plainOnly: true);
        check.Text(view, path, "close", 24, plainOnly: true);
        check.String(view, path, "private_metadata", 3000, min: 0);
        check.String(view, path, "callback_id", 255, min: 0);
        check.String(view, path, "external_id", 255, min: 0);
        check.Flag(view, path, "clear_on_close");
        check.Flag(view, path, "notify_on_close");
        if (check.Array(view, path, "blocks", ViewBlocksMax, min: 0, required: true) is { } blocks)
        {
            Blocks(check, blocks, $"{path}/blocks", ViewBlocksMax, min: 0);
            var hasInput = blocks
                .EnumerateArray()
                .Any(b =>
                    b.ValueKind == JsonValueKind.Object && b.TryGetProperty("type", out var t) && t.ValueEquals("input")
                );
            if (hasInput && !view.TryGetProperty("submit", out _))
            {
                check.Fail(path, "missing required field: submit");
            }
        }

        return check.Faults;
    }

    private static void Blocks(BlockKitChecker check, JsonElement blocks, string path, int max, int min)
    {
        if (!check.Items(blocks, path, max, min))
        {
            return;
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        var markdown = 0;
        var tables = 0;
        var index = 0;
        foreach (var block in blocks.EnumerateArray())
        {
            var at = $"{path}/{index++}";
            if (check.TypeOf(block, at) is not { } type)
            {
                continue;
            }

            if (check.String(block, at, "block_id", 255) is { } id && !ids.Add(id))
            {
                check.Fail($"{at}/block_id", $"`block_id` \"{id}\" already exists for another block");
            }

            BlockKitBlockRules.Block(check, block, type, at);
            markdown += type == "markdown" ? TextLength(block) : 0;
            tables += type == "table" ? 1 : 0;
        }

        if (markdown > 12_000)
        {
            check.Fail(path, "the text of all markdown blocks must be less than 12001 characters");
        }

        if (tables > 1)
        {
            check.Fail(path, "only one table allowed");
        }
    }

    private static int TextLength(JsonElement block) =>
        block.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!.Length
            : 0;
}
