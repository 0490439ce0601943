using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// Rules of the elements inside blocks. See https://docs.slack.dev/reference/block-kit/block-elements. Element types that the
/// product has no use for are refused as unsupported, which is stricter than Slack.
/// </summary>
internal static class BlockKitElementRules
{
    private const int IdMax = 255;

    /// <summary>An image as an accessory or inside a context block.</summary>
    public static void Image(BlockKitChecker check, JsonElement image, string path)
    {
        check.Object(image, path, "type", "image_url", "alt_text");
        check.Url(image, path, "image_url", required: true);
        check.String(image, path, "alt_text", 2000, required: true);
    }

    /// <summary>An interactive element of an actions block or an accessory.</summary>
    public static void Interactive(BlockKitChecker check, JsonElement element, string path, ISet<string> actionIds)
    {
        switch (check.TypeOf(element, path))
        {
            case null:
                return;
            case "button":
                Button(check, element, path);
                break;
            case "static_select":
                Select(check, element, path);
                break;
            case "users_select":
                check.Object(
                    element,
                    path,
                    "type",
                    "action_id",
                    "placeholder",
                    "initial_user",
                    "confirm",
                    "focus_on_load"
                );
                check.Text(element, path, "placeholder", 150, plainOnly: true);
                Confirm(check, element, path);
                break;
            case "overflow":
                check.Object(element, path, "type", "action_id", "options", "confirm");
                Options(check, element, path, 5, 2, plainOnly: true, withUrl: true);
                Confirm(check, element, path);
                break;
            case "checkboxes" or "radio_buttons":
                check.Object(
                    element,
                    path,
                    "type",
                    "action_id",
                    "options",
                    "initial_option",
                    "initial_options",
                    "confirm",
                    "focus_on_load"
                );
                Options(check, element, path, 10, 1, plainOnly: false, withUrl: false);
                Confirm(check, element, path);
                break;
            case { } other:
                check.Fail($"{path}/type", $"unsupported type: {other}");
                return;
        }

        ActionId(check, element, path, actionIds);
    }

    /// <summary>The element of an input block.</summary>
    public static void Input(BlockKitChecker check, JsonElement element, string path, ISet<string> actionIds)
    {
        if (check.TypeOf(element, path) is not { } type)
        {
            return;
        }

        if (type is "button" or "overflow")
        {
            check.Fail($"{path}/type", $"unsupported type: {type}");
            return;
        }

        if (type != "plain_text_input")
        {
            Interactive(check, element, path, actionIds);
            return;
        }

        check.Object(
            element,
            path,
            "type",
            "action_id",
            "initial_value",
            "multiline",
            "min_length",
            "max_length",
            "placeholder",
            "focus_on_load"
        );
        check.Flag(element, path, "multiline");
        check.Flag(element, path, "focus_on_load");
        check.String(element, path, "initial_value", 3000, min: 0);
        check.Text(element, path, "placeholder", 150, plainOnly: true);
        foreach (var key in (string[])["min_length", "max_length"])
        {
            if (
                element.TryGetProperty(key, out var length)
                && !(length.ValueKind == JsonValueKind.Number && length.TryGetInt32(out var n) && n is >= 0 and <= 3000)
            )
            {
                check.Fail($"{path}/{key}", "must be less than 3001");
            }
        }

        ActionId(check, element, path, actionIds);
    }

    private static void Button(BlockKitChecker check, JsonElement button, string path)
    {
        check.Object(
            button,
            path,
            "type",
            "text",
            "action_id",
            "url",
            "value",
            "style",
            "confirm",
            "accessibility_label"
        );
        check.Text(button, path, "text", 75, plainOnly: true, required: true);
        check.Url(button, path, "url");
        check.String(button, path, "value", 2000);
        check.OneOf(button, path, "style", "primary", "danger");
        check.String(button, path, "accessibility_label", 75);
        Confirm(check, button, path);
    }

    private static void Select(BlockKitChecker check, JsonElement select, string path)
    {
        check.Object(
            select,
            path,
            "type",
            "action_id",
            "options",
            "option_groups",
            "initial_option",
            "confirm",
            "focus_on_load",
            "placeholder"
        );
        check.Text(select, path, "placeholder", 150, plainOnly: true);
        Confirm(check, select, path);
        if (!select.TryGetProperty("option_groups", out _))
        {
            Options(check, select, path, 100, 1, plainOnly: true, withUrl: false);
            return;
        }

        if (select.TryGetProperty("options", out _))
        {
            check.Fail(path, "must define either `options` or `option_groups`, not both");
        }

        if (check.Array(select, path, "option_groups", 100) is not { } groups)
        {
            return;
        }

        var index = 0;
        foreach (var group in groups.EnumerateArray())
        {
            var at = $"{path}/option_groups/{index++}";
            if (check.Object(group, at, "label", "options"))
            {
                check.Text(group, at, "label", 75, plainOnly: true, required: true);
                Options(check, group, at, 100, 1, plainOnly: true, withUrl: false);
            }
        }
    }

    private static void Options(
        BlockKitChecker check,
        JsonElement owner,
        string path,
        int max,
        int min,
        bool plainOnly,
        bool withUrl
    )
    {
        if (check.Array(owner, path, "options", max, min, required: true) is not { } options)
        {
            return;
        }

        var index = 0;
        foreach (var option in options.EnumerateArray())
        {
            var at = $"{path}/options/{index++}";
            if (!check.Object(option, at, "text", "value", "description", withUrl ? "url" : "value"))
            {
                continue;
            }

            check.Text(option, at, "text", 75, plainOnly, required: true);
            // Slack's own type packages disagree (75 or 150); the smaller one is safe with both.
            check.String(option, at, "value", 75, required: true);
            check.Text(option, at, "description", 75, plainOnly);
            if (withUrl)
            {
                check.Url(option, at, "url");
            }
        }
    }

    private static void Confirm(BlockKitChecker check, JsonElement owner, string path)
    {
        if (!owner.TryGetProperty("confirm", out var confirm))
        {
            return;
        }

        var at = $"{path}/confirm";
        if (!check.Object(confirm, at, "title", "text", "confirm", "deny", "style"))
        {
            return;
        }

        check.Text(confirm, at, "title", 100, plainOnly: true, required: true);
        check.Text(confirm, at, "text", 300, required: true);
        check.Text(confirm, at, "confirm", 30, plainOnly: true, required: true);
        check.Text(confirm, at, "deny", 30, plainOnly: true, required: true);
        check.OneOf(confirm, at, "style", "primary", "danger");
    }

    private static void ActionId(BlockKitChecker check, JsonElement element, string path, ISet<string> actionIds)
    {
        if (check.String(element, path, "action_id", IdMax) is { } id && !actionIds.Add(id))
        {
            check.Fail($"{path}/action_id", $"`action_id` \"{id}\" already exists for another element of this block");
        }
    }
}
