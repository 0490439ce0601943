using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

public sealed partial class RolloutNotificationTests
{
    /// <summary>Every event of a blue/green release, and the one of a canary's step.</summary>
    private static readonly string[] Events =
    [
        "on-rollout-updated",
        "on-rollout-not-completed",
        "on-new-replica-set-created",
        "on-scaling-replica-set",
        "on-replica-set-create-error",
        "on-switch-service",
        "on-rollout-paused",
        "on-rollout-resumed",
        "on-rollout-completed",
        "on-rollout-aborted",
        "on-rollout-deleted",
        "on-analysis-run-running",
        "on-analysis-run-successful",
        "on-analysis-run-failed",
        "on-analysis-run-error",
        "on-analysis-run-inconclusive",
        "on-rollout-step-completed",
    ];

    /// <summary>
    /// Fires for every Rollout at each start of the controller, in the handler that feeds its queue: with the service
    /// away, the tries would hold up the controller.
    /// </summary>
    private const string LeftOut = "on-rollout-added-to-informer";

    private static readonly NotificationConfig Config = NotificationConfig.ArgoRollouts();

    public static TheoryData<string> Triggers => [.. Config.Triggers];

    public static TheoryData<string> HostileTexts => [.. NotificationPayloads.HostileTexts];

    [Fact]
    public void The_controller_finds_it_by_its_name() => Config.Name.ShouldBe("argo-rollouts-notification-configmap");

    [Fact]
    public void Every_event_of_a_release_has_a_trigger() => Config.Triggers.ShouldBe(Events, ignoreOrder: true);

    [Fact]
    public void Every_trigger_that_was_recorded_is_there() =>
        NotificationPayloads.Recorded().ShouldAllBe(payload => Config.Triggers.Contains(payload.Trigger));

    [Fact]
    public void Every_recorded_event_on_a_rollout_has_a_trigger_but_the_one_of_the_controllers_start()
    {
        var recorded = NotificationPayloads.RecordedReasons().Select(TriggerOf).ToArray();

        recorded.ShouldContain("on-switch-service");
        recorded.Except(Config.Triggers).ShouldBe([LeftOut]);
    }

    [Theory]
    [MemberData(nameof(Triggers))]
    public void A_trigger_always_fires_and_sends_one_template_of_its_own(string trigger)
    {
        var condition = Config.Conditions(trigger).ShouldHaveSingleItem()!.AsObject();

        condition.Select(pair => pair.Key).ShouldBe(["send"]);
        Config.Sent(trigger).ShouldBe(["devflow-" + trigger["on-".Length..]]);
        Config.Templates.ShouldContain(Config.Sent(trigger)[0]);
    }

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
    [MemberData(nameof(Triggers))]
    public void Every_recorded_rollout_renders_to_the_contract(string trigger)
    {
        foreach (var (_, rollout) in NotificationPayloads.Recorded())
        {
            var body = Rendered(trigger, rollout);

            body["event"]!.GetValue<string>().ShouldBe(trigger);
            Same(body["kind"], rollout["kind"]);
            var metadata = rollout["metadata"]!;
            body["namespace"]!.GetValue<string>().ShouldBe(metadata["namespace"]!.GetValue<string>());
            body["name"]!.GetValue<string>().ShouldBe(metadata["name"]!.GetValue<string>());
            body["uid"]!.GetValue<string>().ShouldBe(metadata["uid"]!.GetValue<string>());
            Same(body["owners"], null);
            body.Select(pair => pair.Key).ShouldBe(["event", "kind", "namespace", "name", "uid", "owners"]);
        }
    }

    [Fact]
    public void The_recordings_hold_rollouts_with_and_without_a_kind()
    {
        var kinds = NotificationPayloads.Recorded().Select(p => p.Rollout["kind"]?.GetValue<string>()).Distinct();

        kinds.ShouldBe(["Rollout", null], ignoreOrder: true);
    }

    [Theory]
    [InlineData("on-analysis-run-failed")]
    [InlineData("on-analysis-run-error")]
    [InlineData("on-analysis-run-successful")]
    [InlineData("on-analysis-run-inconclusive")]
    public void An_analysis_run_names_its_rollout_as_owner(string trigger)
    {
        var body = Rendered(trigger, NotificationPayloads.AnalysisRun());

        body["kind"].ShouldBeNull();
        body["name"]!.GetValue<string>().ShouldBe("storefront-6b7f9d-2-pre");
        var owner = body["owners"]!.AsArray().ShouldHaveSingleItem()!;
        owner["kind"]!.GetValue<string>().ShouldBe("Rollout");
        owner["name"]!.GetValue<string>().ShouldBe("storefront");
        owner["uid"]!.GetValue<string>().ShouldBe("2ec26917-6414-4365-a5d5-76d4f7fabdb2");
    }

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void Whatever_a_name_contains_the_body_is_json_and_says_just_that(string text)
    {
        foreach (var trigger in Config.Triggers)
        {
            var body = Rendered(trigger, NotificationPayloads.Named(text));

            body["event"]!.GetValue<string>().ShouldBe(trigger);
            body["kind"]!.GetValue<string>().ShouldBe(text);
            body["namespace"]!.GetValue<string>().ShouldBe(text);
            body["name"]!.GetValue<string>().ShouldBe(text);
            body["uid"]!.GetValue<string>().ShouldBe(text);
            body["owners"]![0]!["name"]!.GetValue<string>().ShouldBe(text);
        }
    }

    [Fact]
    public void What_would_be_posted_is_json_that_names_its_event()
    {
        var rendered = RenderedNotification.RenderedNotifications().ToArray();

        rendered.Select(notification => notification.Event).Distinct().ShouldBe(Events, ignoreOrder: true);
        rendered.ShouldAllBe(n => JsonNode.Parse(n.Body, null, default)!["event"]!.GetValue<string>() == n.Event);
    }

    private static JsonObject Rendered(string trigger, JsonObject rollout) =>
        JsonNode.Parse(RenderedNotification.Render(Config, Config.Sent(trigger)[0], "rollout", rollout))!.AsObject();

    private static void Same(JsonNode? actual, JsonNode? expected) =>
        JsonNode.DeepEquals(actual, expected).ShouldBeTrue($"{actual} is not {expected}");

    private static IEnumerable<string> Texts(JsonNode? list) => list!.AsArray().Select(t => t!.GetValue<string>());

    /// <summary>RolloutPaused → on-rollout-paused, as the controller does it.</summary>
    private static string TriggerOf(string reason) =>
        "on-" + LowerThenUpper().Replace(UpperThenWord().Replace(reason, "$1-$2"), "$1-$2").ToLowerInvariant();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex UpperThenWord();

    [GeneratedRegex("([a-z0-9])([A-Z])")]
    private static partial Regex LowerThenUpper();
}
