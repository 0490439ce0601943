using Devflow.ChatOps.GitOps.Editing;
using Devflow.ChatOps.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.Releasing;

/// <summary>When a newer run is in the way of an older one, and when not any more.</summary>
public sealed class SupersededTests
{
    private const string Both = "apps/both.yaml";
    private const string Values = "apps/shop/production/values.yaml";

    [Fact]
    public async Task A_newer_run_that_released_another_image_is_in_nobodys_way()
    {
        await using var world = await StartWithTwoAsync();
        await world.CommitAsync(Two(run: 8, Image("2.0.0")));

        await world.CommitAsync(Two(run: 7, Worker("2.0.0")));

        world.GitOps.Read("main", Both).ShouldBe(Text("2.0.0", "2.0.0"));
    }

    [Fact]
    public async Task Newer_runs_that_released_all_images_between_them_are()
    {
        await using var world = await StartWithTwoAsync();
        await world.CommitAsync(Two(run: 8, Image("2.0.0")));
        await world.CommitAsync(Two(run: 9, Worker("2.0.0")));

        (
            await world.RunAsync(Two(run: 7, Image("1.5.0"), Worker("1.5.0")))
        ).ShouldBeOfType<ReleaseOutcome.Superseded>();
    }

    [Fact]
    public async Task One_that_released_a_part_of_them_leaves_the_choice_to_people()
    {
        await using var world = await StartWithTwoAsync();
        await world.CommitAsync(Two(run: 8, Worker("build-8")));

        var refused = (
            await world.RunAsync(Two(run: 7, Image("build-7"), Worker("build-7")))
        ).ShouldBeOfType<ReleaseOutcome.Refused>();

        refused.Code.ShouldBe(ReleaseCodes.Older);
        refused.Message.ShouldContain("worker:build-7 is older than build-8, which the newer run 8 released");
        await world.CommitAsync(Two(run: 7, Image("build-7"), Worker("build-7")) with { AllowOlder = true });
    }

    [Fact]
    public async Task A_release_that_was_rolled_back_is_in_nobodys_way_any_more()
    {
        await using var world = await StartAsync(Way.GraphQl);
        await world.CommitAsync(Order("1.2.0", run: 8));
        world.GitOps.Commit(
            "main",
            "Roll back\n\nDevflow-App: shop\nDevflow-Environment: production\nDevflow-Image: registry.example.com/shop:1.0.0\n"
                + "Devflow-Rolled-Back: registry.example.com/shop:1.2.0",
            [new(Kustomized, Kustomization("1.0.0"))]
        );

        await world.CommitAsync(Order("1.1.0", run: 7));

        world.GitOps.Read("main", Kustomized).ShouldBe(Kustomization("1.1.0"));
    }

    [Fact]
    public async Task Nor_is_one_that_was_reverted_by_Git_unless_the_revert_was_too()
    {
        await using var world = await StartAsync(Way.GraphQl);
        await world.CommitAsync(Order("1.2.0", run: 8));
        var released = world.GitOps.Git.Head("main");
        var reverted = world.GitOps.Commit(
            "main",
            $"Revert \"shop\"\n\nThis reverts commit {released}.",
            [new(Kustomized, Kustomization("1.0.0"))]
        );
        (await world.RunAsync(Order("1.1.0", run: 7) with { DryRun = true })).ShouldBeOfType<ReleaseOutcome.Planned>();

        world.GitOps.Commit(
            "main",
            $"Reapply \"shop\"\n\nThis reverts commit {reverted}.",
            [new(Kustomized, Kustomization("1.2.0"))]
        );
        (await world.RunAsync(Order("1.1.0", run: 7))).ShouldBeOfType<ReleaseOutcome.Superseded>();
    }

    [Fact]
    public async Task An_older_release_that_somebody_put_back_counts_and_not_what_came_after_it()
    {
        await using var world = await StartAsync(Way.GraphQl);
        await world.CommitAsync(Order("build-6", run: 6));
        await world.CommitAsync(Order("build-8", run: 8));
        world.GitOps.Commit("main", "Back by hand", [new(Kustomized, Kustomization("build-6"))]);

        await world.CommitAsync(Order("build-7", run: 7));
    }

    [Fact]
    public async Task What_somebody_wrote_by_hand_is_left_alone_unless_it_is_forced()
    {
        await using var world = await StartAsync(Way.GraphQl);
        await world.CommitAsync(Order("1.2.0", run: 8));
        world.GitOps.Commit("main", "By hand", [new(Kustomized, Kustomization("1.0.0-patched"))]);

        (await world.RunAsync(Order("1.1.0", run: 7))).ShouldBeOfType<ReleaseOutcome.Superseded>();

        await world.CommitAsync(Order("1.1.0", run: 7) with { ForceReason = "1.2.0 is gone for good" });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_digest_that_is_not_written_is_known_all_the_same(bool isWritten)
    {
        await using var world = await StartAsync(Way.GraphQl);
        var order = Order("1.1.0") with { Images = [Image("1.1.0", Digest('a'))], WriteDigest = isWritten };

        var message = await world.CommitAsync(order);

        message.ShouldContain($"Devflow-Image: registry.example.com/shop:1.1.0@{Digest('a')}\n");
        world.GitOps.Read("main", Kustomized)!.Contains(Digest('a'), StringComparison.Ordinal).ShouldBe(isWritten);
        (await world.RunAsync(order)).ShouldBeOfType<ReleaseOutcome.Unchanged>();
        var next = order with { Images = [Image("1.2.0", Digest('b'))], Run = order.Run with { Number = 8 } };
        await world.CommitAsync(next);
        (await world.RunAsync(order with { Run = order.Run with { Number = 9 } }))
            .ShouldBeOfType<ReleaseOutcome.Refused>()
            .Message.ShouldContain("which was released after it");
        world.GitOps.Commit(
            "main",
            $"Back\n\nDevflow-Rolled-Back: registry.example.com/shop:1.2.0@{Digest('b')}",
            [new(Kustomized, Kustomization("1.0.0"))]
        );
        var renamed = next with { Images = [Image("1.3.0", Digest('b'))], Run = order.Run with { Number = 10 } };
        (await world.RunAsync(renamed)).ShouldBeOfType<ReleaseOutcome.Refused>().Code.ShouldBe(ReleaseCodes.RolledBack);
    }

    [Theory]
    [InlineData("sha: \"\"", "build-8")]
    [InlineData("digest: \"\"", "build-8")]
    [InlineData("digest: \"\"", null)]
    public async Task A_newer_runs_release_stands_in_values_however_they_spell_a_digest(string key, string? tag)
    {
        await using var world = await StartAsync(Way.GraphQl);
        world.GitOps.Commit("main", "Chart", [new(Values, Chart(key))]);
        await world.CommitAsync(Valued(run: 8, 'b', tag));

        (
            await world.RunAsync(Valued(run: 7, 'a', "build-7") with { ForceReason = "it is urgent" })
        ).ShouldBeOfType<ReleaseOutcome.Superseded>();
    }

    [Theory]
    [InlineData("sha: \"\"", "build-6")]
    [InlineData("digest: \"\"", null)]
    public async Task So_does_an_older_one_that_somebody_put_back(string key, string? tag)
    {
        await using var world = await StartAsync(Way.GraphQl);
        world.GitOps.Commit("main", "Chart", [new(Values, Chart(key))]);
        await world.CommitAsync(Valued(run: 6, 'a', tag));
        var older = world.GitOps.Read("main", Values);
        await world.CommitAsync(Valued(run: 8, 'c', tag is null ? null : "build-8"));
        world.GitOps.Commit("main", "Back by hand", [new(Values, older)]);

        await world.CommitAsync(Valued(run: 7, 'b', "build-7"));
    }

    private static string Chart(string key) =>
        $"image:\n  repository: registry.example.com/shop\n  tag: build-1\n  {key}\n";

    private static ReleaseOrder Valued(int run, char digest, string? tag) =>
        Order("1.0.0", run) with
        {
            Files = [Values],
            Images = [new ImageRelease(Image("1").Name, tag, Digest(digest))],
        };

    private static async Task<ReleaseWorld> StartWithTwoAsync()
    {
        var world = await StartAsync(Way.GraphQl);
        world.GitOps.Commit("main", "Two", [new(Both, Text("1.0.0", "1.0.0"))]);
        return world;
    }

    private static string Text(string shop, string worker) =>
        $"images:\n  - name: registry.example.com/shop\n    newTag: {shop}\n  - name: registry.example.com/worker\n    newTag: {worker}\n";

    private static ImageRelease Worker(string tag) => Image(tag, name: "registry.example.com/worker");

    private static ReleaseOrder Two(int run, params ImageRelease[] images) =>
        Order("1.0.0", run) with
        {
            Files = [Both],
            Images = images,
        };
}
