using System.Text;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>
/// Texts of others in image names, messages of pods, reasons and names: shown as text and short, on a card that Slack
/// takes. The stand-in refuses what Slack would refuse.
/// </summary>
public sealed class HostileTextTests
{
    private const string Evil = "U05EVIL";

    private static readonly IReadOnlyDictionary<string, string> texts = new Dictionary<string, string>
    {
        ["markup"] =
            "<!channel> <!here> <@U01ALICE> <https://evil.example|click> &lt; *b* _i_ ~s~ `c` ```pre``` :tada:",
        ["control"] = "a\0b\u0007c\r\nd\u001b[31m\u007f\u0085\u2028\u2029e",
        ["bidi"] = "\u202Etxt.exe\u2066\u200B\u200F\uFEFF done",
        ["long"] = new string('x', 100_000),
        ["ampersands"] = new string('&', 50_000),
        ["mentions"] = string.Concat(Enumerable.Repeat("<!channel>", 10_000)),
        ["rockets"] = string.Concat(Enumerable.Repeat("🚀", 10_000)),
        ["quotes"] = "\"}],\"blocks\":[{\"type\":\"image\"}] \\ ' {{secrets}} ${x}",
    };

    private static readonly IReadOnlyList<WorldApp> apps =
    [
        .. texts.Keys.Select(name => new WorldApp(name) { More = "rollback: { by: [platform, oncall] }" }),
    ];

    [Fact]
    public async Task In_the_name_of_an_image()
    {
        await using var world = await StartAsync();

        await ForEachAsync(
            async (app, text) =>
            {
                world.ChangeRollout(
                    rollout => ReleaseWorld.Container(rollout)["image"] = "registry.example.com/x:" + text,
                    app
                );
                await world.WhenJobAsync(
                    job => job is { Source: JobSource.External, Status: JobStatus.AwaitingApproval },
                    $"the release with {app.Name} in its image",
                    app
                );
                await world.WhenToldAsync(app);
                (await world.TypeAsync(Alice, $"/devflow status {app.Name}", app: app)).Status.ShouldBe(200);
                (await world.TypeAsync(Alice, $"/promote {app.Name}", app: app)).Text.ShouldContain(
                    "who made this release"
                );
            }
        );

        (await world.TypeAsync(Alice, "/devflow jobs", app: apps[0])).Text.ShouldContain("waiting for approval");
        await ShouldAllBeWellAsync(world);
    }

    [Fact]
    public async Task In_what_a_pod_says()
    {
        await using var world = await StartAsync();

        await ForEachAsync(
            async (app, text) =>
            {
                var job = await world.ReadyAsync(app: app);
                world.Controller.BreakPods(Namespace, job.Release!.Hash.ToString());
                await world.Controller.WhenIdleAsync();
                foreach (var pod in world.Objects.List(Resources.Pod, Namespace).Items)
                {
                    var name = pod["metadata"]!["name"]!.GetValue<string>();
                    if (name.Contains(job.Release.Hash.ToString(), StringComparison.Ordinal))
                    {
                        world.Objects.Update(Resources.Pod, Namespace, name, it => Says(it, text));
                    }
                }

                await world.HintAsync(app);
                await world.WhenJobAsync(it => it.Trouble.Length > 0, $"the trouble with {app.Name}", app);
                await world.WhenToldAsync(app);
                (await world.TypeAsync(Alice, $"/promote {app.Name}", app: app)).Text.ShouldStartWith(
                    "The preview is not healthy (CrashLoopBackOff"
                );
            }
        );

        await ShouldAllBeWellAsync(world);
    }

    [Fact]
    public async Task In_the_reason_of_a_lock_or_a_rollback_and_in_the_name_of_who_gives_it()
    {
        await using var world = await StartAsync();
        var name = texts["markup"];
        world.Workspace.Put(new SlackUser(Evil, name));
        world.Workspace.Put(new SlackUserGroup(OnCall, "oncall", [Dora, Evil]));

        await ForEachAsync(
            async (app, text) =>
            {
                await world.ReadyAsync(app: app);
                (await world.TypeAsync(Alice, $"/devflow lock {app.Name} {text}", app: app)).Text.ShouldStartWith(
                    $"alice locked {app.Name} production: "
                );
                (await world.TypeAsync(Bob, $"/promote {app.Name}", app: app)).Text.ShouldStartWith(
                    "Locked by alice ("
                );
                (await world.TypeAsync(Evil, $"/rollback {app.Name} {text}", app: app)).Text.ShouldContain(
                    " rolls back v2 to v1: abort the update"
                );
                await world.WhenAsync("v2", JobStatus.RolledBack, app);
                await world.WhenToldAsync(app);
            }
        );

        await ShouldAllBeWellAsync(world);
    }

    [Fact]
    public async Task In_the_name_of_an_app_that_somebody_types()
    {
        await using var world = await StartAsync();

        await ForEachAsync(
            async (app, text) =>
            {
                foreach (
                    var command in new[] { "/promote", "/rollback", "/devflow", "/devflow status", "/devflow lock" }
                )
                {
                    var reply = await world.TypeAsync(Alice, $"{command} {text}", app: app);
                    reply.Status.ShouldBe(200);
                }
            }
        );

        await ShouldAllBeWellAsync(world);
    }

    private static async Task<ReleaseWorld> StartAsync()
    {
        var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = apps });
        await world.WhenSeenAsync();
        return world;
    }

    private static Task ForEachAsync(Func<WorldApp, string, Task> act) =>
        Task.WhenAll(apps.Select(app => act(app, texts[app.Name])));

    private static System.Text.Json.Nodes.JsonObject Says(System.Text.Json.Nodes.JsonObject pod, string text)
    {
        pod["status"]!["containerStatuses"]![0]!["state"]!["waiting"]!["message"] = text;
        return pod;
    }

    private static async Task ShouldAllBeWellAsync(ReleaseWorld world)
    {
        foreach (var app in apps)
        {
            (await world.JobAsync(app))!.Card.Problem.ShouldBe("", app.Name);
            foreach (var message in world.Workspace.Messages(app.Channel))
            {
                ShouldBeHarmless(message.Content);
            }
        }

        foreach (var whisper in world.Workspace.Ephemerals())
        {
            ShouldBeHarmless(whisper.Content);
        }

        world.Slack.Log.Ends.ShouldAllBe(end => end.Error == null || end.Error == "ratelimited");
    }

    /// <summary>Nobody is mentioned, nothing is a link of theirs, nothing hides or turns text around, nothing is endless.</summary>
    private static void ShouldBeHarmless(SlackContent content)
    {
        var markup = SlackTexts.MarkupOf(content);
        foreach (var mark in new[] { "<!channel", "<!here", "<@", "<http", "```" })
        {
            markup.ShouldNotContain(mark);
        }

        var all = content.Text + SlackTexts.Of(content);
        all.Length.ShouldBeLessThan(2 * 14_000);
        all.EnumerateRunes().ShouldNotContain(rune => IsHarmful(rune));
    }

    private static bool IsHarmful(Rune rune) =>
        (Rune.IsControl(rune) && rune.Value != '\n')
        || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200B or 0x200F or 0xFEFF or 0xFFFD
        || rune.Value is 0x2028 or 0x2029;
}
