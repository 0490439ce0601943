using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>
/// A stored Job that this program cannot read, such as one that a newer version wrote: what is told of it, so that a
/// person finds out why its environment stands still. The stored one stays as it is.
/// </summary>
/// <param name="Id">As it is stored.</param>
/// <param name="Why">One line for administrators.</param>
public sealed record UnreadableJob(string Id, RolloutRef Rollout, string App, string Environment, string Why)
{
    private const int MostOfReason = 300;

    public static UnreadableJob Of(
        string id,
        RolloutRef rollout,
        string app,
        string environment,
        StoredStateException fault
    ) => new(id, rollout, app, environment, Messages.Plain.OneLine(fault.Message, MostOfReason));
}
