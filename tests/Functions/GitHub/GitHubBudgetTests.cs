using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.GitHub;
using Devflow.ChatOps.Sandbox.GitHub;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>What is written to GitHub is shared out, so that comments never use up what an approval or a rollback needs.</summary>
public sealed class GitHubBudgetTests
{
    private const string Place = "acme/my-app";

    private readonly FakeTimeProvider time = new();
    private readonly GitHubLimits limits;

    public GitHubBudgetTests() => limits = new GitHubLimits(time);

    [Fact]
    public void Comments_have_a_small_share_of_each_owners()
    {
        Fill(GitHubWrite.Comment).ShouldBe(10);
        time.Advance(TimeSpan.FromSeconds(20));

        var wait = limits.Take("ACME/other", GitHubWrite.Comment).ShouldNotBeNull();
        (wait.Kind, wait.RetryAfter).ShouldBe((GitHubFaultKind.RateLimited, TimeSpan.FromSeconds(40)));
        limits.Take("somebody/else", GitHubWrite.Comment).ShouldBeNull();
        limits.Refuse(Place).ShouldBeNull("nobody else waits for it");

        time.Advance(wait.RetryAfter!.Value);
        Fill(GitHubWrite.Comment).ShouldBe(10);
    }

    [Fact]
    public void Of_an_hour_too()
    {
        var written = 0;
        for (var minute = 0; minute < 59; minute++)
        {
            written += Fill(GitHubWrite.Comment);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        written.ShouldBe(100);
        limits.Take(Place, GitHubWrite.Comment)!.RetryAfter.ShouldBe(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void What_is_needed_more_always_finds_something_left_and_Git_waits_for_nothing()
    {
        var written = new List<int>();
        foreach (var write in new[] { GitHubWrite.Progress, GitHubWrite.Outcome, GitHubWrite.Approval })
        {
            written.Add(Fill(write));
            limits.Take(Place, GitHubWrite.Comment).ShouldNotBeNull();
        }

        written.ShouldBe([50, 15, 10]);
        Fill(GitHubWrite.Git, atMost: 100).ShouldBe(100);
        limits.Take(Place, GitHubWrite.Approval).ShouldNotBeNull("what Git needed counts");
    }

    [Fact]
    public void It_stays_below_what_GitHub_allows_in_a_minute_and_in_an_hour()
    {
        var written = new List<DateTimeOffset>();
        for (var second = 0; second < 3 * 3_600; second += 5)
        {
            foreach (var write in Enum.GetValues<GitHubWrite>().Where(write => write != GitHubWrite.Git))
            {
                written.AddRange(Enumerable.Repeat(time.GetUtcNow(), Fill(write)));
            }

            time.Advance(TimeSpan.FromSeconds(5));
        }

        written.Max(at => written.Count(it => it > at - TimeSpan.FromMinutes(1) && it <= at)).ShouldBe(75);
        written.Max(at => written.Count(it => it > at - TimeSpan.FromHours(1) && it <= at)).ShouldBe(475);
    }

    [Fact]
    public async Task Releases_with_many_pull_requests_keep_no_approval_waiting_and_all_are_told_in_the_end()
    {
        await using var scene = await GitHubScene.StartAsync();
        scene.WantComments();
        int[] pulls = [.. Enumerable.Range(0, PullComments.Most).Select(_ => scene.Merge())];
        await scene.CreateAsync(JobStatus.Running, job => scene.Brings(job, pulls));

        var waits = await scene.DrawAsync();

        scene.Repository.Comments.All.Count.ShouldBe(10, "several in one look");
        waits.LookAgainAt.ShouldBe(scene.Now.AddMinutes(1));
        await scene.WaitForApprovalAsync(scene.Now);
        await scene.DrawAsync();
        scene.Newest.Conclusion.ShouldBe("action_required");

        await scene.SettleAsync();
        scene.Repository.Comments.All.Count.ShouldBe(PullComments.Most);
        scene.Repository.Comments.All.ShouldAllBe(comment => comment.Body.Contains("waiting for approval"));
        scene.Job.Comments!.Known.ShouldAllBe(comment => comment.Failures == 0);
        scene.Job.IsOnGitHub.ShouldBeTrue();
        scene.Log.Lines.ShouldAllBe(line => !line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wait_for_room_holds_back_nothing_of_the_same_release_that_is_needed_more()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(JobStatus.Running, job => ReleaseScene.Bound(job));
        await scene.SettleAsync();
        FillTheHour(scene, GitHubWrite.Progress);

        await scene.ChangeAsync(JobStatus.Running);
        var until = (await scene.DrawAsync()).LookAgainAt.ShouldNotBeNull();
        until.ShouldBeGreaterThan(scene.Now.AddMinutes(45));
        scene.Pass(TimeSpan.FromMinutes(1));
        await scene.ChangeAsync(JobStatus.Running);
        (await scene.DrawAsync()).LookAgainAt.ShouldBe(until, "there is no more room than there was");

        await scene.WaitForApprovalAsync(scene.Now);
        await scene.DrawAsync();
        scene.Newest.Conclusion.ShouldBe("action_required");

        await scene.ChangeAsync(JobStatus.Running);
        (await scene.DrawAsync()).LookAgainAt.ShouldNotBeNull().ShouldBeGreaterThan(scene.Now.AddMinutes(45));
        await scene.ChangeAsync(JobStatus.Succeeded);
        await scene.DrawAsync();
        scene.Newest.Conclusion.ShouldBe("success");
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Fact]
    public async Task A_wait_for_room_is_no_failure_so_that_it_does_not_grow()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(JobStatus.Running, job => ReleaseScene.Bound(job));
        await scene.SettleAsync();
        await scene.ChangeAsync(JobStatus.Running);
        scene.Pass(TimeSpan.FromMinutes(1));

        for (var times = 0; times < 5; times++)
        {
            while (scene.Limits.Take(Place, GitHubWrite.Outcome) is null) { }

            var at = (await scene.DrawAsync()).LookAgainAt.ShouldNotBeNull();
            (at - scene.Now).ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
            scene.Job.Check!.Trouble.Failures.ShouldBe(0);
            scene.Pass(at - scene.Now);
        }
    }

    [Fact]
    public async Task A_wait_for_room_keeps_no_run_from_being_looked_up()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(JobStatus.Running, job => ReleaseScene.Bound(job));
        await scene.SettleAsync();
        FillTheHour(scene, GitHubWrite.Progress);
        await scene.ChangeAsync(JobStatus.Running);
        await scene.DrawAsync();
        // The process died while it created the one that asks for approval.
        var intent = new CheckRunIntent(
            new ShownCheckRun(0, 2, 1, scene.Job.Release!.Hash, CheckRunState.ActionRequired),
            scene.Now
        );
        await scene.WaitForApprovalAsync(scene.Now);
        await scene.PutAsync(scene.Job with { Check = scene.Job.Check! with { Creating = intent } });

        await scene.DrawAsync();

        scene.Newest.Conclusion.ShouldBe("action_required");
    }

    [Fact]
    public void Forty_releases_that_wait_leave_room_for_all_that_is_needed_more()
    {
        var renewed = 0;
        for (var minute = 0; minute < 60; minute++)
        {
            renewed += Fill(GitHubWrite.Renewal, atMost: 8);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        renewed.ShouldBe(100);
        Fill(GitHubWrite.Comment).ShouldBe(10);
        Fill(GitHubWrite.Progress).ShouldBe(40);
    }

    [Fact]
    public async Task Where_there_is_no_room_to_renew_a_time_what_changes_is_shown_at_once()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync();
        await scene.WaitForApprovalAsync(scene.Now);
        await scene.SettleAsync();
        FillTheHour(scene, GitHubWrite.Renewal);
        var written = scene.Writes().Count;
        scene.Pass(TimeSpan.FromMinutes(6));
        await scene.PutAsync(scene.Job with { VerifiedAt = scene.Now });

        var until = (await scene.DrawAsync()).LookAgainAt.ShouldNotBeNull();
        until.ShouldBeGreaterThan(scene.Now.AddMinutes(30));
        scene.Job.IsOnGitHub.ShouldBeTrue("what it says is right");
        scene.Writes().Count.ShouldBe(written);

        await scene.WaitForApprovalAsync(scene.Now, attempt: 2);
        await scene.DrawAsync();
        scene.Newest.ExternalId.ShouldBe($"{scene.Id}:2:2");
    }

    [Fact]
    public async Task A_look_has_an_end_even_where_comments_are_slow()
    {
        await using var scene = await GitHubScene.StartAsync();
        scene.WantComments();
        int[] pulls = [.. Enumerable.Range(0, 8).Select(_ => scene.Merge())];
        await scene.CreateAsync(JobStatus.Running, job => scene.Brings(job, pulls));
        scene.Api.Faults = call =>
        {
            if (GitHubScene.IsComment(call))
            {
                scene.Pass(TimeSpan.FromSeconds(1));
            }

            return null;
        };

        (await scene.DrawAsync()).LookAgainAt.ShouldBe(scene.Now);

        scene.Repository.Comments.All.Count.ShouldBe(3);
    }

    /// <summary>So much was written for others in the last minutes that the hour has no room for such writes.</summary>
    private static void FillTheHour(GitHubScene scene, GitHubWrite write)
    {
        TimeSpan? wait;
        while ((wait = scene.Limits.Take(Place, write)?.RetryAfter) is null || wait <= TimeSpan.FromMinutes(1))
        {
            scene.Pass(wait ?? TimeSpan.Zero);
        }
    }

    /// <summary>Writes as much as there is room for; how much that was.</summary>
    private int Fill(GitHubWrite write, int atMost = 1_000)
    {
        var written = 0;
        while (written < atMost && limits.Take(Place, write) is null)
        {
            written++;
        }

        return written;
    }
}
