using Devflow.ChatOps.Action.Reporting;
using Devflow.ChatOps.Action.Runner;
using Devflow.ChatOps.Action.Service;
using Devflow.ChatOps.Action.Waiting;
using Devflow.ChatOps.Tests.Action.World;

namespace Devflow.ChatOps.Tests.Action.Waiting;

public sealed class ReleaseWaitTests : IDisposable
{
    private readonly JumpingTime clock = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly StringWriter log = new() { NewLine = "\n" };
    private readonly Queue<Answer<JobView>> answers = new();

    public void Dispose() => log.Dispose();

    [Theory]
    [InlineData("Pending", "Pending", "Pending", null, null, null)]
    [InlineData("Running", "Succeeded", "Running", "Reached", null, null)]
    [InlineData("AwaitingApproval", "Succeeded", "Succeeded", "Reached", "Reached", null)]
    [InlineData("Succeeded", "Succeeded", "Succeeded", "Reached", "Reached", "Reached")]
    [InlineData("NoChange", "Succeeded", "Pending", "NothingToRelease", "NothingToRelease", "NothingToRelease")]
    [InlineData("Superseded", "Succeeded", "Succeeded", "Superseded", "Superseded", "Superseded")]
    [InlineData("Failed", "Succeeded", "Failed", "Reached", "Ended", "Ended")]
    [InlineData("Failed", "Succeeded", "Succeeded", "Reached", "Reached", "Ended")]
    [InlineData("Failed", "Failed", "Pending", "Ended", "Ended", "Ended")]
    [InlineData("SyncFailed", "Failed", "Pending", "Ended", "Ended", "Ended")]
    [InlineData("RollingBack", "Succeeded", "Succeeded", "Ended", "Ended", "Ended")]
    [InlineData("RolledBack", "Succeeded", "Succeeded", "Ended", "Ended", "Ended")]
    [InlineData("Cancelled", "Pending", "Pending", "Ended", "Ended", "Ended")]
    [InlineData("SomethingNew", "Pending", "Pending", null, null, null)]
    public void A_Job_is_as_far_as_one_waits_for_or_not(
        string status,
        string applied,
        string preview,
        string? synced,
        string? ready,
        string? completed
    )
    {
        var job = Job(status, applied, preview);
        Name(WaitGoal.Synced).ShouldBe(synced);
        Name(WaitGoal.Preview).ShouldBe(ready);
        Name(WaitGoal.Completed).ShouldBe(completed);
        string? Name(WaitGoal goal) => WaitRule.Judge(job, goal)?.GetType().Name;
    }

    [Fact]
    public async Task The_steps_are_told_as_they_change_and_once()
    {
        Tell(Job("Syncing", "Running"), Job("Syncing", "Running"), Job("Running", "Succeeded", "Running"));
        Tell(Job("Succeeded", "Succeeded", "Succeeded"));
        (await UntilAsync(WaitGoal.Completed)).ShouldBeOfType<WaitOutcome.Reached>();
        var lines = log.ToString()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line[(line.IndexOf(' ') + 1)..]);
        lines
            .Skip(1)
            .ShouldBe([
                "Pending",
                "Applied: Running",
                "Syncing",
                "Applied: Succeeded",
                "PreviewReady: Running",
                "Running",
                "PreviewReady: Succeeded",
                "Succeeded",
            ]);
    }

    [Fact]
    public async Task When_the_time_is_up_the_last_that_was_seen_is_told()
    {
        for (var reading = 0; reading < 100; reading++)
        {
            Tell(Job("AwaitingApproval", "Succeeded", "Succeeded"));
        }

        var start = clock.GetUtcNow();
        var outcome = await UntilAsync(WaitGoal.Completed, TimeSpan.FromMinutes(2));
        outcome.ShouldBeOfType<WaitOutcome.TimedOut>().Job.Status.ShouldBe("AwaitingApproval");
        (clock.GetUtcNow() - start).ShouldBeInRange(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task A_service_that_is_away_for_a_while_is_waited_for_and_said_once()
    {
        answers.Enqueue(new Answer<JobView>.Unreachable("Connection refused"));
        answers.Enqueue(new Answer<JobView>.Unreachable("Connection refused"));
        Tell(Job("Succeeded", "Succeeded", "Succeeded"));
        (await UntilAsync(WaitGoal.Completed)).ShouldBeOfType<WaitOutcome.Reached>();
        log.ToString().Split("::warning ").Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_no_ends_the_waiting()
    {
        answers.Enqueue(new Answer<JobView>.Refused("not_found", "No such Job."));
        var lost = (await UntilAsync(WaitGoal.Completed)).ShouldBeOfType<WaitOutcome.Lost>();
        (lost.Code, lost.Message, lost.Job.Id).ShouldBe(("not_found", "No such Job.", "j-1"));
    }

    [Theory]
    [InlineData("Failed", ReasonCodes.ReleaseFailed)]
    [InlineData("SyncFailed", ReasonCodes.SyncFailed)]
    [InlineData("RolledBack", ReasonCodes.ReleaseRolledBack)]
    [InlineData("Cancelled", ReasonCodes.ReleaseCancelled)]
    public async Task The_end_of_the_Job_is_the_end_of_waiting(string status, string code)
    {
        Tell(Job(status, "Succeeded"));
        (await UntilAsync(WaitGoal.Preview)).ShouldBeOfType<WaitOutcome.Ended>().Code.ShouldBe(code);
    }

    private void Tell(params JobView[] jobs)
    {
        foreach (var job in jobs)
        {
            answers.Enqueue(new Answer<JobView>.Told(job));
        }
    }

    private Task<WaitOutcome> UntilAsync(WaitGoal goal, TimeSpan? timeout = null) =>
        new ReleaseWait(_ => Task.FromResult(answers.Dequeue()), new WorkflowLog(log), clock).UntilAsync(
            Job("Pending", "Pending"),
            goal,
            timeout ?? TimeSpan.FromMinutes(10),
            TestContext.Current.CancellationToken
        );

    private static JobView Job(string status, string applied, string preview = "Pending") =>
        new()
        {
            Id = "j-1",
            Status = status,
            Steps =
            [
                new StepView { Name = "Applied", Status = applied },
                new StepView { Name = "PreviewReady", Status = preview },
            ],
        };
}
