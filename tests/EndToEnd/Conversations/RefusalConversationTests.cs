using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>What is refused, with the code in the audit and the sentence for the person; nothing is patched.</summary>
public sealed class RefusalConversationTests(RefusalConversationTests.ManyApps apps)
    : IClassFixture<RefusalConversationTests.ManyApps>
{
    private static readonly WorldApp web = new("web");
    private static readonly WorldApp owned = new("owned");
    private static readonly WorldApp found = new("found");
    private static readonly WorldApp quiet = new("quiet");
    private static readonly WorldApp locked = new("locked");
    private static readonly WorldApp frozen = new("frozen")
    {
        More = """
            freeze: [{ from: 2020-01-01, to: 2999-01-01, timeZone: Europe/Berlin, reason: the long weekend }]
            freezeOverride: { by: [bob] }
            """,
    };
    private static readonly WorldApp paused = new("paused");
    private static readonly WorldApp shop = new("shop");
    private static readonly WorldApp shopStaging = new("shop") { Environment = "staging" };
    private static readonly WorldApp strict = new("strict") { Promote = "{ by: [platform], full: { by: [bob] } }" };

    private readonly ReleaseWorld world = apps.World;

    [Fact]
    public async Task An_app_that_nobody_knows_with_a_suggestion()
    {
        var reply = await world.TypeAsync(Alice, "/promote quiett");

        reply.Status.ShouldBe(200);
        reply.Text.ShouldBe("I know no “quiett”; did you mean “quiet”?");
    }

    [Fact]
    public async Task An_app_that_nothing_resembles()
    {
        var reply = await world.TypeAsync(Alice, "/promote completely-else");

        reply.Text.ShouldBe("I know no “completely-else”; check the name, or add it to the catalog.");
        var entry = (await world.AuditAsync()).First(entry => entry.Saw == "completely-else");
        (entry.Who, entry.From, entry.Action, entry.Outcome).ShouldBe(("alice", "slack", "/promote", "not_found"));
    }

    [Fact]
    public async Task Two_environments_that_fit()
    {
        var reply = await world.TypeAsync(Alice, "/promote shop", app: shop);

        reply.Text.ShouldStartWith("More than one fits: ");
        reply.Text.ShouldContain("shop production");
        reply.Text.ShouldContain("shop staging");
    }

    [Fact]
    public async Task No_app_named_where_many_exist()
    {
        var reply = await world.TypeAsync(Alice, "/promote");

        reply.Text.ShouldStartWith("More than one fits: ");
        reply.Text.ShouldContain(" others");
    }

    [Fact]
    public async Task Somebody_who_may_not_be_they_in_the_catalog_or_not()
    {
        await world.ReadyAsync(app: web);

        foreach (var user in new[] { Carol, Dora })
        {
            var reply = await world.TypeAsync(user, "/promote web", app: web);

            reply.Text.ShouldBe("You may not promote here; ask somebody from platform.");
            (await OutcomeAsync(web)).ShouldBe("not_allowed");
        }

        world.Patches(web).ShouldBeEmpty();
    }

    [Fact]
    public async Task Ones_own_release()
    {
        await world.ReadyAsync(by: "alice", app: owned);

        var own = await world.TypeAsync(Alice, "/promote owned", app: owned);

        own.Text.ShouldBe("You asked for this release, so somebody else must approve it; ask platform.");
        (await OutcomeAsync(owned)).ShouldBe("self_approval");
        world.Patches(owned).ShouldBeEmpty();

        var others = await world.TypeAsync(Bob, "/promote owned", app: owned);
        others.Text.ShouldBe("bob promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded, owned);
        world.Patches(owned).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_release_of_which_nobody_knows_who_made_it()
    {
        world.Release("v2", found);
        await world.WhenAsync("v2", JobStatus.AwaitingApproval, found);

        var reply = await world.TypeAsync(Alice, "/promote found", app: found);

        reply.Text.ShouldStartWith("I do not know who made this release, so nobody can approve it;");
        (await OutcomeAsync(found)).ShouldBe("author_unknown");
        world.Patches(found).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_that_waits()
    {
        var reply = await world.TypeAsync(Alice, "/promote quiet", app: quiet);

        reply.Text.ShouldBe("Nothing of quiet production waits for approval; look at its status to see where it is.");
        (await OutcomeAsync(quiet)).ShouldBe("nothing_to_promote");
        (await world.TypeAsync(Alice, "/rollback quiet", app: quiet)).Text.ShouldStartWith(
            "quiet production has no earlier version"
        );
        (await OutcomeAsync(quiet)).ShouldBe("nothing_to_roll_back");
        (await world.TypeAsync(Alice, "/devflow retry quiet", app: quiet)).Text.ShouldStartWith(
            "Nothing of quiet production has failed or was aborted"
        );
        (await OutcomeAsync(quiet)).ShouldBe("nothing_to_retry");
        world.Patches(quiet).ShouldBeEmpty();
        world.Cards(quiet).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lock_until_it_is_released()
    {
        await world.ReadyAsync(app: locked);
        (
            await world.TypeAsync(Bob, "/devflow lock locked production migration of the <db> & more", app: locked)
        ).Text.ShouldBe("bob locked locked production: migration of the &lt;db&gt; &amp; more");

        var reply = await world.TypeAsync(Alice, "/promote locked", app: locked);

        reply.Text.ShouldBe("Locked by bob (migration of the &lt;db&gt; &amp; more); ask them to unlock it.");
        (await OutcomeAsync(locked)).ShouldBe("locked");
        world.Patches(locked).ShouldBeEmpty();
        SlackTexts
            .Of((await world.WhenCardAsync("Locked", locked)).Content)
            .ShouldContain("*Locked* by bob: migration of the &lt;db&gt; &amp; more");

        (await world.TypeAsync(Carol, "/devflow unlock locked", app: locked)).Text.ShouldStartWith(
            "You may not unlock"
        );
        (await world.TypeAsync(Alice, "/devflow unlock locked", app: locked)).Text.ShouldBe(
            "alice unlocked locked production."
        );
        (await world.TypeAsync(Alice, "/promote locked", app: locked)).Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded, locked);
        world.Patches(locked).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_freeze_unless_somebody_overrides_it_with_a_reason()
    {
        await world.ReadyAsync(app: frozen);

        var reply = await world.TypeAsync(Alice, "/promote frozen", app: frozen);

        reply.Text.ShouldStartWith("Frozen until ");
        reply.Text.ShouldEndWith("(the long weekend); wait, or ask bob to promote it with --override and a reason.");
        (await OutcomeAsync(frozen)).ShouldBe("frozen_until");
        (await world.TypeAsync(Alice, "/promote frozen --override it burns", app: frozen)).Text.ShouldStartWith(
            "You may not override the freeze here"
        );
        (await OutcomeAsync(frozen)).ShouldBe("not_allowed");
        (await world.TypeAsync(Bob, "/promote frozen --override", app: frozen)).Text.ShouldStartWith(
            "--override needs a reason"
        );
        world.Patches(frozen).ShouldBeEmpty();

        (await world.TypeAsync(Bob, "/promote frozen --override it burns", app: frozen)).Text.ShouldStartWith(
            "bob promoted v2."
        );
        var job = await world.WhenAsync("v2", JobStatus.Succeeded, frozen);
        job.Promotion!.OverriddenFreeze!.Reason.ShouldBe("it burns");
        world.Patches(frozen).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_rollout_that_somebody_paused_by_hand()
    {
        await world.ReadyAsync(app: paused);
        world.ChangeRollout(rollout => rollout["spec"]!["paused"] = true, paused);
        await world.Controller.WhenIdleAsync();

        var reply = await world.TypeAsync(Alice, "/promote paused", app: paused);

        reply.Text.ShouldStartWith("The Rollout is paused by spec.paused, which belongs to Git;");
        (await OutcomeAsync(paused)).ShouldBe("paused_by_hand");
        world.Patches(paused).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_full_promote_by_somebody_who_may_only_promote()
    {
        await world.ReadyAsync(app: strict);

        var reply = await world.TypeAsync(Alice, "/promote strict --full", app: strict);

        reply.Text.ShouldBe("You may not promote past the analyses here; ask somebody from bob.");
        world.Patches(strict).ShouldBeEmpty();
        (await world.TypeAsync(Bob, "/promote strict --full", app: strict)).Text.ShouldBe(
            "bob promoted v2 in full; analyses are skipped."
        );
        await world.WhenAsync("v2", JobStatus.Succeeded, strict);
        world.Patches(strict).ShouldHaveSingleItem().Body.ShouldContain("\"promoteFull\":true");
    }

    [Theory]
    [InlineData("/promote web --now", "I know no option “--now” here;")]
    [InlineData("/promote web production please", "“please” is too much;")]
    [InlineData("/devflow promot web", "There is no “promot”; did you mean “promote”?;")]
    [InlineData("/devflow lock locked --for ever x", "--for needs a duration such as 30m, 2h or 3d;")]
    public async Task A_command_that_cannot_be_understood(string line, string answer)
    {
        var reply = await world.TypeAsync(Alice, line, app: web);

        reply.Status.ShouldBe(200);
        reply.Text.ShouldStartWith(answer);
    }

    private async Task<string?> OutcomeAsync(WorldApp app) =>
        (await world.AuditAsync()).First(entry => entry.From == "slack" && entry.App == app.Name).Outcome;

    public sealed class ManyApps : IAsyncLifetime
    {
        internal ReleaseWorld World { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            World = await ReleaseWorld.StartAsync(
                new WorldOptions
                {
                    Apps = [web, owned, found, quiet, locked, frozen, paused, shop, shopStaging, strict],
                }
            );
            await World.WhenSeenAsync();
        }

        public ValueTask DisposeAsync() => World.DisposeAsync();
    }
}
