using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

public sealed class ArgoCdNotificationTests
{
    private static readonly string[] Events =
    [
        "on-sync-running",
        "on-sync-succeeded",
        "on-sync-failed",
        "on-sync-status-unknown",
        "on-out-of-sync",
        "on-health-progressing",
        "on-health-suspended",
        "on-health-degraded",
        "on-deployed",
        "on-deleted",
    ];

    private static readonly NotificationConfig Config = NotificationConfig.ArgoCd();

    public static TheoryData<string> Triggers => [.. Config.Triggers];

    public static TheoryData<string> HostileTexts => [.. NotificationPayloads.HostileTexts];

    [Fact]
    public void The_controller_finds_it_by_its_name() => Config.Name.ShouldBe("argocd-notifications-cm");

    [Fact]
    public void Every_event_has_a_trigger_whose_name_is_not_in_argo_cds_catalog() =>
        Config.Triggers.ShouldBe(Events.Select(e => "devflow-" + e), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Triggers))]
    public void A_trigger_has_one_condition_and_is_sent_each_time_it_turns_true(string trigger)
    {
        var condition = Config.Conditions(trigger).ShouldHaveSingleItem()!.AsObject();

        condition.Select(pair => pair.Key).ShouldBe(["when", "send"], "with oncePer a failed message is lost");
        condition["when"]!.GetValue<string>().ShouldStartWith("app.");
        Config.Sent(trigger).ShouldBe([trigger.Replace("devflow-on-", "devflow-", StringComparison.Ordinal)]);
        Config.Templates.ShouldContain(Config.Sent(trigger)[0]);
    }

    [Fact]
    public void No_two_triggers_have_the_same_condition() =>
        Config.Triggers.Select(trigger => Config.Conditions(trigger)[0]!["when"]!.GetValue<string>()).ShouldBeUnique();

    [Fact]
    public void No_template_is_without_a_trigger() =>
        Config.Templates.ShouldBe(Config.Triggers.SelectMany(Config.Sent), ignoreOrder: true);

    [Fact]
    public void Every_trigger_has_a_default_subscription()
    {
        var subscription = Config.Subscriptions.ShouldHaveSingleItem()!;

        Texts(subscription["recipients"]).ShouldBe(["devflow"]);
        Texts(subscription["triggers"]).ShouldBe(Config.Triggers, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Triggers))]
    public void A_template_posts_and_nothing_else(string trigger)
    {
        var template = Config.Template(Config.Sent(trigger)[0]).AsObject();

        template.Select(pair => pair.Key).ShouldBe(["webhook"]);
        var webhook = template["webhook"]!["devflow"]!.AsObject();
        webhook.Select(pair => pair.Key).ShouldBe(["method", "body"], ignoreOrder: true);
        webhook["method"]!.GetValue<string>().ShouldBe("POST");
    }

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void Whatever_a_name_contains_the_body_is_json_and_says_just_that(string text)
    {
        foreach (var trigger in Config.Triggers)
        {
            var app = NotificationPayloads.Named(text);
            var body = JsonNode
                .Parse(RenderedNotification.Render(Config, Config.Sent(trigger)[0], "app", app))!
                .AsObject();

            body.Select(pair => pair.Key).ShouldBe(["event", "namespace", "name"]);
            ("devflow-" + body["event"]!.GetValue<string>()).ShouldBe(trigger);
            body["namespace"]!.GetValue<string>().ShouldBe(text);
            body["name"]!.GetValue<string>().ShouldBe(text);
        }
    }

    [Fact]
    public void What_would_be_posted_is_json_that_names_its_event()
    {
        var rendered = RenderedNotification.RenderedApplicationNotifications().ToArray();

        rendered.Select(notification => notification.Event).Distinct().ShouldBe(Events, ignoreOrder: true);
        rendered.ShouldAllBe(n => JsonNode.Parse(n.Body, null, default)!["event"]!.GetValue<string>() == n.Event);
    }

    private static IEnumerable<string> Texts(JsonNode? list) => list!.AsArray().Select(t => t!.GetValue<string>());
}
