using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>Shows the emoji names that release messages use; others stay as they are written.</summary>
internal static partial class SlackEmoji
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["white_check_mark"] = "✅",
        ["heavy_check_mark"] = "✔️",
        ["x"] = "❌",
        ["no_entry"] = "⛔",
        ["no_entry_sign"] = "🚫",
        ["warning"] = "⚠️",
        ["rocket"] = "🚀",
        ["hourglass"] = "⌛",
        ["hourglass_flowing_sand"] = "⏳",
        ["large_green_circle"] = "🟢",
        ["large_blue_circle"] = "🔵",
        ["large_yellow_circle"] = "🟡",
        ["red_circle"] = "🔴",
        ["white_circle"] = "⚪",
        ["black_circle"] = "⚫",
        ["large_orange_circle"] = "🟠",
        ["rewind"] = "⏪",
        ["leftwards_arrow_with_hook"] = "↩️",
        ["arrows_counterclockwise"] = "🔄",
        ["lock"] = "🔒",
        ["unlock"] = "🔓",
        ["snowflake"] = "❄️",
        ["raised_hand"] = "✋",
        ["eyes"] = "👀",
        ["bell"] = "🔔",
        ["rotating_light"] = "🚨",
        ["double_vertical_bar"] = "⏸️",
        ["fast_forward"] = "⏩",
        ["tada"] = "🎉",
        ["information_source"] = "ℹ️",
        ["question"] = "❓",
    };

    public static string Show(string text) =>
        Name().Replace(text, match => Known.GetValueOrDefault(match.Groups[1].Value, match.Value));

    [GeneratedRegex(":([a-z0-9_+-]{1,40}):")]
    private static partial Regex Name();
}
