using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Sandbox.Argo;

namespace Devflow.ChatOps.Tests.Sandbox.Argo;

/// <summary>
/// The stand-in against the real controller (Argo Rollouts v1.9.1): the same actions lead through the same states, in
/// the same order, and to the same notifications. There are no exceptions: only replica counts, conditions and times are
/// left out, as the stand-in's Pods become ready together and its writes take no time of their own.
/// </summary>
public sealed partial class RecordingTests
{
    /// <summary>What the controller of the recordings was configured to tell.</summary>
    private static readonly string[] RecordedTriggers =
    [
        "on-rollout-updated",
        "on-scaling-replica-set",
        "on-rollout-paused",
        "on-rollout-completed",
        "on-rollout-aborted",
    ];

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

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task The_same_actions_lead_to_the_recorded_notifications_which_show_the_state_before_the_change(
        string recording
    )
    {
        await using var world = await ReplayAsync(recording);

        var told = world.Notifications.Where(told => RecordedTriggers.Contains(told.Trigger)).Select(Describe);
        told.ShouldBe(Replay.Lines(recording, "notifications.txt").Select(Anonymous));
    }

    /// <summary>trigger|generation|phase|message|B when paused|flags, with the hashes taken out.</summary>
    private static string Describe(RolloutNotification told)
    {
        var status = told.Object["status"];
        var flags =
            (status?["controllerPause"]?.GetValue<bool>() == true ? "P" : "")
            + (status?["abort"]?.GetValue<bool>() == true ? "A" : "")
            + (status?["promoteFull"]?.GetValue<bool>() == true ? "F" : "");
        var pause = status?["pauseConditions"] is JsonArray { Count: > 0 } ? "B" : "";
        var generation = told.Object["metadata"]!["generation"];
        return Anonymous($"{told.Trigger}|{generation}|{status?["phase"]}|{status?["message"]}|{pause}|{flags}");
    }

    private static string Anonymous(string line) => HashInMessage().Replace(line, "storefront-hash\"");

    [GeneratedRegex("storefront-[a-z0-9]+\"")]
    private static partial Regex HashInMessage();

    private static async Task<ControllerWorld> ReplayAsync(string recording)
    {
        var options = new ControllerOptions
        {
            // What the recording's Pods took: to be seen, to be bound, and 2.5 s to start.
            PodReadyAfter = TimeSpan.FromSeconds(3.2),
            StepDelay = TimeSpan.FromMilliseconds(20),
            EmulateSwallowedPromote = recording.StartsWith("15", StringComparison.Ordinal),
        };
        var world = new ControllerWorld(options, Replay.Start(recording));
        await new Replay(world, recording).RunAsync();
        return world;
    }
}
