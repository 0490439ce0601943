using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.GitOps.Reverting;
using Devflow.ChatOps.Tests.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;
using static Devflow.ChatOps.Tests.GitOps.Reverting.RevertSamples;

namespace Devflow.ChatOps.Tests.GitOps.Reverting;

/// <summary>What came since is not taken away by a rollback.</summary>
public sealed class RevertOvertakenTests
{
    public static TheoryData<Way> Ways => [Way.GraphQl, Way.Rest];

    [Theory, MemberData(nameof(Ways))]
    public async Task A_release_that_came_since_is_not_taken_away(Way way)
    {
        await using var world = await StartAsync(way);
        await world.CommitAsync(Order("1.1.0"));
        await world.CommitAsync(Order("1.2.0", run: 8));
        var head = world.GitOps.Git.Head("main");

        var done = await RevertAsync(world, RevertOf(null));

        done.ShouldBeOfType<RevertOutcome.Overtaken>().Version.ShouldBe("1.2.0");
        world.GitOps.Git.Head("main").ShouldBe(head);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task What_somebody_reverted_by_hand_is_left_so(Way way)
    {
        await using var world = await StartAsync(way);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        Commit(world, (Kustomized, Kustomization("1.0.0")));

        (await RevertAsync(world, RevertOf(release))).ShouldBeOfType<RevertOutcome.Agrees>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_version_that_is_spelled_otherwise_in_Git_is_not_taken_for_another_one(bool knowsCommit)
    {
        await using var world = await StartAsync(Way.GraphQl);
        Commit(world, (Kustomized, Kustomization("slim-1.0.0")));
        var release = Commit(world, (Kustomized, Kustomization("slim-1.1.0")));

        var failed = (
            await RevertAsync(world, RevertOf(knowsCommit ? release : null))
        ).ShouldBeOfType<RevertOutcome.Failed>();

        (failed.Code, failed.IsPassing).ShouldBe((RevertOutcome.Ambiguous, false));
        failed.Message.ShouldContain($"slim-1.1.0 ({Kustomized})");
        failed.Message.ShouldContain("by hand");
        world.GitOps.Git.Head("main").ShouldBe(release);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_version_that_somebody_put_there_by_hand_is_left(Way way)
    {
        await using var world = await StartAsync(way);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        var byHand = Commit(world, (Kustomized, Kustomization("1.2.0")));

        var known = await RevertAsync(world, RevertOf(release));
        var unknown = await RevertAsync(world, RevertOf(null));

        known.ShouldBe(new RevertOutcome.Overtaken("1.2.0", CommitSha.Parse(byHand)));
        // It may as well be the bad version under another name.
        unknown.ShouldBeOfType<RevertOutcome.Failed>().Code.ShouldBe(RevertOutcome.Ambiguous);
        world.GitOps.Git.Head("main").ShouldBe(byHand);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_later_release_of_the_same_version_with_other_configuration_is_not_taken_away(Way way)
    {
        await using var world = await StartAsync(way);
        var release = Say(world, Released("1.1.0", run: 7), (Kustomized, Kustomization("1.1.0")), (Settings, "A=2\n"));
        var later = Say(world, Released("1.1.0", run: 8), (Settings, "A=3\n"));

        var done = await RevertAsync(world, RevertOf(release));

        done.ShouldBe(new RevertOutcome.Overtaken("1.1.0", CommitSha.Parse(later)));
        world.GitOps.Git.Head("main").ShouldBe(later);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Nor_where_the_commit_of_the_rolled_back_one_was_squashed(Way way)
    {
        await using var world = await StartAsync(way);
        Say(world, Released("1.1.0", run: 6), (Kustomized, Kustomization("1.1.0")), (Settings, "A=1\n"));
        world.Time.Advance(TimeSpan.FromMinutes(1));
        Say(world, Released("1.1.0", run: 7), (Settings, "A=2\n"));
        world.Time.Advance(TimeSpan.FromMinutes(1));
        var order = RevertOf("1234567890123456789012345678901234567890") with { At = world.Time.GetUtcNow() };
        world.Time.Advance(TimeSpan.FromMinutes(1));
        var later = Say(world, Released("1.1.0", run: 8), (Settings, "A=3\n"));

        var done = await RevertAsync(world, order);

        done.ShouldBe(new RevertOutcome.Overtaken("1.1.0", CommitSha.Parse(later)));
        world.GitOps.Git.Head("main").ShouldBe(later);
        var since = order with { At = world.Time.GetUtcNow() };
        (await RevertAsync(world, since)).ShouldBeOfType<RevertOutcome.Written>("all of them came before it");
    }

    [Fact]
    public async Task Nor_is_one_of_a_release_that_changed_the_configuration_alone()
    {
        await using var world = await StartAsync(Way.GraphQl);
        var release = Commit(world, (Settings, "A=2\n"));
        var later = Say(world, Released("1.0.0", run: 8), (Settings, "A=3\n"));
        var order = RevertOf(release);

        (await RevertAsync(world, order with { Bad = order.Target })).ShouldBe(
            new RevertOutcome.Overtaken("1.0.0", CommitSha.Parse(later))
        );
    }

    [Fact]
    public async Task A_later_release_that_was_itself_reverted_does_not_count_nor_does_the_same_one_again()
    {
        await using var world = await StartAsync(Way.GraphQl);
        var release = Say(world, Released("1.1.0", run: 7), (Kustomized, Kustomization("1.1.0")), (Settings, "A=2\n"));
        var later = Say(world, Released("1.1.0", run: 8), (Settings, "A=3\n"));
        Say(world, $"Revert\n\nThis reverts commit {later}.", (Settings, "A=2\n"));
        // A merge commit may repeat what its pull request says.
        Say(world, Released("1.1.0", run: 7), ($"{Folder}/merged.yaml", "kind: ConfigMap\n"));

        (await RevertAsync(world, RevertOf(release))).ShouldBeOfType<RevertOutcome.Written>();

        Files(world)[Kustomized].ShouldBe(Kustomization("1.0.0"));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_rollback_that_somebody_reverted_counts_no_more_as_written_and_is_not_made_again(Way way)
    {
        await using var world = await StartAsync(way);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        var rollback = (await RevertAsync(world, RevertOf(release))).ShouldBeOfType<RevertOutcome.Written>().Sha;
        var back = Say(world, $"Revert\n\nThis reverts commit {rollback}.", (Kustomized, Kustomization("1.1.0")));

        (await RevertAsync(world, RevertOf(release))).ShouldBe(
            new RevertOutcome.Overtaken("1.1.0", CommitSha.Parse(back))
        );
        world.GitOps.Git.Head("main").ShouldBe(back);

        Say(world, $"Again\n\nThis reverts commit {back}.", (Kustomized, Kustomization("1.0.0")));
        (await RevertAsync(world, RevertOf(release))).ShouldBe(new RevertOutcome.Written(rollback, null));
    }

    [Fact]
    public async Task What_was_released_again_behind_the_rollback_is_not_reported_as_rolled_back()
    {
        await using var world = await StartAsync(Way.GraphQl);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        (await RevertAsync(world, RevertOf(release))).ShouldBeOfType<RevertOutcome.Written>();
        var forced = Say(world, Released("1.1.0", run: 9), (Kustomized, Kustomization("1.1.0")));

        (await RevertAsync(world, RevertOf(release))).ShouldBe(
            new RevertOutcome.Overtaken("1.1.0", CommitSha.Parse(forced))
        );
    }

    /// <summary>What the Action says of a release, by whichever way its files came there.</summary>
    private static string Released(string tag, int run) =>
        new ReleaseTrailers
        {
            App = "shop",
            Environment = "production",
            Images = [RevertOf(null).Target with { Tag = tag }],
            Run = new RunIdentity(4711, "release.yml", run, 1),
        }.Below("Release");
}
