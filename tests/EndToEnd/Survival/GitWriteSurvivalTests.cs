using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.EndToEnd.World;

namespace Devflow.ChatOps.Tests.EndToEnd.Survival;

/// <summary>
/// The service is killed at each kind of write that it makes to GitHub and Argo CD while it rolls back: in one release before
/// the request takes effect, in another once it took effect and was not answered. Git is written once, and whatever people
/// see of it is there once.
/// </summary>
public sealed class GitWriteSurvivalTests(ITestOutputHelper output)
{
    private static readonly TimeSpan limit = TimeSpan.FromMinutes(8);
    private static readonly Death[] deaths = [Death.BeforeItArrives, Death.BeforeTheAnswer];

    [Fact]
    public Task Killed_at_each_write_of_a_rollback_the_service_writes_one_commit_and_tells_it_once() =>
        RunAsync(
            byPullRequest: false,
            [GitWrite.Commit, GitWrite.Refresh, GitWrite.CheckRun, GitWrite.DeploymentStatus]
        );

    [Fact]
    public Task Killed_at_each_write_of_a_rollback_by_pull_request_the_service_opens_one() =>
        RunAsync(byPullRequest: true, [GitWrite.Branch, GitWrite.Commit, GitWrite.PullRequest]);

    private async Task RunAsync(bool byPullRequest, IReadOnlyList<GitWrite> writes)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        over.CancelAfter(limit);
        var began = TimeProvider.System.GetTimestamp();
        var doing = "start";
        void Tell(string what)
        {
            doing = what;
            output.WriteLine($"{TimeProvider.System.GetElapsedTime(began).TotalSeconds, 5:0.0} s: {what}");
        }

        await using var world = await GitWriteWorld.StartAsync(deaths.Length, over.Token);
        try
        {
            Tell("release");
            await Task.WhenAll(world.Apps.Select(app => world.ReleaseAsync(app, over.Token)));
            await Task.WhenAll(world.Apps.Select(app => world.PromoteAsync(app, over.Token)));
            if (byPullRequest)
            {
                world.GitOps.Protections["main"] = GitHubProtection.RequiresPullRequest();
            }

            foreach (var (app, death) in world.Apps.Zip(deaths))
            {
                await world.WhenUpAsync(over.Token);
                Tell($"{app.Name}: roll back, {death}");
                // A check run is updated only where it was written before the rollback had ended: it may die there too.
                world.Kills.Arm(app.Name, death, byPullRequest ? writes : [.. writes, GitWrite.CheckRunUpdate]);
                // Whether anybody answers is open; what was typed is written down before the first request.
                await world.TypeAsync(app, $"/rollback {app.Name} errors", over.Token);
                await WrittenAsync(world, app, byPullRequest, over.Token);
                Tell($"{app.Name}: complete it");
                await EndAsync(world, app, byPullRequest, over.Token);
                Tell($"{app.Name}: was killed at {string.Join(", ", world.Kills.Hit)}");
                writes.Except(world.Kills.Hit).ShouldBeEmpty();
            }

            world.Kills.Disarm();
            await world.WhenUpAsync(over.Token);
            foreach (var (app, death) in world.Apps.Zip(deaths))
            {
                await ShouldHaveHappenedOnceAsync(world, app, $"{app.Name}: {death}", over.Token);
            }

            world.GitOps.Pulls.All.Count.ShouldBe(byPullRequest ? world.Apps.Count : 0);
            (await world.StopAsync(over.Token)).ShouldBe(0);
            world.Surprises.ShouldBeEmpty();
            Tell($"over, after {world.Starts} starts");
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            Assert.Fail(
                $"Not completed within {limit.TotalMinutes} min; it was at: {doing}; killed at {string.Join(", ", world.Kills.Hit)}.\n"
                    + string.Join('\n', world.Said.TakeLast(80))
            );
        }
    }

    private static Task WrittenAsync(GitWriteWorld world, WorldApp app, bool byPullRequest, CancellationToken stop) =>
        byPullRequest ? world.WhenPendingAsync(app, stop) : world.WhenRolledBackAsync(app, stop);

    private static async Task EndAsync(GitWriteWorld world, WorldApp app, bool byPullRequest, CancellationToken stop)
    {
        if (byPullRequest)
        {
            var pull = world.GitOps.Pulls.All.Single(pull => pull.Head == $"devflow-rollback/{app.Name}/production");
            world.GitOps.Pulls.Merge(pull.Number, "bob-gh", GitHubMergeMethod.Squash);
            await world.WhenUpAsync(stop);
            await world.TypeAsync(app, $"/devflow agree {app.Name}", stop);
            await world.WhenRolledBackAsync(app, stop);
        }

        await world.WhenAsync(app, "cancelled", "inactive", stop);
    }

    private static async Task ShouldHaveHappenedOnceAsync(
        GitWriteWorld world,
        WorldApp app,
        string about,
        CancellationToken stop
    )
    {
        world.Asked(app).ShouldBe(app.Image("v1"), about);
        var reverts = world
            .Messages("main")
            .Select(ReleaseTrailers.Parse)
            .Where(trailers => trailers.App == app.Name && trailers.Rollback is not null)
            .ToList();
        reverts.Count.ShouldBe(1, about);
        (reverts[0].Actor, reverts[0].Reason).ShouldBe(("alice", "errors"), about);
        reverts[0].RolledBack.ShouldHaveSingleItem(about).ToString().ShouldBe(app.Image("v2"));

        var job = await world.JobAsync(app, stop);
        job["status"]!.GetValue<string>().ShouldBe("RolledBack", about);
        job["rollback"]!["git"]!.GetValue<string>().ShouldBe("Agrees", about);

        world.Runs(app).Select(run => run.ExternalId).ShouldBeUnique(about);
        world.Runs(app).Count(run => !run.IsCompleted).ShouldBeLessThanOrEqualTo(1, about);
        var states = world.Deployments(app).ShouldHaveSingleItem(about).Statuses.Select(status => status.State);
        states.Zip(states.Skip(1)).ShouldAllBe(pair => pair.First != pair.Second, about);
        world.Cards(app).Count.ShouldBe(1, about);
        world.Replies(app).Select(reply => reply.Content.Text).ShouldBeUnique(about);

        var audit = world.Audit(app).Where(entry => entry.Action is "revert Git" or "rollback").ToList();
        audit.Select(entry => (entry.Action, entry.Outcome)).ShouldBeUnique(about);
        audit.Count(entry => entry is { Action: "revert Git", Outcome: "ok" }).ShouldBe(1, about);
    }
}
