using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Tests.EndToEnd.World;

namespace Devflow.ChatOps.Tests.EndToEnd.ConsolePages;

/// <summary>What was given up is shown in the console and tried again from there, by whoever may.</summary>
public sealed class StuckPageTests
{
    [Fact]
    public async Task A_stuck_command_is_shown_with_its_reason_and_tried_again()
    {
        await using var stage = await StuckStage.WithCommandAsync();
        using var alice = new ConsoleVisitor(stage.World, "alice-gh");
        (await alice.OpenAsync("console")).Text.ShouldContain("1 thing is stuck after many tries.");

        var page = await alice.OpenAsync("console/stuck");
        page.Text.ShouldContain("my-app · production");
        page.Text.ShouldContain("promote asked for by alice since");
        page.Text.ShouldContain("InvalidOperationException, see the log");
        page.Html.ShouldNotContain("hunter2");

        var pressed = await alice.PressAsync(page);
        pressed.Status.ShouldBe(200, pressed.Text);
        pressed.Text.ShouldContain("Trying again for my-app production: 1 command.");
        await stage.PassAsync(TimeSpan.FromMinutes(1));

        stage.World.Patches().ShouldHaveSingleItem().Status.ShouldBe(200);
        (await alice.OpenAsync("console/stuck")).Text.ShouldContain("Nothing is stuck");
        (await alice.OpenAsync("console")).Text.ShouldNotContain("stuck after many tries");
        (await stage.World.Store.ReadAuditAsync(null, 50, CancellationToken.None)).ShouldContain(entry =>
            entry.Who == "alice" && entry.From == "console" && entry.Action == "resume" && entry.Outcome == "ok"
        );
    }

    [Fact]
    public async Task A_stuck_patch_is_shown_there_and_with_its_release_and_tried_again_from_either()
    {
        await using var stage = await StuckStage.WithPatchAsync();
        using var bob = new ConsoleVisitor(stage.World, "bob-gh");
        var job = (await stage.World.JobAsync())!;

        (await bob.OpenAsync("console/stuck")).Text.ShouldContain("abort of v2 since");
        (await bob.OpenAsync("console")).Text.ShouldContain("Stuck");
        var page = await bob.OpenAsync($"console/jobs/{job.Id}");
        page.Text.ShouldContain("503");

        (await bob.PressAsync(page)).Text.ShouldContain("Trying again for my-app production: 1 effect.");
        await stage.PassAsync(TimeSpan.FromMinutes(2));

        var aborted = (await stage.World.JobAsync())!;
        aborted.Outbox.ShouldNotContain(entry => entry.IsStuck);
        stage.World.Patches()[^1].Status.ShouldBe(200);
        (await bob.OpenAsync($"console/jobs/{job.Id}")).Html.ShouldNotContain("<form");
    }

    [Fact]
    public async Task Whoever_may_not_resume_is_told_so_and_nothing_changes()
    {
        await using var stage = await StuckStage.WithCommandAsync();
        using var carol = new ConsoleVisitor(stage.World, "carol-gh");

        var pressed = await carol.PressAsync(await carol.OpenAsync("console/stuck"));

        pressed.Text.ShouldContain("You may not");
        pressed.Text.ShouldContain("InvalidOperationException, see the log");
        await stage.PassAsync(TimeSpan.FromMinutes(1));
        stage.World.Patches().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_form_is_of_one_person_one_moment_and_this_service()
    {
        await using var stage = await StuckStage.WithCommandAsync();
        using var alice = new ConsoleVisitor(stage.World, "alice-gh");
        using var bob = new ConsoleVisitor(stage.World, "bob-gh");
        const string form = "console/stuck/my-app/production";
        var seal = ConsoleVisitor.SealOf(await alice.OpenAsync("console/stuck"));

        foreach (
            var wrong in new[]
            {
                null,
                "",
                "x",
                "!!!",
                new string('A', 900),
                new string('A', 5_000),
                seal[..^4] + "AAAA",
            }
        )
        {
            await ShouldBeStaleAsync(alice, wrong);
        }

        await ShouldBeStaleAsync(bob, seal);
        await stage.PassAsync(TimeSpan.FromHours(13));
        await ShouldBeStaleAsync(alice, seal);
        (await stage.World.Store.StuckCommandsAsync(null, 10, CancellationToken.None)).ShouldHaveSingleItem();

        async Task ShouldBeStaleAsync(ConsoleVisitor visitor, string? wrong)
        {
            var answer = await visitor.SubmitAsync(form, wrong);
            answer.Status.ShouldBe(400, answer.Text);
            answer.Text.ShouldContain("nothing was done");
        }
    }

    [Fact]
    public async Task A_button_that_is_pressed_twice_is_one_command()
    {
        await using var stage = await StuckStage.WithCommandAsync();
        using var alice = new ConsoleVisitor(stage.World, "alice-gh");
        var page = await alice.OpenAsync("console/stuck");

        var both = await Task.WhenAll(alice.PressAsync(page), alice.PressAsync(page));

        // The second may come while the first is under way.
        both.ShouldAllBe(answer => answer.Text.Contains("Trying again for") || answer.Text.Contains("On it."));
        (await stage.World.Store.ReadAuditAsync(null, 50, CancellationToken.None))
            .Count(entry => entry is { Action: "resume", Outcome: "ok" })
            .ShouldBe(1);
    }

    [Fact]
    public async Task What_came_of_a_command_is_told_to_whoever_gave_it_and_to_nobody_else()
    {
        await using var stage = await StuckStage.WithCommandAsync();
        using var alice = new ConsoleVisitor(stage.World, "alice-gh");
        using var carol = new ConsoleVisitor(stage.World, "carol-gh");
        await alice.PressAsync(await alice.OpenAsync("console/stuck"));
        var resumed = (await stage.World.Store.ReadAuditAsync(null, 50, CancellationToken.None)).First(entry =>
            entry.Action == "resume"
        );
        resumed.Who.ShouldBe("alice");

        var answer = await carol.OpenAsync("console/stuck?command=0123456789abcdef01234567");

        answer.Text.ShouldContain("not known here any more");
    }

    [Fact]
    public async Task An_environment_that_left_the_catalog_is_shown_without_a_button()
    {
        await using var stage = await StuckStage.WithCommandAsync();
        using (var before = new ConsoleVisitor(stage.World, "alice-gh"))
        {
            var seal = ConsoleVisitor.SealOf(await before.OpenAsync("console/stuck"));
            (await before.SubmitAsync("console/stuck/other/production", seal)).Status.ShouldBe(404);
        }

        await stage.World.StopServiceAsync();
        stage.World.WriteCatalog([new WorldApp("other")]);
        await stage.World.StartServiceAsync();
        using var alice = new ConsoleVisitor(stage.World, "alice-gh");

        var page = await alice.OpenAsync("console/stuck");

        page.Text.ShouldContain("The catalog has no such app and environment any more.");
        page.Html.ShouldNotContain("<form");
    }
}
