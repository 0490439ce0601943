using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Sandbox.World;

namespace Devflow.ChatOps.Sandbox.Demo;

/// <summary>The story that the demo tells.</summary>
internal sealed class DemoScript(DemoStage stage, DemoNarrator narrator)
{
    private const string Ok = Core.Jobs.CommandOutcome.OkCode;

    public async Task PlayAsync()
    {
        narrator.Chapter("1. The app is installed");
        await stage.UntilRolloutAsync("1.0.0 is live", rollout => rollout is { IsSettled: true, LiveVersion: "1.0.0" });

        var oldScreen = await ReleaseAsync();
        await BrokenReleaseAsync();
        await InstantRollbackAsync(oldScreen);
    }

    private async Task<Slack.SlackMessage> ReleaseAsync()
    {
        narrator.Chapter("2. A good release: it waits, alice promotes it");
        var version = await stage.MergeAsync(ReleaseKind.Good, "2.0.0");
        await stage.UntilRolloutAsync($"{version} is paused", rollout => rollout.Phase == "Paused");
        var card = await stage.UntilCardAsync(version, "waiting for approval", "Brings", "Configuration", "[Promote]");
        await stage.TypeAsync(SandboxTeam.Carol, "/promote my-app", "not_allowed");
        await stage.TypeAsync(SandboxTeam.Bob, "/promote my-app", "self_approval");
        await stage.UntilRolloutAsync(
            "nothing was promoted",
            rollout => rollout is { Phase: "Paused", LiveVersion: "1.0.0" }
        );
        await stage.TypeAsync(SandboxTeam.Alice, "/promote my-app", Ok);
        await stage.UntilRolloutAsync(
            $"{version} is live",
            rollout => rollout is { IsSettled: true, LiveVersion: "2.0.0" }
        );
        await stage.UntilCardAsync(version, "· live", "Completed");
        return card;
    }

    private async Task BrokenReleaseAsync()
    {
        narrator.Chapter("3. A broken release: it fails before anybody sees it, alice rolls back");
        var version = await stage.MergeAsync(ReleaseKind.Broken, "3.0.0-broken");
        await stage.UntilCardAsync(version, "failed", "Preview ready", "ImagePullBackOff");
        await stage.UntilRolloutAsync(
            "2.0.0 keeps the traffic",
            rollout => rollout is { Phase: "Degraded", LiveVersion: "2.0.0" }
        );
        await stage.TypeAsync(SandboxTeam.Alice, "/rollback my-app the image is missing", Ok);
        await stage.UntilRolloutAsync(
            "Git asks for 2.0.0 again, and the controller clears the abort",
            rollout => rollout is { IsSettled: true, LiveVersion: "2.0.0" }
        );
        await stage.UntilCardAsync(version, "· rolled back", "Rolled back to 2.0.0");
    }

    private async Task InstantRollbackAsync(Slack.SlackMessage oldScreen)
    {
        narrator.Chapter("4. A good release that is taken back at once");
        var version = await stage.MergeAsync(ReleaseKind.Good, "4.0.0");
        await stage.UntilRolloutAsync(
            $"{version} is paused",
            rollout => rollout is { Phase: "Paused", Version: "4.0.0" }
        );
        var card = await stage.UntilCardAsync(version, "waiting for approval", "Brings", "Configuration", "[Promote]");
        narrator.Say("alice", "still has the card of 2.0.0 from before on her screen");
        await stage.PressAsync(SandboxTeam.Alice, oldScreen, CardActions.Promote, "stale");
        await stage.UntilRolloutAsync(
            "nothing was promoted",
            rollout => rollout is { Phase: "Paused", LiveVersion: "2.0.0" }
        );
        await stage.PauseAsync(SandboxTeam.Alice, "tries the preview");
        await stage.PressAsync(SandboxTeam.Alice, card, CardActions.Promote, Ok);
        await stage.UntilRolloutAsync(
            $"{version} is live",
            rollout => rollout is { IsSettled: true, LiveVersion: "4.0.0" }
        );
        await stage.UntilCardAsync(version, "· live", "Instant rollback");
        await stage.TypeAsync(SandboxTeam.Bob, "/rollback my-app checkout is slow", Ok);
        await stage.UntilRolloutAsync(
            "2.0.0 is live again",
            rollout => rollout is { IsSettled: true, LiveVersion: "2.0.0" }
        );
        await stage.UntilCardAsync(version, "· rolled back", "Rolled back to 2.0.0");
    }
}
