using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Functions.Api;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>What pull requests are told of the release that brings them, at the stand-in.</summary>
public sealed class PullCommentTests
{
    private const string Comments = "/comments";

    [Fact]
    public async Task Each_pull_request_gets_one_comment_that_follows_the_release()
    {
        await using var scene = await GitHubScene.StartAsync();
        scene.WantComments();
        int[] pulls = [scene.Merge(), scene.Merge()];
        await scene.CreateAsync();
        await scene.SettleAsync();
        scene.Repository.Comments.All.ShouldBeEmpty("what it brings is not known yet");

        await scene.ChangeAsync(JobStatus.Running, job => scene.Brings(job, pulls));
        await scene.SettleAsync();
        await scene.WaitForApprovalAsync(scene.Now);
        await scene.SettleAsync();
        await scene.ChangeAsync(JobStatus.Running);
        await scene.SettleAsync();
        scene.Repository.Comments.All.ShouldAllBe(comment => comment.Body.Contains("v2\\: in progress"));
        await scene.ChangeAsync(JobStatus.Succeeded);
        await scene.SettleAsync();

        scene.Repository.Comments.All.Select(comment => comment.Number).Order().ShouldBe(pulls);
        scene.Repository.Comments.All.ShouldAllBe(comment =>
            comment.Body
            == $"<!-- devflow:my-app/production {scene.Id} -->\n"
                + "✅ **my\\-app production, v2\\: live**\n\n"
                + "v2 is live and stable\\.\n\n"
                + $"[Checks](<https://github.com/acme/my-app/commit/{scene.Commit}/checks>) · "
                + "[Open production](<https://my-app.example.com/>)"
        );
        GitHubView.Of(scene.Job)!["comments"]!
            .AsArray()
            .Select(comment => comment!["url"]!.GetValue<string>())
            .ShouldBe(
                scene
                    .Repository.Comments.All.OrderBy(comment => comment.Number)
                    .Select(comment =>
                        $"https://github.com/acme/my-app/pull/{comment.Number}#issuecomment-{comment.Id}"
                    )
            );
        scene.Writes(Comments).Count(write => write == "POST 201").ShouldBe(2);
        scene.Writes(Comments).Count(write => write == "PATCH 200").ShouldBe(6, "waiting, in progress, live");
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Fact]
    public async Task Progress_within_a_status_is_no_reason_to_write()
    {
        await using var scene = await GitHubScene.CommentedAsync();
        for (var times = 0; times < 3; times++)
        {
            scene.Pass(TimeSpan.FromMinutes(1));
            await scene.ChangeAsync(JobStatus.Running, job => job with { Message = $"{times} of 3 pods" });
            await scene.SettleAsync();
        }

        scene.Writes(Comments).ShouldBe(["POST 201"]);
        scene.Writes().Count.ShouldBe(4, "the check run tells it");
    }

    [Fact]
    public async Task Another_check_run_of_the_same_state_is_no_reason_to_write()
    {
        await using var scene = await GitHubScene.CommentedAsync();
        await scene.WaitForApprovalAsync(scene.Now);
        await scene.SettleAsync();
        var runs = scene.Runs.Count;

        await scene.ChangeAsync(
            JobStatus.AwaitingApproval,
            job => job with { Check = job.Check! with { IsAskedAgain = true } }
        );
        await scene.SettleAsync();

        scene.Runs.Count.ShouldBe(runs + 1);
        scene.Writes(Comments).ShouldBe(["POST 201", "PATCH 200"]);
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Fact]
    public async Task What_its_successor_replaced_goes_on_saying_that_it_is_live_and_a_rollback_is_told()
    {
        await using var scene = await GitHubScene.CommentedAsync();
        await scene.ChangeAsync(JobStatus.Succeeded);
        await scene.SettleAsync();
        await scene.ChangeAsync(JobStatus.Succeeded, job => job with { HasLeft = true });
        await scene.SettleAsync();

        scene.Writes(Comments).ShouldBe(["POST 201", "PATCH 200"]);
        scene.Repository.Comments.All[0].Body.ShouldContain("v2 is live and stable");
        scene.Job.IsOnGitHub.ShouldBeTrue();

        await scene.ChangeAsync(JobStatus.RolledBack);
        await scene.SettleAsync();

        scene.Repository.Comments.All[0].Body.ShouldContain("v2\\: rolled back");
    }

    [Fact]
    public async Task Somebody_elses_words_are_never_written_over()
    {
        await using var scene = await GitHubScene.StartAsync();
        var pull = scene.Merge();
        var quote = $"<!-- devflow:my-app/production {scene.Id} -->\nSee above";
        scene.Repository.Comments.Add(pull, quote, "bob-gh");
        scene.Repository.Comments.Add(pull, quote, "other[bot]", 99);

        await scene.ReleaseAsync(pull);

        scene.Repository.Comments.All.Select(comment => comment.By).ShouldBe(["bob-gh", "other[bot]", "devflow[bot]"]);
        scene.Repository.Comments.All.Take(2).ShouldAllBe(comment => comment.Body == quote);
    }

    [Fact]
    public async Task In_another_repository_than_that_of_the_pull_requests_none_is_begun()
    {
        await using var scene = await GitHubScene.StartAsync(installedOn: ["acme/my-app", "acme/other"]);
        int[] pulls = [scene.Merge(), scene.Merge()];
        var other = scene.Api.World.AddRepository("acme/other");
        other.Commit("main", "Begin", [new("a.txt", "a\n")]);
        scene.Api.Faults = call =>
            GitHubScene.IsComment(call) && scene.Repository.Comments.All.Count > 0 ? new GitHubFault.Cut() : null;
        scene.WantComments();
        await scene.CreateAsync(JobStatus.Running, job => scene.Brings(job, pulls));
        await scene.DrawAsync();
        scene.Repository.Comments.All.Count.ShouldBe(1);
        scene.Api.Faults = null;
        scene.Api.Log.Clear();

        scene.MoveTo("acme/other");
        await scene.ChangeAsync(JobStatus.Running);
        for (var looks = 0; looks < 5; looks++)
        {
            scene.Pass(TimeSpan.FromMinutes(1));
            await scene.DrawAsync();
        }

        scene.Api.Log.Calls.ShouldContain(call => call.Path.StartsWith("/repos/acme/other/", StringComparison.Ordinal));
        scene.Api.Log.Calls.ShouldAllBe(call => !call.Path.Contains("/issues/", StringComparison.Ordinal));

        scene.MoveTo("acme/my-app");
        await scene.SettleAsync();
        scene.Repository.Comments.All.Count.ShouldBe(2);
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task The_next_release_of_the_place_goes_on_with_the_comment_and_the_former_leaves_it(int clockIsAhead)
    {
        await using var scene = await GitHubScene.CommentedAsync();
        var next = JobId.New(scene.Now.AddSeconds(clockIsAhead));
        await scene.PutAsync(GitHubScene.Anew(scene.Job, next));
        await scene.SettleAsync(next);
        await scene.ChangeAsync(JobStatus.Superseded);
        await scene.SettleAsync();

        var comment = scene.Repository.Comments.All.ShouldHaveSingleItem();
        comment.Body.ShouldContain($"{next}");
        comment.Body.ShouldNotContain("superseded");
        (scene.Job.IsOnGitHub, scene.Find(next).IsOnGitHub).ShouldBe((true, true));
        scene.Writes(Comments).ShouldBe(["POST 201", "PATCH 200"]);
    }

    [Fact]
    public async Task What_is_over_begins_no_comment()
    {
        await using var scene = await GitHubScene.StartAsync();
        scene.WantComments();
        var pull = scene.Merge();
        await scene.CreateAsync(JobStatus.Superseded, job => scene.Brings(job, pull));
        await scene.SettleAsync();

        scene.Runs.ShouldHaveSingleItem();
        scene.Repository.Comments.All.ShouldBeEmpty();
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unless_the_catalog_wants_them_nothing_is_asked(bool wantedLater)
    {
        await using var scene = await GitHubScene.StartAsync();
        var pull = scene.Merge();
        await scene.CreateAsync(JobStatus.Running, job => scene.Brings(job, pull));
        await scene.SettleAsync();
        scene.WantComments(wantedLater);
        await scene.ChangeAsync(JobStatus.Succeeded);
        await scene.SettleAsync();

        scene.Api.Log.Calls.ShouldAllBe(call => !call.Path.Contains("/issues/", StringComparison.Ordinal));
        scene.Api.Log.Calls.ShouldAllBe(call => !call.Body.Contains("pull_requests", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_the_catalog_wants_none_any_more_it_stays_as_it_is()
    {
        await using var scene = await GitHubScene.CommentedAsync();
        scene.WantComments(false);
        await scene.ChangeAsync(JobStatus.Succeeded);
        await scene.SettleAsync();

        scene.Writes(Comments).ShouldBe(["POST 201"]);
        (scene.Job.Comments, scene.Job.IsOnGitHub).ShouldBe((null, true));
    }
}
