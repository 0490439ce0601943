using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    private const int FormerLimit = 20;
    private const int UnfinishedLimit = 20;

    /// <summary>
    /// <c>waiting</c>: not bound and not final. <c>target</c>: succeeded and not rolled back. <c>listed</c>: not a baseline.
    /// <c>settled</c>: told in full, and nothing left to perform. <c>save</c>: whose write it was.
    /// </summary>
    internal static readonly CreateIndexModel<BsonDocument>[] JobsIndexes =
    [
        Index("jobs_bound", BoundKeys),
        Index("jobs_targets", BoundKeys, new BsonDocument("target", true)),
        Index("jobs_waiting", new BsonDocument { { "rollout", 1 }, { "_id", 1 } }, new BsonDocument("waiting", true)),
        Index(
            "jobs_unsettled",
            new BsonDocument { { "rollout", 1 }, { "_id", -1 } },
            new BsonDocument("settled", false)
        ),
        Index("jobs_open", new BsonDocument { { "open", 1 }, { "_id", -1 } }, new BsonDocument("open", true)),
        Index("jobs_by_app", new BsonDocument { { "app", 1 }, { "_id", -1 } }, new BsonDocument("listed", true)),
        Index(
            "jobs_by_environment",
            new BsonDocument
            {
                { "app", 1 },
                { "environment", 1 },
                { "_id", -1 },
            },
            new BsonDocument("listed", true)
        ),
        .. RetentionOfJobs,
        .. FindingOfJobs,
        .. StuckOfJobs,
    ];

    /// <inheritdoc/>
    public async Task<Job?> FindJobAsync(JobId id, CancellationToken stop)
    {
        var found = await JobsAsync(ById(id.ToString()), NewestId, 1, stop);
        return (await VerifiedAsync(found, stop)).SingleOrDefault();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Queries at once and no snapshot: under the lease nobody changes what they read. Without it, a Job that is
    /// bound meanwhile may be seen as it was before.
    /// </remarks>
    public async Task<RolloutJobs> JobsOfAsync(RolloutRef rollout, CancellationToken stop)
    {
        var current = JobsAsync(BoundOf(rollout), NewestBound, 1, stop);
        var pending = JobsAsync(WaitingOf(rollout), new BsonDocument("_id", 1), limit: 0, stop);
        // One more than is wanted: the current one may be among them.
        var former = ReadableAsync(TargetsOf(rollout), NewestBound, FormerLimit + 1, stop);
        var unsettled = ReadableAsync(UnsettledOf(rollout), NewestId, UnfinishedLimit + 1, stop);
        var verified = VerifiedAtAsync([rollout], stop);
        await Task.WhenAll(current, pending, former, unsettled, verified);

        DateTimeOffset? at = (await verified).TryGetValue(rollout, out var time) ? time : null;
        var currentJob = (await current).SingleOrDefault()?.VerifiedBy(at);
        return new RolloutJobs(
            currentJob,
            [.. (await pending).Select(job => job.VerifiedBy(at)).Where(job => job.Id != currentJob?.Id)],
            [
                .. (await former)
                    .Select(job => job.VerifiedBy(at))
                    .Where(job => job.Id != currentJob?.Id)
                    .Take(FormerLimit),
            ]
        )
        {
            Unfinished =
            [
                .. (await unsettled)
                    .Select(job => job.VerifiedBy(at))
                    .Where(job => job.Id != currentJob?.Id)
                    .Take(UnfinishedLimit),
            ],
        };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Job>> ListJobsAsync(
        JobFilter filter,
        int limit,
        JobId? before,
        CancellationToken stop
    ) => await VerifiedAsync(await ReadableAsync(Listed(filter, before), NewestId, limit, stop), stop);

    internal static BsonDocument BoundOf(RolloutRef rollout) =>
        new() { { "rollout", rollout.ToString() }, { "boundAt", new BsonDocument("$gt", 0) } };

    internal static BsonDocument TargetsOf(RolloutRef rollout) =>
        new() { { "rollout", rollout.ToString() }, { "target", true } };

    internal static BsonDocument WaitingOf(RolloutRef rollout) =>
        new() { { "rollout", rollout.ToString() }, { "waiting", true } };

    internal static BsonDocument UnsettledOf(RolloutRef rollout) =>
        new()
        {
            { "rollout", rollout.ToString() },
            { "settled", false },
            { "waiting", false },
        };

    // Conditions that are not asked for are left out, so that each combination finds its index; without any, the ids'.
    internal static BsonDocument Listed(JobFilter filter, JobId? before)
    {
        var wanted = new BsonDocument("listed", true);
        wanted.Add("app", filter.App, filter.App is not null);
        wanted.Add("environment", filter.Environment, filter.Environment is not null);
        wanted.Add("open", true, filter.OpenOnly);
        wanted.Add("_id", new BsonDocument("$lt", before.ToString()), before is not null);
        return wanted;
    }

    internal static BsonDocument NewestBound => new() { { "boundAt", -1 }, { "_id", -1 } };

    internal static BsonDocument NewestId => new("_id", -1);

    private static BsonDocument BoundKeys =>
        new()
        {
            { "rollout", 1 },
            { "boundAt", -1 },
            { "_id", -1 },
        };

    private async Task<List<Job>> VerifiedAsync(List<Job> found, CancellationToken stop)
    {
        if (found.Count == 0)
        {
            return found;
        }

        var times = await VerifiedAtAsync(found.Select(job => job.Rollout), stop);
        return found.ConvertAll(job => times.TryGetValue(job.Rollout, out var at) ? job.VerifiedBy(at) : job);
    }

    /// <summary>The Job as it is stored, with what queries need beside it.</summary>
    private static BsonDocument Stored(Job job, string save) =>
        new BsonDocument
        {
            { "_id", job.Id.ToString() },
            { "rollout", job.Rollout.ToString() },
            { "app", job.App },
            { "environment", job.Environment },
            { "boundAt", Ticks(job.Release?.BoundAt) },
            { "waiting", !job.IsBound && !job.IsFinal },
            { "target", job is { IsBound: true, Status: JobStatus.Succeeded, Rollback: null } },
            { "listed", job.Source != JobSource.Baseline },
            { "open", job.IsOpen },
            { "settled", job.IsSettled },
            { "version", job.Version },
            { "save", save },
        }.AddRange(BsonJson.Parse(JobJson.Write(job)));
}
