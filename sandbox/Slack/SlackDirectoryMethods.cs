using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary><c>auth.test</c>, <c>users.*</c>, <c>usergroups.*</c> and <c>views.open</c>.</summary>
internal sealed class SlackDirectoryMethods(SlackWorkspace workspace, SlackTriggers triggers)
{
    public IEnumerable<SlackMethod> All() =>
        [
            SlackMethod.Define("auth.test", "", SlackRate.PerMinute(200), json: true, "", _ => AuthTest()),
            SlackMethod.Define(
                "users.info",
                "users:read",
                SlackRate.Tier4,
                json: false,
                "user include_locale",
                UserInfo
            ),
            SlackMethod.Define(
                "usergroups.list",
                "usergroups:read",
                SlackRate.Tier2,
                json: false,
                "include_disabled include_users include_count team_id",
                GroupList
            ),
            SlackMethod.Define(
                "usergroups.users.list",
                "usergroups:read",
                SlackRate.Tier2,
                json: false,
                "usergroup include_disabled team_id",
                GroupUsers
            ),
            SlackMethod.Define(
                "views.open",
                "",
                SlackRate.Tier4,
                json: true,
                "trigger_id interactivity_pointer view",
                OpenView
            ),
        ];

    private SlackReply AuthTest() =>
        SlackReply.Ok(
            new JsonObject
            {
                ["url"] = $"https://{workspace.Installation.TeamDomain}.slack.com/",
                ["team"] = workspace.Installation.TeamDomain,
                ["user"] = workspace.Installation.BotName,
                ["team_id"] = workspace.Installation.TeamId,
                ["user_id"] = workspace.Installation.BotUserId,
                ["bot_id"] = workspace.Installation.BotId,
                ["is_enterprise_install"] = false,
            }
        );

    private SlackReply UserInfo(SlackArguments arguments)
    {
        var user = workspace.FindUser(arguments.Required("user")) ?? throw new SlackRefusal("user_not_found");
        return SlackReply.Ok(new JsonObject { ["user"] = SlackJson.User(workspace, user) });
    }

    private SlackReply GroupList(SlackArguments arguments)
    {
        RequirePaidPlan();
        var withUsers = arguments.Flag("include_users");
        var groups = workspace
            .Groups.Where(g => !g.Disabled || arguments.Flag("include_disabled"))
            .Select(g =>
            {
                var json = new JsonObject
                {
                    ["id"] = g.Id,
                    ["team_id"] = workspace.Installation.TeamId,
                    ["is_usergroup"] = true,
                    ["name"] = g.Handle,
                    ["handle"] = g.Handle,
                    ["date_delete"] = g.Disabled ? 1 : 0,
                };
                if (withUsers)
                {
                    json["users"] = Ids(g.Members);
                }

                if (arguments.Flag("include_count"))
                {
                    json["user_count"] = g.Members.Count;
                }

                return json;
            });
        return SlackReply.Ok(new JsonObject { ["usergroups"] = new JsonArray([.. groups]) });
    }

    private SlackReply GroupUsers(SlackArguments arguments)
    {
        RequirePaidPlan();
        var group = workspace.FindGroup(arguments.Required("usergroup"));
        return group is null || (group.Disabled && !arguments.Flag("include_disabled"))
            ? throw new SlackRefusal("no_such_subteam")
            : SlackReply.Ok(new JsonObject { ["users"] = Ids(group.Members) });
    }

    private SlackReply OpenView(SlackArguments arguments)
    {
        var trigger = arguments.Text("interactivity_pointer") ?? arguments.Required("trigger_id");
        if (arguments.Structure("view", "invalid_arguments") is not { } view)
        {
            throw new SlackRefusal(SlackReply.InvalidArguments("missing required field: view"));
        }

        if (Encoding.UTF8.GetByteCount(view.GetRawText()) > BlockKitRules.ViewBytesMax)
        {
            throw new SlackRefusal("view_too_large");
        }

        if (BlockKitRules.CheckView(view) is { Count: > 0 } faults)
        {
            throw new SlackRefusal(SlackReply.Error("invalid_arguments", faults));
        }

        RequireFreshExternalId(view);
        var opened = workspace.OpenView(triggers.Exchange(trigger), view);
        var json = SlackJson.Node(opened.View)!.AsObject();
        json["id"] = opened.Id;
        json["team_id"] = workspace.Installation.TeamId;
        json["app_id"] = workspace.Installation.AppId;
        json["bot_id"] = workspace.Installation.BotId;
        json["root_view_id"] = opened.Id;
        json["hash"] = opened.Id;
        return SlackReply.Ok(new JsonObject { ["view"] = json });
    }

    private void RequireFreshExternalId(JsonElement view)
    {
        if (
            view.TryGetProperty("external_id", out var id)
            && id.GetString() is { Length: > 0 } external
            && workspace.Views.Any(v =>
                v.View.TryGetProperty("external_id", out var known) && known.ValueEquals(external)
            )
        )
        {
            throw new SlackRefusal("duplicate_external_id");
        }
    }

    private void RequirePaidPlan()
    {
        if (!workspace.IsPaidPlan)
        {
            throw new SlackRefusal("plan_upgrade_required");
        }
    }

    private static JsonArray Ids(IEnumerable<string> ids) => new([.. ids.Select(id => JsonValue.Create(id))]);
}
