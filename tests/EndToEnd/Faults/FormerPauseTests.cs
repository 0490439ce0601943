using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.EndToEnd.World;

namespace Devflow.ChatOps.Tests.EndToEnd.Faults;

/// <summary>GitHub still shows a pause that is over, because it does not take the run of the next one.</summary>
public sealed class FormerPauseTests
{
    [Fact]
    public async Task A_button_of_a_former_pause_does_not_approve_the_one_that_began_since()
    {
        await using var stage = await GitHubStage.StartAsync();
        stage.Merge();
        await using var world = await stage.StartWorldAsync();
        var job = await stage.ReadyAsync(world);
        stage.Api.Faults = call =>
            call.Method == "POST" && call.Path.EndsWith("/check-runs", StringComparison.Ordinal)
                ? new GitHubFault.Answer(503, "Unavailable")
                : null;
        var pause = job.Release!.PauseStart!.Value.AddSeconds(1);
        world.ChangeRollout(rollout =>
            rollout["status"]!["pauseConditions"]![0]!["startTime"] = $"{pause.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"
        );
        await world.HintAsync();
        await world.WhenJobAsync(it => it.Release!.PauseStart == pause, "the next pause");

        (await stage.PressAsync("bob-gh", "promote")).Body.ShouldStartWith("stale: ");

        world.Patches().ShouldBeEmpty();
        (await world.JobAsync())!.Status.ShouldBe(JobStatus.AwaitingApproval);
    }
}
