using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.Conversations.GitStage;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>Rollbacks that last: what the cluster went back to is what Git asks for.</summary>
public sealed class GitRollbackTests
{
    [Fact]
    public async Task With_self_heal_on_the_undone_version_does_not_come_back()
    {
        await using var world = await StartAsync(InGit, new WorldGitOptions { SelfHealAfter = SelfHeal });
        await LiveAsync(world);

        await world.TypeAsync(Bob, "/rollback my-app errors since 12:40");

        var job = await world.WhenAsync("v2", JobStatus.RolledBack);
        job.Rollback!.Path.ShouldBe(RollbackPath.Undo);
        job.Rollback.Git.ShouldBe(GitState.Agrees);
        world.Git.Asked(InGit).ShouldBe(V1);
        var trailers = ReleaseTrailers.Parse(world.Git.LastMessage);
        trailers.RolledBack.ShouldHaveSingleItem().ToString().ShouldBe(V2);
        (trailers.Actor, trailers.Reason).ShouldBe(("bob", "errors since 12:40"));
        job.Rollback.GitCommit.ShouldBe(world.Git.GitOps.Git.Head("main"));
        world.Git.Server.Refreshes.ShouldBe(1);

        await world.Git.PassAsync(2 * SelfHeal);
        world.LiveImage().ShouldBe(V1);
        world.Templates().ShouldBe([V1, V2, V1]);
        await world.WhenToldAsync();
        world.Thread().ShouldContain(text => text.Contains("Git is written: acme/gitops asks for v1 again"));
        (await world.JobAsync())!.Id.ShouldBe(job.Id);
    }

    [Fact]
    public async Task A_Git_that_fails_is_told_loudly_and_tried_again_until_it_is_written()
    {
        await using var world = await StartAsync(InGit);
        await LiveAsync(world);
        world.Git.Fail(new GitHubFault.Answer(503, "No server is currently available"));

        await world.TypeAsync(Bob, "/rollback my-app");

        var failing = await world.WhenJobAsync(
            job => job.Rollback is { ClusterDone: true, Git: GitState.NotWritten },
            "the cluster being back and Git not"
        );
        failing.Status.ShouldBe(JobStatus.RollingBack);
        world.LiveImage().ShouldBe(V1);
        await world.WhenCardAsync("Git not written");
        await world.WhenAsync(
            () => Task.FromResult(world.Thread().FirstOrDefault(text => text.Contains("Git not written"))),
            "the thread telling it"
        );

        world.Git.Fail(null);
        var job = await world.WhenAsync("v2", JobStatus.RolledBack);
        job.Timeline.Count(entry => entry.NeedsAttention && entry.Text.StartsWith("Git not written")).ShouldBe(1);
        world.Git.Asked(InGit).ShouldBe(V1);
        await world.WhenToldAsync();
        SlackTexts.Of(world.Card()!.Content).ShouldContain("rolled back");
    }

    [Fact]
    public async Task A_GitHub_that_answers_nonsense_for_a_while_holds_up_neither_cluster_nor_card_and_all_is_well_later()
    {
        await using var world = await StartAsync(InGit);
        await LiveAsync(world);
        world.Git.Fail(new GitHubFault.Nonsense("""{"login":"guest","message":"Welcome to our network"}"""));

        await world.TypeAsync(Bob, "/rollback my-app");

        var failing = await world.WhenJobAsync(
            job => job.Rollback is { ClusterDone: true, Git: GitState.NotWritten },
            "the cluster being back and Git not"
        );
        failing.Rollback!.GitProblem.ShouldContain("not what was asked for");
        world.LiveImage().ShouldBe(V1);
        await world.WhenCardAsync("Git not written");

        world.Git.Fail(null);
        world.Clock.Skip(TimeSpan.FromHours(1));
        await world.HintAsync();
        await world.WhenAsync("v2", JobStatus.RolledBack);
        world.Git.Asked(InGit).ShouldBe(V1);
        world.Log.ShouldNotContain(line => line.Contains("Working on") && line.Contains("failed"));
    }

    [Fact]
    public async Task When_self_heal_was_quicker_than_Git_the_bad_version_goes_all_the_same()
    {
        await using var world = await StartAsync(InGit, new WorldGitOptions { SelfHealAfter = SelfHeal });
        await LiveAsync(world);
        world.Git.Fail(new GitHubFault.Answer(503, "No server is currently available"));
        await world.TypeAsync(Bob, "/rollback my-app");
        await world.WhenJobAsync(
            job => job.Rollback is { ClusterDone: true, Git: GitState.NotWritten },
            "the cluster being back and Git not"
        );

        await world.Git.PassAsync(2 * SelfHeal);
        var again = await world.WhenJobAsync(
            job => job is { DisplayVersion: "v2", Rollback: null, Source: JobSource.External },
            "the bad version coming again"
        );
        again.Timeline.ShouldContain(entry => entry.NeedsAttention && entry.Text.Contains("is coming again"));

        world.Git.Fail(null);
        await world.WhenAsync(
            () => Task.FromResult(world.Git.Asked(InGit) == V1 && world.LiveImage() == V1 ? "" : null),
            "Git and the cluster at v1"
        );
    }

    [Fact]
    public async Task Later_than_its_window_Git_alone_brings_the_old_version_as_a_Job_of_its_own()
    {
        var soon = InGit with { Rollout = rollout => rollout with { ScaleDownDelaySeconds = 1 } };
        await using var world = await StartAsync(soon, new WorldGitOptions { SelfHealAfter = SelfHeal });
        var released = await LiveAsync(world);
        await world.WhenScaledDownAsync(released.Release!.Base);
        await world.TypeAsync(Bob, "/devflow lock my-app nothing goes out");
        world.Cluster.Requests.Clear();

        var reply = await world.TypeAsync(Alice, "/rollback my-app");

        reply.Text.ShouldContain("release the old version again; it pauses for approval");
        var again = await world.WhenAsync("v1", JobStatus.AwaitingApproval);
        again.RollbackOf.ShouldBe(released.Id);
        again.Source.ShouldBe(JobSource.Rollback);
        world.LiveImage().ShouldBe(V2);
        world.Patches().ShouldBeEmpty("Argo CD brings it");

        // Of those in rollback.by and not in promote.by; the lock does not stand in the way.
        await world.WhenToldAsync();
        await world.PressAsync(Dora, CardActions.Promote);
        await world.WhenAsync("v1", JobStatus.Succeeded);
        world.LiveImage().ShouldBe(V1);
        await world.Git.PassAsync(2 * SelfHeal);
        world.LiveImage().ShouldBe(V1);
    }

    [Fact]
    public async Task After_an_abort_Git_agrees_and_the_controller_clears_the_abort()
    {
        await using var world = await StartAsync(InGit);
        await world.ReadyAsync();

        await world.TypeAsync(Alice, "/rollback my-app");

        var job = await world.WhenAsync("v2", JobStatus.RolledBack);
        job.Rollback!.Path.ShouldBe(RollbackPath.Abort);
        world.Git.Asked(InGit).ShouldBe(V1);
        var status = world.Rollout()["status"]!;
        status["phase"]!.GetValue<string>().ShouldBe("Healthy");
        (status["abort"]?.GetValue<bool>() ?? false).ShouldBeFalse();
        world.LiveImage().ShouldBe(V1);
    }

    [Fact]
    public async Task What_the_controller_aborted_is_put_back_in_Git_by_a_button()
    {
        await using var world = await StartAsync(InGit);
        await world.ReadyAsync();
        world.Abort();
        await world.WhenAsync("v2", JobStatus.Failed);
        await world.WhenToldAsync();
        SlackTexts.Of(world.Card()!.Content).ShouldContain("still asks for v2: make Git agree");

        await world.PressAsync(Carol, CardActions.MakeGitAgree);
        await world.WhenWhisperedAsync(Carol, "You may not roll back here");
        world.Git.Asked(InGit).ShouldBe(V2);
        await world.PressAsync(Alice, CardActions.MakeGitAgree);

        await world.WhenAsync("v2", JobStatus.RolledBack);
        world.Git.Asked(InGit).ShouldBe(V1);
    }

    [Fact]
    public async Task With_onAbort_revertGit_nobody_need_press_it()
    {
        await using var world = await StartAsync(InGit with { More = InGit.More + "\nonAbort: revertGit" });
        await world.ReadyAsync();

        world.Abort();

        var job = await world.WhenAsync("v2", JobStatus.RolledBack);
        job.Rollback!.By.DisplayName.ShouldBe("devflow");
        world.Git.Asked(InGit).ShouldBe(V1);
        ReleaseTrailers.Parse(world.Git.LastMessage).Actor.ShouldBe("devflow");
    }

    [Fact]
    public async Task With_undo_false_the_cluster_is_changed_through_Git_only()
    {
        var gitOnly = InGit with { More = "rollback: { by: [platform], undo: false }" };
        await using var world = await StartAsync(gitOnly);
        await LiveAsync(world);
        world.Cluster.Requests.Clear();

        var reply = await world.TypeAsync(Bob, "/rollback my-app");

        reply.Text.ShouldContain("through Git");
        await world.WhenAsync("v2", JobStatus.RolledBack);
        world.Patches().ShouldBeEmpty();
        world.LiveImage().ShouldBe(V1);
    }
}
