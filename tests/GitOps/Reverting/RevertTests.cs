using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.GitOps.Reverting;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;
using static Devflow.ChatOps.Tests.GitOps.Reverting.RevertSamples;

namespace Devflow.ChatOps.Tests.GitOps.Reverting;

/// <summary>What a rollback writes, and from what base.</summary>
public sealed class RevertTests
{
    private const string Extra = $"{Folder}/extra.yaml";
    private const string Removed = $"{Folder}/removed.yaml";

    public static TheoryData<Way> Ways => [Way.GraphQl, Way.Rest];

    [Theory, MemberData(nameof(Ways))]
    public async Task The_files_of_the_release_become_what_they_were_byte_by_byte(Way way)
    {
        await using var world = await StartAsync(way);
        Commit(world, (Settings, "A=1\r\n"), (Removed, "kind: ConfigMap\n"));
        var before = Files(world);
        var release = Commit(
            world,
            (Kustomized, Kustomization("1.1.0") + "# new\n"),
            (Settings, "A=2\n"),
            (Extra, "kind: Secret\n"),
            (Removed, null)
        );

        var done = await RevertAsync(world, RevertOf(release));

        done.ShouldBeOfType<RevertOutcome.Written>().ImageOnly.ShouldBeNull();
        Files(world).ShouldBe(before);
        var message = Head(world);
        message.ShouldStartWith("Roll back shop (production): 1.1.0 -> 1.0.0\n");
        var trailers = ReleaseTrailers.Parse(message);
        (trailers.App, trailers.Environment, trailers.Reason, trailers.Actor).ShouldBe(
            ("shop", "production", "it is slow", "alice")
        );
        trailers.RolledBack.ShouldHaveSingleItem().ToString().ShouldBe("registry.example.com/shop:1.1.0");
        trailers.Rollback.ShouldBe("job-1");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task What_was_written_is_not_written_again_and_the_Action_refuses_the_image(Way way)
    {
        await using var world = await StartAsync(way);
        await world.CommitAsync(Order("1.1.0"));
        // Without the commit's id it is found by its trailers.
        var order = RevertOf(null);

        var first = (await RevertAsync(world, order)).ShouldBeOfType<RevertOutcome.Written>();
        Commit(world, (Kustomized, Kustomization("1.2.0")));
        var second = await RevertAsync(world, order);

        second.ShouldBe(first);
        first.ImageOnly.ShouldBeNull();
        (await world.RunAsync(Order("1.1.0", run: 8)))
            .ShouldBeOfType<ReleaseOutcome.Refused>()
            .Code.ShouldBe(ReleaseCodes.RolledBack);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Files_that_somebody_touched_since_keep_their_change_and_only_the_image_goes_back(Way way)
    {
        await using var world = await StartAsync(way);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")), (Settings, "A=2\n"));
        Commit(world, (Settings, "A=3\n"));

        var done = await RevertAsync(world, RevertOf(release));

        done.ShouldBeOfType<RevertOutcome.Written>().ImageOnly.ShouldBe(RevertPlan.Touched);
        Files(world)[Kustomized].ShouldBe(Kustomization("1.0.0"));
        Files(world)[Settings].ShouldBe("A=3\n");
        ReleaseTrailers.Parse(Head(world)).ImageOnly.ShouldBe(RevertPlan.Touched);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_version_that_never_went_live_is_not_what_the_files_go_back_to(Way way)
    {
        await using var world = await StartAsync(way);
        Commit(world, (Kustomized, Kustomization("1.0.5")), (Settings, "A=2\n"));
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")), (Settings, "A=3\n"));

        var done = await RevertAsync(world, RevertOf(release));

        done.ShouldBeOfType<RevertOutcome.Written>().ImageOnly.ShouldBe(RevertPlan.OtherBase);
        Files(world)[Kustomized].ShouldBe(Kustomization("1.0.0"));
        Files(world)[Settings].ShouldBe("A=3\n");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Nothing_outside_of_the_folder_is_touched(Way way)
    {
        await using var world = await StartAsync(way);
        const string other = "apps/other/kustomization.yaml";
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")), (other, Kustomization("1.1.0")));

        await RevertAsync(world, RevertOf(release));

        Files(world)[Kustomized].ShouldBe(Kustomization("1.0.0"));
        Files(world)[other].ShouldBe(Kustomization("1.1.0"));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_commit_whose_answer_was_lost_is_found_by_its_trailer(Way way)
    {
        await using var world = await StartAsync(way);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        world.Once(
            call => way == Way.GraphQl ? call.Body.Contains("createCommitOnBranch") : call.Method == "PATCH",
            new GitHubFault.CutAfterWork()
        );

        var first = await RevertAsync(world, RevertOf(release));
        var second = await RevertAsync(world, RevertOf(release));

        first.ShouldBeOfType<RevertOutcome.Failed>().IsPassing.ShouldBeTrue();
        var sha = second.ShouldBeOfType<RevertOutcome.Written>().Sha.Value;
        sha.ShouldBe(world.GitOps.Git.Head("main"));
        world.GitOps.Git.Commit(sha)!.Parents.ShouldBe([release]);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task When_somebody_is_quicker_it_is_written_on_top_of_that(Way way)
    {
        await using var world = await StartAsync(way);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        var left = 1;
        world.Api.Faults = call =>
        {
            var writes = call.Body.Contains("createCommitOnBranch") || call.Method == "PATCH";
            if (writes && Interlocked.Exchange(ref left, 0) == 1)
            {
                Commit(world, ("README.md", "quicker\n"));
            }

            return null;
        };

        var done = await RevertAsync(world, RevertOf(release));

        done.ShouldBeOfType<RevertOutcome.Written>();
        Files(world)[Kustomized].ShouldBe(Kustomization("1.0.0"));
        Files(world)["README.md"].ShouldBe("quicker\n");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_release_whose_commit_is_gone_is_found_by_its_trailers(Way way)
    {
        await using var world = await StartAsync(way);
        Commit(world, (Settings, "A=1\n"));
        var trailers = new ReleaseTrailers
        {
            App = "shop",
            Environment = "production",
            Images = [RevertOf(null).Bad!],
        };
        Say(world, trailers.Below("Squashed"), (Kustomized, Kustomization("1.1.0")), (Settings, "A=2\n"));

        var done = await RevertAsync(world, RevertOf(new string('1', 40)));

        done.ShouldBeOfType<RevertOutcome.Written>().ImageOnly.ShouldBeNull();
        Files(world)[Settings].ShouldBe("A=1\n");
    }

    [Theory]
    [InlineData("fixes #12", "fixes #*12")]
    [InlineData("closes acme/shop#12, GH-7", "closes acme/shop#*12, GH*-7")]
    [InlineData("@acme/all look", "@*acme/all look")]
    [InlineData("resolves https://github.com/acme/shop/issues/1", "resolves https:*//github.com/acme/shop/issues/1")]
    [InlineData("<!-- ![x](y)", "<*!-- !*[x]*(y)")]
    [InlineData("5 < 6 & error #, a-b @ 12:40!", "5 < 6 & error #, a-b @ 12:40!")]
    public async Task A_reason_does_nothing_on_GitHub_and_reads_as_it_was_given(string reason, string harmless)
    {
        await using var world = await StartAsync(Way.GraphQl);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        var order = RevertOf(release) with { Reason = reason, Actor = "@bob" };
        var expected = harmless.Replace('*', '\u2060');

        await RevertAsync(world, order with { Mode = ReleaseMode.PullRequest });
        await RevertAsync(world, order);

        var pull = world.GitOps.Pulls.All.ShouldHaveSingleItem();
        foreach (var text in new[] { Head(world), pull.Body })
        {
            text.ShouldContain($"Rolled back by @\u2060bob. Reason: {expected}\n");
            text.ShouldContain($"Devflow-Reason: {expected}\n");
            text.ShouldNotContain("@bob");
        }
    }

    [Theory]
    [InlineData(503, true)]
    [InlineData(403, false)]
    public async Task What_GitHub_refuses_is_told_with_whether_it_passes(int status, bool isPassing)
    {
        await using var world = await StartAsync(Way.Rest);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        world.Api.Faults = _ => new GitHubFault.Answer(status, "no");

        var failed = (await RevertAsync(world, RevertOf(release))).ShouldBeOfType<RevertOutcome.Failed>();

        failed.IsPassing.ShouldBe(isPassing);
    }
}
