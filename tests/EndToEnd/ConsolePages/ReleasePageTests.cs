using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Tests.EndToEnd.Faults;
using Devflow.ChatOps.Tests.EndToEnd.World;

namespace Devflow.ChatOps.Tests.EndToEnd.ConsolePages;

/// <summary>The list of releases, and one of them, as the card tells it.</summary>
public sealed class ReleasePageTests
{
    [Fact]
    public async Task A_release_is_listed_and_has_a_page_with_its_steps_and_its_timeline()
    {
        await using var world = await ReleaseWorld.StartAsync();
        var job = await world.ReadyAsync();
        using var carol = new ConsoleVisitor(world, "carol-gh");

        var list = await carol.OpenAsync("console");
        list.Text.ShouldContain("my-app production v2 ✋ waiting for approval");
        list.Html.ShouldContain($"/console/jobs/{job.Id}");

        var page = await carol.OpenAsync($"console/jobs/{job.Id}");
        page.Status.ShouldBe(200);
        page.Text.ShouldContain("platform must approve; v1 keeps the traffic until then.");
        page.Text.ShouldContain("Approvals 0 of 1: nobody yet");
        page.Text.ShouldContain("Preview ready Succeeded 1 of 1 pods available");
        page.Text.ShouldContain("Verify Waiting waiting for approval");
        page.Text.ShouldContain("Image registry.example.com/my-app:v2");
        page.Text.ShouldContain("Replaces v1");
        page.Text.ShouldContain($"Pod hash {job.Release!.Hash}");
        page.Text.ShouldContain("v2 is on its way");
        page.Html.ShouldNotContain("<form");
    }

    [Fact]
    public async Task Text_from_outside_is_text()
    {
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { RunsLoop = false });
        await SweepAsync(world);
        const string evil = "\"><script>alert(1)</script>";
        world.ChangeRollout(rollout => ReleaseWorld.Container(rollout)["image"] = "registry.example.com/x:" + evil);
        await world.Controller.WhenIdleAsync();
        await world.HintAsync();
        await SweepAsync(world);
        var job = (await world.JobAsync())!;
        job.DisplayVersion.ShouldContain("script");
        using var alice = new ConsoleVisitor(world, "alice-gh");

        foreach (var path in new[] { "console", $"console/jobs/{job.Id}" })
        {
            var page = await alice.OpenAsync(path);
            page.Status.ShouldBe(200);
            page.Html.ShouldNotContain("<script");
            page.Html.ShouldContain("&lt;script&gt;");
        }
    }

    [Fact]
    public async Task There_is_no_page_of_what_there_is_not()
    {
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { RunsLoop = false });
        await SweepAsync(world);
        var baseline = (await world.JobAsync())!;
        baseline.Source.ShouldBe(JobSource.Baseline);
        using var alice = new ConsoleVisitor(world, "alice-gh");

        foreach (var id in new[] { "x", Guid.NewGuid().ToString(), baseline.Id.ToString() })
        {
            var answer = await alice.OpenAsync($"console/jobs/{id}");
            answer.Status.ShouldBe(404);
            answer.Text.ShouldContain("There is no such release");
        }

        (await alice.OpenAsync("console?before=x")).Status.ShouldBe(200);
        (await alice.OpenAsync("console")).Text.ShouldContain("No releases yet.");
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_told_and_nothing_of_it()
    {
        var isDown = false;
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                RunsLoop = false,
                Expects = error => error.Contains("The store does not answer", StringComparison.Ordinal),
                Store = inner =>
                    OddStore.Around(
                        inner,
                        (_, _) => isDown ? Failing.Before : Failing.Not,
                        _ => new StoreUnavailableException("the disk of /secret/place is full")
                    ),
            }
        );
        using var alice = new ConsoleVisitor(world, "alice-gh");
        isDown = true;

        foreach (var path in new[] { "console", "console/stuck", $"console/jobs/{Guid.NewGuid()}" })
        {
            var answer = await alice.OpenAsync(path);
            answer.Status.ShouldBe(503);
            answer.Text.ShouldContain("The store does not answer at the moment.");
            answer.Html.ShouldNotContain("secret");
        }

        isDown = false;
    }

    private static async Task SweepAsync(ReleaseWorld world)
    {
        while (await world.SweepAsync())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
