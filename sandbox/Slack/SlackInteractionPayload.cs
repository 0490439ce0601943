using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>Where and by whom a button was pressed.</summary>
internal sealed record SlackPressOrigin(
    SlackUser User,
    SlackChannel Channel,
    string Ts,
    string? ThreadTs,
    bool IsEphemeral
);

/// <summary>Payloads of interactivity. See https://docs.slack.dev/reference/interaction-payloads/block_actions-payload.</summary>
internal static class SlackInteractionPayload
{
    /// <param name="workspace">Names and ids.</param>
    /// <param name="origin">Who pressed where.</param>
    /// <param name="button">What was pressed.</param>
    /// <param name="message">The message as that person saw it; absent for ephemeral ones, as in Slack.</param>
    /// <param name="triggerId">Fresh trigger id.</param>
    /// <param name="responseUrl">Fresh response URL.</param>
    /// <param name="actionTs">Moment of the press.</param>
    /// <param name="forgery">What is wrong on purpose.</param>
    public static JsonObject BlockActions(
        SlackWorkspace workspace,
        SlackPressOrigin origin,
        SlackButton button,
        SlackMessage? message,
        string triggerId,
        Uri responseUrl,
        string actionTs,
        SlackForgery forgery
    )
    {
        var installation = workspace.Installation;
        var team = forgery.TeamId ?? installation.TeamId;
        var action = SlackJson.Node(button.Element)!.AsObject();
        action["block_id"] = button.BlockId;
        action["action_ts"] = actionTs;
        var container = new JsonObject
        {
            ["type"] = "message",
            ["message_ts"] = origin.Ts,
            ["channel_id"] = origin.Channel.Id,
            ["is_ephemeral"] = origin.IsEphemeral,
        };
        if (origin.ThreadTs is not null)
        {
            container["thread_ts"] = origin.ThreadTs;
        }

        var payload = new JsonObject
        {
            ["type"] = "block_actions",
            ["user"] = new JsonObject
            {
                ["id"] = origin.User.Id,
                ["username"] = origin.User.Name,
                ["name"] = origin.User.Name,
                ["team_id"] = team,
            },
            ["api_app_id"] = forgery.AppId ?? installation.AppId,
            ["token"] = installation.VerificationToken,
            ["container"] = container,
            ["trigger_id"] = triggerId,
            ["team"] = new JsonObject { ["id"] = team, ["domain"] = installation.TeamDomain },
            ["enterprise"] = null,
            ["is_enterprise_install"] = false,
            ["channel"] = new JsonObject
            {
                ["id"] = origin.Channel.Id,
                ["name"] = origin.Channel.IsPrivate ? "privategroup" : origin.Channel.Name,
            },
            ["state"] = new JsonObject { ["values"] = new JsonObject() },
            ["response_url"] = responseUrl.ToString(),
            ["actions"] = new JsonArray(action),
        };
        if (message is not null)
        {
            payload["message"] = SlackJson.Message(workspace, message, withMetadata: true);
        }

        return payload;
    }
}
