using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Functions.Api;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>What becomes of comments when GitHub does not answer, refuses, or somebody meddles with them.</summary>
public sealed class PullCommentFaultTests
{
    private const string Comments = "/comments";

    [Fact]
    public async Task A_slow_conversation_keeps_no_other_releases_check_run_waiting()
    {
        await using var scene = await GitHubScene.StartAsync();
        scene.WantComments();
        var pull = scene.Merge();
        await scene.CreateAsync(JobStatus.Running, job => scene.Brings(job, pull));
        scene.Api.Faults = call => GitHubScene.IsComment(call) ? new GitHubFault.Cut() : null;
        var surface = scene.Surface();

        await scene.DrawAsync(surface, scene.Job);
        var other = JobId.New(scene.Now.AddMinutes(1));
        await scene.PutAsync(GitHubScene.Anew(scene.Job, other) with { Comments = null });
        await scene.DrawAsync(surface, scene.Find(other));

        scene.Find(scene.Id).Comments!.Trouble.Failures.ShouldBe(1);
        scene.Runs.Select(run => run.ExternalId).ShouldBe([$"{scene.Id}:1:1", $"{other}:1:1"]);
    }

    [Fact]
    public async Task A_locked_conversation_is_left_at_that_and_the_others_are_written()
    {
        await using var scene = await GitHubScene.StartAsync();
        int[] pulls = [scene.Merge(), scene.Merge(), scene.Merge()];
        scene.Repository.Pulls.Lock(pulls[2], "alice-gh");
        await scene.ReleaseAsync(pulls);
        scene.Repository.Comments.All.Select(comment => comment.Number).Order().ShouldBe(pulls[..2]);

        scene.Repository.Pulls.Lock(pulls[0], "alice-gh");
        await scene.ChangeAsync(JobStatus.Succeeded);
        await scene.SettleAsync();

        scene.Repository.Comments.Of(pulls[0])[0].Body.ShouldContain("in progress");
        scene.Repository.Comments.Of(pulls[1])[0].Body.ShouldContain("live");
        scene.Writes(Comments).Count(write => write.EndsWith("403", StringComparison.Ordinal)).ShouldBe(2);
        scene.Job.IsOnGitHub.ShouldBeTrue();
        scene.Log.Lines.ShouldAllBe(line => !line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_archived_repository_is_asked_once_for_each_and_no_more()
    {
        await using var scene = await GitHubScene.StartAsync();
        scene.Api.Faults = call =>
            GitHubScene.IsComment(call)
                ? new GitHubFault.Answer(403, "Repository was archived so is read-only.")
                : null;
        await scene.ReleaseAsync(scene.Merge(), scene.Merge());
        await scene.ChangeAsync(JobStatus.Succeeded);
        await scene.SettleAsync();

        scene.Writes(Comments).ShouldBe(["POST 403", "POST 403"]);
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Fact]
    public async Task One_that_fails_goes_behind_the_others()
    {
        await using var scene = await GitHubScene.StartAsync();
        int[] pulls = [scene.Merge(), scene.Merge(), scene.Merge()];
        var failures = 0;
        scene.Api.Faults = call =>
            GitHubScene.IsComment(call)
            && call.Path.Contains($"/issues/{pulls[2]}/", StringComparison.Ordinal)
            && failures++ < 2
                ? new GitHubFault.Answer(502, "Bad Gateway")
                : null;
        await scene.ReleaseAsync(pulls);

        scene.Repository.Comments.All.Select(comment => comment.Number).ShouldBe([pulls[1], pulls[0], pulls[2]]);
        scene.Job.Comments!.Known.ShouldAllBe(comment => comment.Failures == 0);
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public async Task Where_there_is_too_much_talk_to_find_it_again_there_is_none(int others, bool isWritten)
    {
        await using var scene = await GitHubScene.StartAsync();
        var pull = scene.Merge();
        for (var number = 0; number < others; number++)
        {
            scene.Repository.Comments.Add(pull, "+1", "bob-gh");
        }

        await scene.ReleaseAsync(pull);

        scene.Repository.Comments.All.Count(comment => comment.By == "devflow[bot]").ShouldBe(isWritten ? 1 : 0);
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_comment_whose_answer_was_lost_is_looked_for_and_there_is_one(bool wasMade)
    {
        await using var scene = await GitHubScene.StartAsync();
        scene.FailOnce("POST", Comments, wasMade ? new GitHubFault.CutAfterWork() : new GitHubFault.Cut());
        await scene.ReleaseAsync();

        scene.Repository.Comments.All.Count.ShouldBe(1);
        scene.Writes(Comments).Count.ShouldBe(wasMade ? 1 : 2);
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Fact]
    public async Task A_process_that_dies_after_it_wrote_and_before_it_knew_leaves_one_comment()
    {
        await using var scene = await GitHubScene.StartAsync();
        scene.Api.Faults = call =>
        {
            // From here on it saves nothing more.
            scene.Store.LeaseIsLost = call.Method == "POST" && call.Path.EndsWith(Comments, StringComparison.Ordinal);
            return null;
        };
        await scene.ReleaseAsync();
        scene.Store.LeaseIsLost.ShouldBeTrue();
        scene.Store.LeaseIsLost = false;

        await scene.SettleAsync();

        scene.Writes(Comments).ShouldBe(["POST 201"]);
        scene.Job.Comments!.Known.ShouldHaveSingleItem().Id.ShouldBe(scene.Repository.Comments.All[0].Id);
    }

    [Fact]
    public async Task What_somebody_deleted_or_wrote_over_is_left_at_that()
    {
        await using var scene = await GitHubScene.CommentedAsync(pulls: 2);
        var (first, second) = (scene.Repository.Comments.All[0], scene.Repository.Comments.All[1]);
        scene.Repository.Comments.Delete(first.Id);
        scene.Repository.Comments.Edit(second.Id, "Thanks, all");
        scene.Api.Log.Clear();

        foreach (var status in new[] { JobStatus.Failed, JobStatus.Running, JobStatus.Succeeded })
        {
            await scene.ChangeAsync(status);
            await scene.SettleAsync();
        }

        scene.Writes(Comments).ShouldBeEmpty();
        scene.Api.Log.Calls.Count(call => call.Path.Contains("/issues/", StringComparison.Ordinal)).ShouldBe(2);
        scene.Repository.Comments.All.ShouldHaveSingleItem().Body.ShouldBe("Thanks, all");
        scene.Log.Lines.ShouldAllBe(line => !line.StartsWith("Warning", StringComparison.Ordinal));
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Fact]
    public async Task A_repository_that_the_App_does_not_see_any_more_is_told_and_its_comments_go_on_once_it_does()
    {
        await using var scene = await GitHubScene.CommentedAsync(pulls: 2);
        scene.Api.Faults = call =>
            call.Path.EndsWith("/acme/my-app", StringComparison.Ordinal)
            || call.Path.Contains("/issues/", StringComparison.Ordinal)
                ? new GitHubFault.Answer(404, "Not Found")
                : null;
        await scene.ChangeAsync(JobStatus.Failed);
        await scene.DrawAsync();

        scene.Job.Comments!.Trouble.Problem.ShouldBe(
            "The GitHub App does not see acme/my-app any more, or it is not there."
        );
        scene.Job.Comments.Known.ShouldAllBe(comment => !comment.IsGivenUp);
        scene.Log.Lines.ShouldContain(line => line.StartsWith("Warning", StringComparison.Ordinal));

        scene.Api.Faults = null;
        await scene.SettleAsync();
        scene.Job.Comments!.Trouble.Problem.ShouldBeEmpty();
        scene.Repository.Comments.All.ShouldAllBe(comment => comment.Body.Contains("failed"));
    }

    [Fact]
    public async Task A_missing_permission_is_told_once_and_keeps_nothing_else_from_being_shown()
    {
        await using var scene = await GitHubScene.StartAsync(
            GitHubPermissions.All with
            {
                PullRequests = GitHubAccess.Read,
                Issues = GitHubAccess.None,
            }
        );
        scene.WantComments();
        var pull = scene.Merge();
        await scene.CreateAsync(JobStatus.Running, job => scene.Brings(job, pull));
        await scene.DrawForAnHourAsync();

        scene.Newest.Status.ShouldBe("in_progress");
        scene.Deployments.ShouldHaveSingleItem().State.ShouldBe("in_progress");
        scene.Log.Lines.Count(line => line.StartsWith("Warning", StringComparison.Ordinal)).ShouldBe(1);
        scene.Log.Lines.ShouldContain(line => line.Contains("pull_requests: write", StringComparison.Ordinal));
        GitHubView.Of(scene.Job)!["commentProblem"]!.GetValue<string>().ShouldContain("pull_requests: write");

        await scene.ChangeAsync(JobStatus.Superseded);
        await scene.SettleAsync();
        scene.Job.IsOnGitHub.ShouldBeTrue("nobody is asked about it for ever");
        scene.Repository.Comments.All.ShouldBeEmpty();
    }
}
