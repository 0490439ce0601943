using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.GitOps.Reverting;
using Devflow.ChatOps.Tests.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;
using static Devflow.ChatOps.Tests.GitOps.Reverting.RevertSamples;

namespace Devflow.ChatOps.Tests.GitOps.Reverting;

/// <summary>Several environments in one folder, or in one file: a rollback of one leaves the others alone.</summary>
public sealed class SharedPathTests
{
    private const string Folder = "apps/web";
    private const string Production = $"{Folder}/values-production.yaml";
    private const string Staging = $"{Folder}/values-staging.yaml";
    private const string Both = $"{Folder}/values.yaml";

    public static TheoryData<Way> Ways => [Way.GraphQl, Way.Rest];

    [Theory, MemberData(nameof(Ways))]
    public async Task The_file_that_the_release_changed_goes_back_as_it_was_and_no_other(Way way)
    {
        await using var world = await StartAsync(way);
        Commit(world, (Production, Values("1.0.0") + "# old\n"), (Staging, Values("2.0.0")));
        var release = Commit(world, (Production, Values("1.1.0") + "# new\n"));

        var done = await RevertAsync(world, RevertOf(release));

        done.ShouldBeOfType<RevertOutcome.Written>().ImageOnly.ShouldBeNull();
        File(world, Production).ShouldBe(Values("1.0.0") + "# old\n");
        File(world, Staging).ShouldBe(Values("2.0.0"));
    }

    [Theory]
    [InlineData("2.0.0")]
    [InlineData("1.1.0")]
    public async Task With_a_file_touched_since_only_its_image_goes_back_whatever_the_other_environment_runs(
        string staging
    )
    {
        await using var world = await StartAsync(Way.GraphQl);
        Commit(world, (Production, Values("1.0.0")), (Staging, Values(staging)));
        var release = Commit(world, (Production, Values("1.1.0")));
        Commit(world, (Production, Values("1.1.0") + "replicas: 3\n"));

        var done = await RevertAsync(world, RevertOf(release));

        done.ShouldBeOfType<RevertOutcome.Written>().ImageOnly.ShouldBe(RevertPlan.Touched);
        File(world, Production).ShouldBe(Values("1.0.0") + "replicas: 3\n");
        File(world, Staging).ShouldBe(Values(staging));
    }

    [Theory]
    [InlineData("2.0.0")]
    [InlineData("1.1.0")]
    public async Task In_one_file_only_the_places_that_the_release_changed_are_edited(string staging)
    {
        await using var world = await StartAsync(Way.GraphQl);
        Commit(world, (Both, TwoIn("1.0.0", "2.0.0")));
        var release = Commit(world, (Both, TwoIn("1.1.0", "2.0.0")));
        // The other environment goes on; once to the very version that is bad here.
        Commit(world, (Both, TwoIn("1.1.0", staging) + "more: true\n"));

        var done = await RevertAsync(world, RevertOf(release));

        done.ShouldBeOfType<RevertOutcome.Written>().ImageOnly.ShouldBe(RevertPlan.Touched);
        File(world, Both).ShouldBe(TwoIn("1.0.0", staging) + "more: true\n");
    }

    [Fact]
    public async Task A_hotfix_by_hand_is_left_though_the_other_environment_runs_the_bad_version()
    {
        await using var world = await StartAsync(Way.GraphQl);
        Commit(world, (Production, Values("1.0.0")), (Staging, Values("1.1.0")));
        var release = Commit(world, (Production, Values("1.1.0")));
        Commit(world, (Production, Values("1.2.0")));
        var head = world.GitOps.Git.Head("main");

        (await RevertAsync(world, RevertOf(release)))
            .ShouldBeOfType<RevertOutcome.Overtaken>()
            .Version.ShouldBe("1.2.0");
        world.GitOps.Git.Head("main").ShouldBe(head);
    }

    [Fact]
    public async Task What_stood_before_a_commit_that_nobody_merged_is_never_written()
    {
        await using var world = await StartAsync(Way.GraphQl);
        Commit(world, (Production, Values("1.0.0")));
        world.GitOps.Branch("unmerged", world.GitOps.Git.Head("main")!);
        string OnIt(string content) =>
            world.GitOps.Commit("unmerged", "Change", [KeyValuePair.Create(Production, (string?)content)]);
        OnIt(Values("1.0.0") + "args: [--evil]\n");
        var unmerged = OnIt(Values("1.1.0"));
        Commit(world, (Production, Values("1.1.0")));

        var done = await RevertAsync(world, RevertOf(unmerged));

        done.ShouldBeOfType<RevertOutcome.Written>().ImageOnly.ShouldBe(RevertPlan.UnknownCommit);
        File(world, Production).ShouldBe(Values("1.0.0"));
    }

    [Fact]
    public async Task One_place_of_two_that_is_back_is_not_all_of_it()
    {
        await using var world = await StartAsync(Way.GraphQl);
        Commit(world, (Both, TwoIn("1.0.0", "1.0.0")));
        var release = Commit(world, (Both, TwoIn("1.1.0", "1.1.0")));
        Commit(world, (Both, TwoIn("1.0.0", "1.2.0")));

        (await RevertAsync(world, RevertOf(release)))
            .ShouldBeOfType<RevertOutcome.Overtaken>()
            .Version.ShouldContain("1.2.0");
    }

    [Fact]
    public async Task Where_nothing_tells_whose_a_place_is_it_is_refused_and_the_file_is_asked_for()
    {
        await using var world = await StartAsync(Way.GraphQl);
        Commit(world, (Production, Values("1.1.0")), (Staging, Values("2.0.0")));
        var head = world.GitOps.Git.Head("main");

        var failed = (await RevertAsync(world, RevertOf(null))).ShouldBeOfType<RevertOutcome.Failed>();

        (failed.Code, failed.IsPassing).ShouldBe((RevertOutcome.Ambiguous, false));
        failed.Message.ShouldContain($"1.1.0 ({Production}), 2.0.0 ({Staging})");
        failed.Message.ShouldContain("gitops.path");
        world.GitOps.Git.Head("main").ShouldBe(head);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_path_that_is_a_file_needs_nothing_else_told(Way way)
    {
        await using var world = await StartAsync(way);
        Commit(world, (Production, Values("1.0.0")), (Staging, Values("1.1.0")));
        var release = Commit(world, (Production, Values("1.1.0")), (Staging, Values("1.1.0") + "# both\n"));
        var order = RevertOf(null) with { Path = Production };

        var byImage = (await RevertAsync(world, order)).ShouldBeOfType<RevertOutcome.Written>();
        world.GitOps.Commit("main", "Again", [KeyValuePair.Create(Production, (string?)Values("1.1.0"))]);
        var byCommit = await RevertAsync(world, order with { Id = "job-2", Commit = CommitSha.Parse(release) });

        byImage.ImageOnly.ShouldBe(RevertPlan.UnknownCommit);
        byCommit.ShouldBeOfType<RevertOutcome.Written>().ImageOnly.ShouldBeNull();
        File(world, Production).ShouldBe(Values("1.0.0"));
        File(world, Staging).ShouldBe(Values("1.1.0") + "# both\n");
    }

    private static string Values(string tag) => $"image:\n  repository: registry.example.com/shop\n  tag: {tag}\n";

    private static string TwoIn(string production, string staging) =>
        $"production:\n  image:\n    repository: registry.example.com/shop\n    tag: {production}\n"
        + $"staging:\n  image:\n    repository: registry.example.com/shop\n    tag: {staging}\n";

    private static RevertOrder RevertOf(string? commit) =>
        RevertSamples.RevertOf(commit) with
        {
            App = "web",
            Path = Folder,
        };

    private static string File(ReleaseWorld world, string path) => Files(world)[path];
}
