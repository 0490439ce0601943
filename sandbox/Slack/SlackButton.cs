using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>The dialog that Slack shows before a press counts.</summary>
/// <param name="Title">Heading, plain text.</param>
/// <param name="Text">Question, plain text or mrkdwn.</param>
/// <param name="Confirm">Label of the button that goes on.</param>
/// <param name="Deny">Label of the button that does not.</param>
public sealed record SlackConfirmation(string Title, string Text, string Confirm, string Deny);

/// <summary>A button of a message.</summary>
/// <param name="BlockId">Block it is in.</param>
/// <param name="ActionId">Its action.</param>
/// <param name="Text">Its label.</param>
/// <param name="Value">What is sent with a press.</param>
/// <param name="Style"><c>primary</c>, <c>danger</c> or <see langword="null"/>.</param>
/// <param name="Confirmation">Dialog before the press counts, if any.</param>
/// <param name="Element">The element as JSON.</param>
public sealed record SlackButton(
    string BlockId,
    string ActionId,
    string Text,
    string? Value,
    string? Style,
    SlackConfirmation? Confirmation,
    JsonElement Element
)
{
    /// <summary>All buttons of a message in the order shown: of actions blocks and section accessories.</summary>
    public static IReadOnlyList<SlackButton> In(SlackContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.Blocks is { } blocks ? [.. blocks.EnumerateArray().SelectMany(InBlock)] : [];
    }

    private static IEnumerable<SlackButton> InBlock(JsonElement block)
    {
        var blockId = block.GetProperty("block_id").GetString()!;
        IEnumerable<JsonElement> elements = block.GetProperty("type").GetString() switch
        {
            "actions" => block.GetProperty("elements").EnumerateArray(),
            "section" when block.TryGetProperty("accessory", out var accessory) => [accessory],
            _ => [],
        };
        return elements.Where(e => e.GetProperty("type").ValueEquals("button")).Select(e => Read(blockId, e));
    }

    private static SlackButton Read(string blockId, JsonElement button) =>
        new(
            blockId,
            button.GetProperty("action_id").GetString()!,
            button.GetProperty("text").GetProperty("text").GetString()!,
            Member(button, "value"),
            Member(button, "style"),
            button.TryGetProperty("confirm", out var confirm)
                ? new SlackConfirmation(
                    Inner(confirm, "title"),
                    Inner(confirm, "text"),
                    Inner(confirm, "confirm"),
                    Inner(confirm, "deny")
                )
                : null,
            button
        );

    private static string? Member(JsonElement owner, string key) =>
        owner.TryGetProperty(key, out var value) ? value.GetString() : null;

    private static string Inner(JsonElement owner, string key) =>
        owner.GetProperty(key).GetProperty("text").GetString()!;
}
