using Devflow.ChatOps.Sandbox.World;

namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>One line that tells a visitor what to do next.</summary>
/// <param name="Text">The line.</param>
/// <param name="Tone"><c>go</c>, <c>wait</c>, <c>act</c> or <c>bad</c>.</param>
/// <param name="Where">Which part of the page it speaks of: <c>merge</c>, <c>card</c>, <c>person</c> or nothing.</param>
internal sealed record Hint(string Text, string Tone, string Where)
{
    /// <summary>The hint for this person about the app that the page is about; the others run beside it.</summary>
    public static Hint For(AppPicture app, SandboxPerson person, DateTimeOffset now)
    {
        var rollout = app.Rollout;
        var mayApprove = person == SandboxTeam.Alice;
        var mayRollBack = person != SandboxTeam.Carol;
        var trouble = rollout.Sets.Any(set => set.IsCurrent && set.Pods.Any(pod => pod.State == "trouble"));
        return rollout switch
        {
            { Phase: "Missing" } => new(
                "The Rollout is gone. Argo CD makes it again from Git with the next commit: merge one",
                "bad",
                "merge"
            ),
            { LiveVersion: "" } => new("The first version is being installed …", "wait", ""),
            { IsAborted: true } => new(
                $"{rollout.Version} is out; {rollout.LiveVersion} never lost the traffic. Release a fixed version",
                "go",
                "merge"
            ),
            { Phase: "Degraded" } or { IsSettled: false } when trouble || rollout.Phase == "Degraded" => mayRollBack
                ? new($"{rollout.Version} does not start. Press Roll back on its card.", "bad", "card")
                : new($"{rollout.Version} does not start. Become alice or bob and roll back.", "bad", "person"),
            { Phase: "Paused" } when mayApprove => new(
                $"{rollout.Version} is ready beside {rollout.LiveVersion}. Press Promote on its card.",
                "act",
                "card"
            ),
            { Phase: "Paused" } => new(
                person == SandboxTeam.Bob
                    ? $"{rollout.Version} is yours, so somebody else approves it. Become alice."
                    : $"You may not approve {rollout.Version}. Become alice, or try it and see.",
                "act",
                "person"
            ),
            { IsSettled: true } when app.Release?.InstantRollbackUntil > now => new(
                $"{rollout.LiveVersion} is live. Rolling back is instant while the version before is still up.",
                "go",
                "card"
            ),
            { IsSettled: true, Version: "1.0.0" } => new("Merge to main: release a version", "go", "merge"),
            { IsSettled: true } => new($"{rollout.LiveVersion} is live. Release the next one", "go", "merge"),
            _ when rollout.Version == rollout.LiveVersion => new(
                $"{rollout.LiveVersion} takes over the traffic …",
                "wait",
                ""
            ),
            _ => new(
                $"{rollout.Version} starts beside {rollout.LiveVersion}; then it waits for approval …",
                "wait",
                ""
            ),
        };
    }
}
