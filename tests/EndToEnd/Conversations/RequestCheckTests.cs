using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>Requests that are not Slack's, or not meant for this installation: refused before anything is read.</summary>
public sealed class RequestCheckTests(RequestCheckTests.WaitingRelease release)
    : IClassFixture<RequestCheckTests.WaitingRelease>
{
    private static readonly Dictionary<string, (SlackForgery Forgery, int Status)> forgeries = new()
    {
        ["signed with another secret"] = (new SlackForgery { SigningSecret = new string('0', 32) }, 401),
        ["without a signature"] = (new SlackForgery { OmitSignature = true }, 401),
        ["changed after it was signed"] = (new SlackForgery { TamperBody = true }, 401),
        ["six minutes old"] = (new SlackForgery { TimestampOffset = TimeSpan.FromMinutes(-6) }, 401),
        ["from the future"] = (new SlackForgery { TimestampOffset = TimeSpan.FromMinutes(6) }, 401),
        ["with a time that is none"] = (new SlackForgery { Timestamp = "yesterday" }, 401),
        ["from another workspace"] = (new SlackForgery { TeamId = "T0OTHER" }, 403),
        ["for another app"] = (new SlackForgery { AppId = "A0OTHER" }, 403),
    };

    public static TheoryData<string> Forgeries => [.. forgeries.Keys];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_command_is_refused_that_is(string wrong)
    {
        var (forgery, status) = forgeries[wrong];

        var reply = await release.World.TypeAsync(Alice, "/promote my-app", forgery);

        reply.Status.ShouldBe(status);
        release.World.Patches().ShouldBeEmpty();
        (await release.World.AuditAsync()).ShouldNotContain(entry => entry.From == "slack");
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_button_is_refused_that_is(string wrong)
    {
        var (forgery, status) = forgeries[wrong];

        var reply = await release.World.PressAsync(Alice, CardActions.Promote, forgery: forgery);

        reply.Status.ShouldBe(status);
        release.World.Patches().ShouldBeEmpty();
        (await release.World.AuditAsync()).ShouldNotContain(entry => entry.From == "slack");
    }

    [Fact]
    public async Task Without_a_signing_secret_everything_from_slack_is_refused()
    {
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                Settings = new Dictionary<string, string?> { ["Devflow:Slack:SigningSecrets:0"] = null },
            }
        );

        (await world.TypeAsync(Alice, "/promote my-app")).Status.ShouldBe(401);
        (await world.TypeAsync(Alice, "/devflow help", new SlackForgery { SigningSecret = "" })).Status.ShouldBe(401);
        (await world.SendPayloadAsync("{}")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Without_a_team_in_the_configuration_nobody_is_answered()
    {
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions { Settings = new Dictionary<string, string?> { ["Devflow:Slack:Teams:0"] = null } }
        );

        (await world.TypeAsync(Alice, "/devflow help")).Status.ShouldBe(403);
    }

    public sealed class WaitingRelease : IAsyncLifetime
    {
        internal ReleaseWorld World { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            World = await ReleaseWorld.StartAsync();
            await World.ReadyAsync();
            await World.WhenToldAsync();
        }

        public ValueTask DisposeAsync() => World.DisposeAsync();
    }
}
