namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>What a pass has decided about pauses and aborts, until it is written into the status.</summary>
internal sealed class PauseChanges(RolloutStatus seen)
{
    private readonly List<string> added = [];
    private readonly HashSet<string> removed = [];
    private bool cleared;
    private bool abortAdded;
    private bool abortRemoved;

    public string AbortMessage { get; private set; } = "";

    public bool HasAddedPause => added.Count > 0;

    public bool IsAborted => !abortRemoved && (abortAdded || seen.Abort);

    public void Add(string reason) => added.Add(reason);

    public void Remove(string reason) => removed.Add(reason);

    public void Clear() => cleared = true;

    public void Abort(string message)
    {
        abortAdded = true;
        AbortMessage = message;
    }

    public void RemoveAbort() => abortRemoved = true;

    /// <summary>Fills in abort, abortedAt, controllerPause and pauseConditions.</summary>
    public void WriteTo(RolloutStatus status, DateTimeOffset now)
    {
        if (abortAdded || (!abortRemoved && seen.Abort))
        {
            status.Abort = true;
            status.AbortedAt = seen.AbortedAt ?? now;
            return;
        }

        status.Abort = false;
        status.AbortedAt = null;
        if (cleared)
        {
            return;
        }

        var pauses = seen.PauseConditions.Where(pause => !removed.Contains(pause.Reason)).ToList();
        var controllerPause = seen.ControllerPause;
        foreach (var reason in added.Where(reason => !seen.IsPausedBy(reason)))
        {
            pauses.Add(new PauseCondition(reason, now));
            controllerPause = true;
        }

        if (pauses.Count > 0)
        {
            status.PauseConditions = pauses;
            status.ControllerPause = controllerPause;
        }
    }
}
