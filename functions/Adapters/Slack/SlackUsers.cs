using System.Text.Json;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.Slack;

/// <summary>Reads <c>users.info</c> (https://docs.slack.dev/reference/objects/user-object).</summary>
internal static class SlackUsers
{
    /// <param name="teams">Workspaces whose members are no strangers.</param>
    public static SlackAnswer<SlackAccount> Account(SlackAnswer<JsonElement> answer, IReadOnlyList<string> teams) =>
        answer switch
        {
            // The two errors for an account that is none of this workspace's.
            SlackAnswer<JsonElement>.Fault(
                { Kind: SlackFaultKind.Refused, Error: "user_not_found" or "user_not_visible" }
            ) => new SlackAnswer<SlackAccount>.Ok(SlackAccount.Stranger),
            SlackAnswer<JsonElement>.Fault(var why) => new SlackAnswer<SlackAccount>.Fault(why),
            SlackAnswer<JsonElement>.Ok(var body)
                when body.TryGetProperty("user", out var user)
                    && user.ValueKind == JsonValueKind.Object
                    && Text(user, "id") is not null => new SlackAnswer<SlackAccount>.Ok(Kind(user, teams)),
            _ => new SlackAnswer<SlackAccount>.Fault(
                new SlackFault(SlackFaultKind.Unavailable, "The answer lacks what was asked.")
            ),
        };

    private static SlackAccount Kind(JsonElement user, IReadOnlyList<string> teams) =>
        Is(user, "deleted") ? SlackAccount.Deactivated
        : Is(user, "is_bot") || Is(user, "is_workflow_bot") ? SlackAccount.Bot
        : Is(user, "is_restricted") || Is(user, "is_ultra_restricted") ? SlackAccount.Guest
        : Is(user, "is_stranger") || !IsOf(user, teams) ? SlackAccount.Stranger
        : SlackAccount.Member;

    // In an organisation of several workspaces team_id is one of them; enterprise_user names them all.
    private static bool IsOf(JsonElement user, IReadOnlyList<string> teams) =>
        teams.Count == 0
        || (Text(user, "team_id") is { } team && teams.Contains(team))
        || (
            user.TryGetProperty("enterprise_user", out var organisation)
            && organisation.ValueKind == JsonValueKind.Object
            && organisation.TryGetProperty("teams", out var all)
            && all.ValueKind == JsonValueKind.Array
            && all.EnumerateArray().Any(id => id.ValueKind == JsonValueKind.String && teams.Contains(id.GetString()))
        );

    private static bool Is(JsonElement user, string flag) =>
        user.TryGetProperty(flag, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}
