using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>A Rollout whose lease is held, as the catalog of this moment knows it: what patches are sent under.</summary>
public sealed record HeldTarget(RolloutLease Lease, ReleaseCatalog Catalog, ReleaseTarget Target);

/// <summary>The fate of a patch.</summary>
public abstract record PatchEnd
{
    private PatchEnd() { }

    public sealed record Done : PatchEnd;

    public sealed record Refused(Refusal Why) : PatchEnd;

    /// <summary>It stays in the outbox, and is looked after when its time has come.</summary>
    public sealed record Unknown(ClusterFault Why) : PatchEnd
    {
        /// <summary>False when the cluster said that it did not do it.</summary>
        public bool MayHaveHappened { get; init; } = true;
    }
}
