using System.Text.Json;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.Slack;

/// <summary>Reads <c>users.info</c> (https://docs.slack.dev/reference/objects/user-object).</summary>
internal static class SlackUsers
{
    /// <summary>The display name, or why this account may not act: it is deactivated, a bot, a guest, or of another workspace.</summary>
    public static SlackAnswer<string> Name(JsonElement body)
    {
        if (!body.TryGetProperty("user", out var user) || user.ValueKind != JsonValueKind.Object)
        {
            return Fault(SlackFaultKind.Unavailable, "The answer lacks what was asked.");
        }

        if (Is(user, "deleted"))
        {
            return Fault(SlackFaultKind.Refused, "user_deactivated");
        }

        if (Is(user, "is_bot") || Is(user, "is_workflow_bot"))
        {
            return Fault(SlackFaultKind.Refused, "user_is_bot");
        }

        if (Is(user, "is_restricted") || Is(user, "is_ultra_restricted"))
        {
            return Fault(SlackFaultKind.Refused, "user_is_guest");
        }

        if (Is(user, "is_stranger"))
        {
            return Fault(SlackFaultKind.Refused, "user_is_stranger");
        }

        var shown =
            user.TryGetProperty("profile", out var profile) && profile.ValueKind == JsonValueKind.Object
                ? Text(profile, "display_name") ?? Text(profile, "real_name")
                : null;
        return (shown ?? Text(user, "real_name") ?? Text(user, "name") ?? Text(user, "id")) is { } name
            ? new SlackAnswer<string>.Ok(name)
            : Fault(SlackFaultKind.Unavailable, "The answer lacks what was asked.");
    }

    private static bool Is(JsonElement user, string flag) =>
        user.TryGetProperty(flag, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static SlackAnswer<string> Fault(SlackFaultKind kind, string error) =>
        new SlackAnswer<string>.Fault(new SlackFault(kind, error));
}
