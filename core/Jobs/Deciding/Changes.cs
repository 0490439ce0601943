namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Collects what a decision changed, each Job once, in the order in which they must be saved.</summary>
internal sealed class Changes
{
    private readonly Dictionary<JobId, Job?> before = [];
    private readonly List<Job> after = [];
    private DateTimeOffset? look;
    private DateTimeOffset? lookAtRest;

    /// <summary>Puts a Job's new state; <paramref name="old"/> is the stored one, <c>null</c> for a new Job.</summary>
    public Job Put(Job? old, Job changed)
    {
        before.TryAdd(changed.Id, old);
        after.RemoveAll(job => job.Id == changed.Id);
        after.Add(changed);
        return changed;
    }

    /// <summary>The Job as it was put last, or as it is.</summary>
    public Job Latest(Job job) => after.Find(put => put.Id == job.Id) ?? job;

    /// <summary>Whether this Job was put.</summary>
    public bool Has(JobId id) => before.ContainsKey(id);

    /// <summary>Look again at this time, or earlier.</summary>
    public void LookAt(DateTimeOffset at) => (look, lookAtRest) = (Earliest(look, at), Earliest(lookAtRest, at));

    /// <summary>The same, only because hints get lost: not needed where the Rollout is known to be as it was.</summary>
    public void LookUnlessVerified(DateTimeOffset at) => look = Earliest(look, at);

    public Decision Decide(CommandOutcome? outcome = null) =>
        new()
        {
            Saves =
            [
                .. after
                    .Where(job => before[job.Id] is not { } old || !job.IsSameAs(old))
                    .Select(job => job.Revised(before[job.Id])),
            ],
            Outcome = outcome,
            LookAgainAt = look,
            LookAtRestAt = lookAtRest,
        };

    private static DateTimeOffset Earliest(DateTimeOffset? known, DateTimeOffset at) =>
        known is null || at < known ? at : known.Value;
}
