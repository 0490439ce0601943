using System.Collections.Immutable;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>The Jobs that the service keeps of a recorded Rollout, which nobody announces and nobody promotes through it.</summary>
internal sealed class RecordedWorld
{
    private readonly Dictionary<JobId, Job> saved = [];
    private int ids;

    public static ReleaseTarget Target { get; } = TargetOf();

    /// <summary>When the service asked to look again, as it keeps it: the earliest wish since the last look.</summary>
    public DateTimeOffset? LookAgainAt { get; private set; }

    public Job? Current => Jobs.Current;

    public RolloutJobs Jobs
    {
        get
        {
            var bound = saved.Values.OrderByDescending(job => job.Release!.BoundAt).ToList();
            return new RolloutJobs(
                bound.FirstOrDefault(),
                [],
                [.. bound.Skip(1).Where(job => job.Status == JobStatus.Succeeded)]
            );
        }
    }

    public static ReleaseCatalog Company { get; } =
        new([], [new("alice", "alice-gh", "UALICE")], [], ["alice"], new Viewers.Everyone(), [Target.App]);

    /// <summary>Looks at this, as the loop does after a hint or when it is due.</summary>
    public void Look(Observation seen)
    {
        var here = new Circumstances(Company, Target, seen.At, new JobId(new Guid(++ids, 0, 0, new byte[8])));
        var decision = Observing.Decide(Jobs, seen, here);
        LookAgainAt = decision.LookAgainAt;
        foreach (var job in decision.Saves)
        {
            saved[job.Id] = JobJson.ReadJob(JobJson.Write(job with { Version = job.Version + 1 }));
        }
    }

    private static ReleaseTarget TargetOf()
    {
        var environment = new AppEnvironment(
            "production",
            "prod",
            "shop",
            "storefront",
            new PromoteRules(["alice"]),
            new RollbackRules(["alice"])
        );
        return new ReleaseTarget(
            new App("storefront", "acme/storefront", null, null, "C0", [environment]),
            environment
        );
    }
}
