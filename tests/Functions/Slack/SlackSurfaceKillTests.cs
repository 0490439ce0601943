using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using static Devflow.ChatOps.Tests.Functions.Slack.SlackStand;
using Stand = Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Tests.Functions.Slack;

/// <summary>Lost answers and killed processes: nothing is posted twice, and nothing is left out.</summary>
public sealed class SlackSurfaceKillTests
{
    private const string Post = "chat.postMessage";
    private const string History = "conversations.history";

    [Fact]
    public async Task A_post_whose_answer_was_lost_is_found_and_not_repeated()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        stand.Fail(Post, new Stand.SlackFault.CutAfter());
        await scene.CreateAsync();

        var result = await scene.DrawAsync();

        result.LookAgainAt.ShouldBe(scene.Now.AddSeconds(10));
        await scene.SettleAsync();
        scene.CardText().ShouldBe(SurfaceScene.CardText(scene.Job));
        stand.Api.Log.Of(Post).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_post_that_never_arrived_is_looked_for_and_then_repeated()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        stand.Fail(Post, new Stand.SlackFault.CutBefore());
        await scene.CreateAsync();

        await scene.SettleAsync();

        scene.CardText().ShouldBe(SurfaceScene.CardText(scene.Job));
        stand.Api.Log.Of(History).Count.ShouldBe(1);
        stand.Api.Log.Of(Post).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_reply_whose_answer_was_lost_is_found_in_the_thread()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.SettleAsync();
        stand.Fail(Post, new Stand.SlackFault.CutAfter());
        await scene.ChangeAsync(JobStatus.Failed, "failed!", "more");

        await scene.SettleAsync();

        scene.ReplyTexts().ShouldBe(["<!subteam^S0PLATFORM> <@U02BOB> failed!", "more"]);
        stand.Api.Log.Of("conversations.replies").Count.ShouldBe(1);
    }

    [Fact]
    public async Task While_the_search_fails_nothing_is_posted()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        stand.Fail(Post, new Stand.SlackFault.CutAfter());
        await scene.CreateAsync();
        await scene.DrawAsync();
        stand.Api.Scopes = new HashSet<string> { "chat:write" };
        scene.Pass(TimeSpan.FromSeconds(10));

        var result = await scene.DrawAsync();

        result.Job.Card.Problem.ShouldContain("lacks the scope channels:history");
        result.LookAgainAt.ShouldBe(scene.Now.AddMinutes(5));
        stand.Api.Scopes = Stand.SlackApi.DefaultScopes.ToHashSet();
        await scene.SettleAsync();
        stand.Api.Log.Of(Post).Count.ShouldBe(1);
        scene.CardText().ShouldBe(SurfaceScene.CardText(scene.Job));
    }

    [Fact]
    public async Task Another_process_waits_until_the_post_under_way_must_be_over()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        scene.Slack = new Killer(2).Around(stand.Client);
        await Should.ThrowAsync<KilledException>(scene.DrawAsync);
        scene.Slack = stand.Client;

        var soon = await scene.DrawAsync();

        soon.LookAgainAt.ShouldBe(scene.Job.Card.PostingUntil);
        soon.LookAgainAt.ShouldBe(scene.Now.AddSeconds(10));
        stand.Api.Log.Of(History).ShouldBeEmpty();
    }

    [Fact]
    public async Task Killed_at_any_instruction_every_release_ends_with_one_card_and_each_change_told_once()
    {
        await using var stand = await StartAsync();
        var kills = 0;
        for (var at = 1; ; at++)
        {
            var killer = new Killer(at);
            var channel = $"C0KILL{at}";
            stand.Workspace.Put(new Stand.SlackChannel(channel, channel.ToLowerInvariant()));
            var scene = new SurfaceScene(stand, channel);
            scene.Slack = killer.Around(stand.Client);
            scene.Jobs = killer.Around(scene.Store);
            await scene.CreateAsync();
            await SettleKilledAsync(scene);
            await scene.ChangeAsync(JobStatus.AwaitingApproval, "waits!", "one vote");
            await SettleKilledAsync(scene);
            await scene.ChangeAsync(JobStatus.Succeeded, "promoted", "done");
            await SettleKilledAsync(scene);

            scene.CardText().ShouldBe(SurfaceScene.CardText(scene.Job), $"killed at {at}");
            scene
                .ReplyTexts()
                .ShouldBe(
                    ["<!subteam^S0PLATFORM> <@U02BOB> waits!", "one vote", "promoted", "done"],
                    $"killed at {at}"
                );
            scene.Pass(TimeSpan.FromMinutes(1));
            if (!killer.HasKilled)
            {
                break;
            }

            kills++;
        }

        // Five posts with two saves each and two updates with one, each killed before and after; more where a post
        // had to wait for the channel's rate.
        kills.ShouldBeGreaterThanOrEqualTo(2 * ((5 * 3) + (2 * 2)));
    }

    private static async Task SettleKilledAsync(SurfaceScene scene)
    {
        try
        {
            await scene.SettleAsync();
        }
        catch (KilledException)
        {
            await scene.SettleAsync();
        }
    }

    private sealed class KilledException : Exception;

    /// <summary>Ends the process at one of its calls to the store or to Slack: every call counts twice, before and after it.</summary>
    private sealed class Killer(int at)
    {
        private int count;

        public bool HasKilled => count >= at;

        public ISlack Around(ISlack slack) => new Slack(this, slack);

        public IJobs Around(IJobs jobs) => new Jobs(this, jobs);

        private async Task<T> DoAsync<T>(Func<Task<T>> call)
        {
            Count();
            var answer = await call();
            Count();
            return answer;
        }

        private void Count()
        {
            if (++count == at)
            {
                throw new KilledException();
            }
        }

        private sealed class Jobs(Killer killer, IJobs jobs) : IJobs
        {
            public Task<Job?> SaveAsync(Job job, RolloutLease held, CancellationToken stop) =>
                killer.DoAsync(() => jobs.SaveAsync(job, held, stop));

            public Task<Job?> FindJobAsync(JobId id, CancellationToken stop) => jobs.FindJobAsync(id, stop);

            public Task<RolloutJobs> JobsOfAsync(RolloutRef rollout, CancellationToken stop) =>
                jobs.JobsOfAsync(rollout, stop);

            public Task<Job?> FindAppliedAsync(RolloutRef rollout, string commandKey, CancellationToken stop) =>
                jobs.FindAppliedAsync(rollout, commandKey, stop);

            public Task<IReadOnlyList<UnreadableJob>> UnreadableJobsAsync(
                RolloutRef? rollout,
                int limit,
                CancellationToken stop
            ) => jobs.UnreadableJobsAsync(rollout, limit, stop);

            public Task<IReadOnlyList<Job>> StuckJobsAsync(int limit, CancellationToken stop) =>
                jobs.StuckJobsAsync(limit, stop);

            public Task<IReadOnlyList<Job>> ListJobsAsync(
                JobFilter filter,
                int limit,
                JobId? before,
                CancellationToken stop
            ) => jobs.ListJobsAsync(filter, limit, before, stop);
        }

        private sealed class Slack(Killer killer, ISlack slack) : ISlack
        {
            public Task<SlackAnswer<string>> PostAsync(SlackPost post, CancellationToken stop) =>
                killer.DoAsync(() => slack.PostAsync(post, stop));

            public Task<SlackAnswer<string>> UpdateAsync(
                string channel,
                string ts,
                SlackMessage message,
                bool urgent,
                CancellationToken stop
            ) => killer.DoAsync(() => slack.UpdateAsync(channel, ts, message, urgent, stop));

            public Task<SlackAnswer<string>> FindAsync(
                string channel,
                string? thread,
                string operation,
                DateTimeOffset since,
                CancellationToken stop
            ) => killer.DoAsync(() => slack.FindAsync(channel, thread, operation, since, stop));

            public Task<SlackAnswer<string>> PostEphemeralAsync(
                string channel,
                string user,
                string text,
                CancellationToken stop
            ) => throw new NotSupportedException();

            public Task<SlackAnswer<string>> RespondAsync(Uri responseUrl, string text, CancellationToken stop) =>
                throw new NotSupportedException();

            public Task<SlackAnswer<IReadOnlyCollection<string>>> GroupMembersAsync(
                string group,
                CancellationToken stop
            ) => throw new NotSupportedException();

            public Task<SlackAnswer<SlackAccount>> AccountAsync(string user, CancellationToken stop) =>
                throw new NotSupportedException();
        }
    }
}
