using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.GitOps.Reverting;
using Devflow.ChatOps.Tests.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;
using static Devflow.ChatOps.Tests.GitOps.Reverting.RevertSamples;

namespace Devflow.ChatOps.Tests.GitOps.Reverting;

/// <summary>The rollback of a release that changed the configuration alone.</summary>
public sealed class RevertConfigurationTests
{
    public static TheoryData<Way> Ways => [Way.GraphQl, Way.Rest];

    [Theory, MemberData(nameof(Ways))]
    public async Task A_configuration_goes_back_without_a_tombstone_for_its_image(Way way)
    {
        await using var world = await StartAsync(way);
        Commit(world, (Settings, "A=1\n"));
        var release = Commit(world, (Settings, "A=2\n"));
        var order = RevertOf(release) with { Bad = RevertOf(release).Target };

        var done = await RevertAsync(world, order);

        done.ShouldBeOfType<RevertOutcome.Written>().ImageOnly.ShouldBeNull();
        Files(world)[Settings].ShouldBe("A=1\n");
        ReleaseTrailers.Parse(Head(world)).RolledBack.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_configuration_that_somebody_touched_since_is_a_persons_business()
    {
        await using var world = await StartAsync(Way.GraphQl);
        var release = Commit(world, (Settings, "A=2\n"));
        Commit(world, (Settings, "A=3\n"));
        var order = RevertOf(release) with { Bad = RevertOf(release).Target };

        var failed = (await RevertAsync(world, order)).ShouldBeOfType<RevertOutcome.Failed>();

        (failed.Code, failed.IsPassing).ShouldBe((RevertOutcome.ConfigurationChanged, false));
        failed.Message.ShouldContain("by hand");
    }

    [Fact]
    public async Task A_configuration_that_somebody_put_back_by_hand_is_left_so()
    {
        await using var world = await StartAsync(Way.GraphQl);
        Commit(world, (Settings, "A=1\n"));
        var release = Commit(world, (Settings, "A=2\n"));
        Commit(world, (Settings, "A=1\n"));
        var order = RevertOf(release) with { Bad = RevertOf(release).Target };

        (await RevertAsync(world, order)).ShouldBeOfType<RevertOutcome.Agrees>();
    }

    [Fact]
    public async Task A_symbolic_link_is_not_taken_for_a_file_that_is_back()
    {
        await using var world = await StartAsync(Way.GraphQl);
        string Link(string to) => world.GitOps.Commit("main", "Link", [new($"{Folder}/link.env", to)], "120000");
        Link("a.env");
        var release = Link("b.env");
        var order = RevertOf(release);

        var failed = (
            await RevertAsync(world, order with { Bad = order.Target })
        ).ShouldBeOfType<RevertOutcome.Failed>();

        failed.Code.ShouldBe(RevertOutcome.ConfigurationChanged);
        failed.Message.ShouldContain(RevertPlan.NotPlain);
    }
}
