using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

/// <summary>The Slack app, held to Slack's manifest schema (v1) and to what the service serves.</summary>
public sealed class SlackManifestTests
{
    private const string CommandsUrl = "https://devflow.example.com/slack/commands";
    private const string InteractionsUrl = "https://devflow.example.com/slack/interactions";

    private static readonly string[] Commands = ["/promote", "/rollback", "/devflow"];

    private static readonly string[] Scopes =
    [
        "commands",
        "chat:write",
        "channels:history",
        "groups:history",
        "users:read",
        "usergroups:read",
    ];

    private static readonly JsonNode Manifest = YamlDocuments.Parse(RepositoryFiles.Read("deploy/slack-app.yaml"));

    private static JsonArray SlashCommands => Manifest["features"]!["slash_commands"]!.AsArray();

    [Fact]
    public void The_commands_are_the_ones_that_the_service_answers()
    {
        SlashCommands.Select(command => Text(command, "command")).ShouldBe(Commands);
        SlashCommands.ShouldAllBe(command => Text(command, "url") == CommandsUrl);
    }

    [Fact]
    public void Commands_arrive_as_they_were_typed() =>
        SlashCommands.ShouldAllBe(command => !command!["should_escape"]!.GetValue<bool>());

    [Fact]
    public void Buttons_lead_to_the_service_over_http()
    {
        var settings = Manifest["settings"]!;

        settings["interactivity"]!["is_enabled"]!.GetValue<bool>().ShouldBeTrue();
        Text(settings["interactivity"], "request_url").ShouldBe(InteractionsUrl);
        settings["socket_mode_enabled"]!.GetValue<bool>().ShouldBeFalse();
        settings["event_subscriptions"].ShouldBeNull();
    }

    [Fact]
    public void It_asks_for_these_scopes_and_no_more()
    {
        var oauth = Manifest["oauth_config"]!["scopes"]!.AsObject();

        oauth.Select(pair => pair.Key).ShouldBe(["bot"]);
        oauth["bot"]!.AsArray().Select(scope => scope!.GetValue<string>()).ShouldBe(Scopes, ignoreOrder: true);
    }

    [Fact]
    public void Texts_keep_slacks_limits()
    {
        var display = Manifest["display_information"]!;

        Text(display, "name").Length.ShouldBeInRange(1, 35);
        Text(display, "description").Length.ShouldBeInRange(1, 140);
        Text(display, "long_description").Length.ShouldBeInRange(175, 4000);
        Text(Manifest["features"]!["bot_user"], "display_name").Length.ShouldBeInRange(1, 80);
        SlashCommands.Count.ShouldBeInRange(1, 50);
        foreach (var command in SlashCommands)
        {
            Text(command, "command").Length.ShouldBeInRange(2, 32);
            Text(command, "command").ShouldStartWith("/");
            Text(command, "description").ShouldNotBeEmpty();
            Text(command, "url").Length.ShouldBeLessThanOrEqualTo(3000);
        }
    }

    [Fact]
    public void It_has_no_part_that_the_schema_lacks() =>
        Manifest
            .AsObject()
            .Select(pair => pair.Key)
            .ShouldBe(["display_information", "features", "oauth_config", "settings"]);

    private static string Text(JsonNode? parent, string key) => parent![key]!.GetValue<string>();
}
