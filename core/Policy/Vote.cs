namespace Devflow.ChatOps.Core.Policy;

/// <summary>
/// What an approval is bound to; when any of it changes, the votes are void (design section 5).
/// </summary>
/// <param name="JobId">The Job.</param>
/// <param name="Attempt">The attempt of the Job.</param>
/// <param name="PodHash">`status.currentPodHash` of the Rollout.</param>
/// <param name="PauseStartTime">`startTime` of the Rollout's pause; null when the Rollout is not paused.</param>
public sealed record ApprovalSubject(string JobId, int Attempt, string PodHash, DateTimeOffset? PauseStartTime);

/// <summary>One person's approval.</summary>
/// <param name="Actor">Who.</param>
/// <param name="At">When the command arrived.</param>
/// <param name="Subject">Of what.</param>
public sealed record Vote(Actor Actor, DateTimeOffset At, ApprovalSubject Subject);

/// <summary>Somebody keeps an environment from being released to.</summary>
/// <param name="App">App of the catalog.</param>
/// <param name="Environment">Environment of the app.</param>
/// <param name="Reason">Why; text from outside.</param>
/// <param name="Owner">Who took it.</param>
/// <param name="At">When it was taken.</param>
/// <param name="ExpiresAt">When it ends by itself; null: only when it is released.</param>
public sealed record ReleaseLock(
    string App,
    string Environment,
    string Reason,
    Actor Owner,
    DateTimeOffset At,
    DateTimeOffset? ExpiresAt
)
{
    /// <summary>Whether it still holds at this time.</summary>
    public bool IsHeldAt(DateTimeOffset now) => ExpiresAt is null || now < ExpiresAt;
}
