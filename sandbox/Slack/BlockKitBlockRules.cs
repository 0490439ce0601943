using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// Rules of each block type. Types that the product has no use for (rich_text, video, file, …) are refused as unsupported,
/// which is stricter than Slack.
/// </summary>
internal static class BlockKitBlockRules
{
    public static void Block(BlockKitChecker check, JsonElement block, string type, string path)
    {
        switch (type)
        {
            case "section":
                Section(check, block, path);
                break;
            case "header":
                check.Object(block, path, "type", "block_id", "text");
                check.Text(block, path, "text", 150, plainOnly: true, required: true);
                break;
            case "divider":
                check.Object(block, path, "type", "block_id");
                break;
            case "context":
                Context(check, block, path);
                break;
            case "actions":
                Actions(check, block, path);
                break;
            case "image":
                check.Object(block, path, "type", "block_id", "image_url", "alt_text", "title");
                check.Url(block, path, "image_url", required: true);
                check.String(block, path, "alt_text", 2000, required: true);
                check.Text(block, path, "title", 2000, plainOnly: true);
                break;
            case "markdown":
                check.Object(block, path, "type", "block_id", "text");
                check.String(block, path, "text", 12_000, required: true);
                break;
            case "table":
                Table(check, block, path);
                break;
            case "input":
                Input(check, block, path);
                break;
            default:
                check.Fail($"{path}/type", $"unsupported type: {type}");
                break;
        }
    }

    private static void Section(BlockKitChecker check, JsonElement block, string path)
    {
        check.Object(block, path, "type", "block_id", "text", "fields", "accessory", "expand");
        check.Flag(block, path, "expand");
        check.Text(block, path, "text", 3000);
        if (!block.TryGetProperty("text", out _) && !block.TryGetProperty("fields", out _))
        {
            check.Fail(path, "must define either `fields` or `text`");
        }

        if (check.Array(block, path, "fields", 10) is { } fields)
        {
            var index = 0;
            foreach (var field in fields.EnumerateArray())
            {
                check.TextObject(field, $"{path}/fields/{index++}", 2000);
            }
        }

        if (!block.TryGetProperty("accessory", out var accessory))
        {
            return;
        }

        var at = $"{path}/accessory";
        if (IsImage(accessory))
        {
            BlockKitElementRules.Image(check, accessory, at);
        }
        else
        {
            BlockKitElementRules.Interactive(check, accessory, at, new HashSet<string>());
        }
    }

    private static void Context(BlockKitChecker check, JsonElement block, string path)
    {
        check.Object(block, path, "type", "block_id", "elements");
        if (check.Array(block, path, "elements", 10, required: true) is not { } elements)
        {
            return;
        }

        var index = 0;
        foreach (var element in elements.EnumerateArray())
        {
            var at = $"{path}/elements/{index++}";
            if (IsImage(element))
            {
                BlockKitElementRules.Image(check, element, at);
            }
            else
            {
                check.TextObject(element, at, 3000);
            }
        }
    }

    private static void Actions(BlockKitChecker check, JsonElement block, string path)
    {
        check.Object(block, path, "type", "block_id", "elements");
        if (check.Array(block, path, "elements", 25, required: true) is not { } elements)
        {
            return;
        }

        var actionIds = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var element in elements.EnumerateArray())
        {
            BlockKitElementRules.Interactive(check, element, $"{path}/elements/{index++}", actionIds);
        }
    }

    private static void Input(BlockKitChecker check, JsonElement block, string path)
    {
        check.Object(block, path, "type", "block_id", "label", "element", "hint", "optional", "dispatch_action");
        check.Text(block, path, "label", 2000, plainOnly: true, required: true);
        check.Text(block, path, "hint", 2000, plainOnly: true);
        check.Flag(block, path, "optional");
        check.Flag(block, path, "dispatch_action");
        if (block.TryGetProperty("element", out var element))
        {
            BlockKitElementRules.Input(check, element, $"{path}/element", new HashSet<string>());
        }
        else
        {
            check.Fail(path, "missing required field: element");
        }
    }

    private static void Table(BlockKitChecker check, JsonElement block, string path)
    {
        check.Object(block, path, "type", "block_id", "rows", "column_settings");
        check.Array(block, path, "column_settings", 20);
        if (check.Array(block, path, "rows", 100, required: true) is not { } rows)
        {
            return;
        }

        var row = 0;
        foreach (var cells in rows.EnumerateArray())
        {
            var at = $"{path}/rows/{row++}";
            if (!check.Items(cells, at, 20))
            {
                continue;
            }

            var column = 0;
            foreach (var cell in cells.EnumerateArray())
            {
                var here = $"{at}/{column++}";
                if (check.TypeOf(cell, here) is not { } type)
                {
                    continue;
                }

                if (type != "raw_text")
                {
                    check.Fail($"{here}/type", $"unsupported type: {type}");
                    continue;
                }

                check.Object(cell, here, "type", "text");
                check.String(cell, here, "text", 3000, required: true);
            }
        }
    }

    private static bool IsImage(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty("type", out var type)
        && type.ValueKind == JsonValueKind.String
        && type.ValueEquals("image");
}
