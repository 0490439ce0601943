using Devflow.ChatOps.Sandbox.Argo;

namespace Devflow.ChatOps.Tests.Sandbox.Argo;

/// <summary>
/// The stand-in against the real controller (Argo Rollouts v1.9.1): the same actions lead through the same states, in
/// the same order, and to the same notifications.
/// </summary>
public sealed class RecordingTests
{
    public static TheoryData<string> Recordings =>
        [
            "01-first-install",
            "02-update-pause-promote",
            "03-abort-retry-promote",
            "03b-retry-soon-after-abort",
            "04a-undo-within-scale-down-delay",
            "04b-undo-after-scale-down",
            "05a-never-ready-no-deadline-abort",
            "05b-never-ready-deadline-abort",
            "05c-first-install-never-ready",
            "06a-auto-promotion-seconds",
            "06b-auto-promotion-seconds-with-enabled-false",
            "06c-auto-promotion-enabled",
            "06d-auto-promotion-seconds-promoted-by-hand",
            "09-preview-replica-count",
            "12-plugin-write-requests",
            "13-invalid-spec",
            "14-scale-and-apply-while-paused",
            "15a-promote-swallowed-as-first-seen",
            "15b-promote-swallowed-and-ways-out",
        ];

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task The_same_actions_lead_through_the_recorded_states(string recording)
    {
        await using var world = await ReplayAsync(recording);

        SeenStates.Of(world.States).ShouldBe(SeenStates.Recorded(Replay.Lines(recording, "states.txt")));
    }

    private static async Task<ControllerWorld> ReplayAsync(string recording)
    {
        var options = new ControllerOptions
        {
            EmulateSwallowedPromote = recording.StartsWith("15", StringComparison.Ordinal),
        };
        var world = new ControllerWorld(options, Replay.Start(recording));
        await new Replay(world, recording).RunAsync();
        return world;
    }
}
