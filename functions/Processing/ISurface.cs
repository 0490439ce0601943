using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>Where people see a Job. Drawn from the stored Job, never from events; a fault of the surface is not one of the release.</summary>
public interface ISurface
{
    /// <summary>Brings the surface into step with the Job; when to come back if it could not be done now.</summary>
    Task<DateTimeOffset?> DrawAsync(
        Job job,
        ReleaseTarget target,
        ReleaseCatalog catalog,
        RolloutLease held,
        CancellationToken stop
    );
}
