using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.GitOps.Reverting;
using Devflow.ChatOps.Tests.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;
using static Devflow.ChatOps.Tests.GitOps.Reverting.RevertSamples;

namespace Devflow.ChatOps.Tests.GitOps.Reverting;

/// <summary>Whether all that a rollback's commit leaves as it is was in the cluster with the release that goes.</summary>
public sealed class RevertOnSyncedTests
{
    private const string Beside = $"{Folder}/beside.yaml";
    private const string Elsewhere = "apps/other/production/kustomization.yaml";

    public static TheoryData<Way> Ways => [Way.GraphQl, Way.Rest];

    [Theory, MemberData(nameof(Ways))]
    public async Task What_was_synced_with_the_release_is_known_whatever_came_elsewhere(Way way)
    {
        await using var world = await StartAsync(way);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        Commit(world, (Beside, "kind: ConfigMap\n"));
        var synced = Commit(world, (Elsewhere, "a: 1\n"));
        Commit(world, (Elsewhere, "a: 2\n"));

        (await RevertAsync(world, Order(release, synced)))
            .ShouldBeOfType<RevertOutcome.Written>()
            .IsOnSynced.ShouldBeTrue();

        Files(world)[Kustomized].ShouldBe(Kustomization("1.0.0"));
        Files(world)[Beside].ShouldBe("kind: ConfigMap\n");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task What_came_behind_it_counts_even_where_it_was_taken_back(Way way)
    {
        await using var world = await StartAsync(way);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        var synced = Commit(world, (Beside, "a: 1\n"));
        Commit(world, (Beside, "a: 2\n"));
        Commit(world, (Elsewhere, "a: 1\n"));

        (await RevertAsync(world, Order(release, synced)))
            .ShouldBeOfType<RevertOutcome.Written>()
            .IsOnSynced.ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1234567890123456789012345678901234567890")]
    public async Task A_commit_that_is_not_known_there_proves_nothing_and_holds_nothing_up(string? synced)
    {
        await using var world = await StartAsync(Way.GraphQl);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));

        (await RevertAsync(world, Order(release, synced)))
            .ShouldBeOfType<RevertOutcome.Written>()
            .IsOnSynced.ShouldBeFalse();
    }

    [Fact]
    public async Task A_commit_that_is_found_by_its_mark_may_be_anybodys()
    {
        await using var world = await StartAsync(Way.GraphQl);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        var order = Order(release, release);
        (await RevertAsync(world, order)).ShouldBeOfType<RevertOutcome.Written>().IsOnSynced.ShouldBeTrue();

        (await RevertAsync(world, order)).ShouldBeOfType<RevertOutcome.Written>().IsOnSynced.ShouldBeFalse();
    }

    private static RevertOrder Order(string release, string? synced) =>
        RevertOf(release) with
        {
            Synced = CommitSha.TryParse(synced),
        };
}
