using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    /// <summary><c>stuck</c>: given up, and kept until a person resumes it. Older commands do not have it.</summary>
    private static IEnumerable<CreateIndexModel<BsonDocument>> RetentionOfCommands =>
        [
            Index(
                "commands_stuck",
                new BsonDocument
                {
                    { "stuck", 1 },
                    { "at", 1 },
                    { "order", 1 },
                },
                new BsonDocument("stuck", true)
            ),
            Index("commands_closed", new BsonDocument { { "open", 1 }, { "at", 1 } }, new BsonDocument("open", false)),
        ];

    private static IEnumerable<CreateIndexModel<BsonDocument>> RetentionOfJobs =>
        [Index("jobs_finished", new BsonDocument { { "open", 1 }, { "_id", 1 } }, new BsonDocument("open", false))];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Command>> StuckCommandsAsync(RolloutRef? rollout, int limit, CancellationToken stop)
    {
        var documents = await AskAsync(() =>
            commands.Find(StuckOf(rollout)).Sort(OldestCommand).Limit(limit).Project(OnlyDocument).ToListAsync(stop)
        );
        return [.. documents.Select(document => JobJson.ReadCommand(BsonJson.Write(document)))];
    }

    /// <inheritdoc/>
    public async Task<int> ForgetCommandsAsync(DateTimeOffset before, int limit, CancellationToken stop)
    {
        var old = await AskAsync(() =>
            commands
                .Find(ClosedBefore(before))
                .Sort(new BsonDocument("at", 1))
                .Limit(limit)
                .Project(new BsonDocument("_id", 1))
                .ToListAsync(stop)
        );
        return await RemoveAsync(commands, old.Select(command => command["_id"]), stop);
    }

    /// <inheritdoc/>
    public async Task<ForgottenJobs> ForgetJobsAsync(
        DateTimeOffset before,
        JobId? after,
        int limit,
        CancellationToken stop
    )
    {
        var old = await AskAsync(() =>
            jobs.Find(FinishedBefore(before, after))
                .Sort(new BsonDocument("_id", 1))
                .Limit(limit)
                .Project(new BsonDocument { { "rollout", 1 }, { "boundAt", 1 } })
                .ToListAsync(stop)
        );
        if (old.Count == 0)
        {
            return new ForgottenJobs(0, null);
        }

        // A Job that was never bound is no target and no current one.
        var needed = new HashSet<BsonValue>();
        foreach (var rollout in old.Where(job => !job["boundAt"].IsBsonNull).Select(job => job["rollout"]).Distinct())
        {
            needed.UnionWith(await NeededAsync(RolloutRef.Parse(rollout.AsString), stop));
        }

        var removed = await RemoveAsync(jobs, old.Select(job => job["_id"]).Where(id => !needed.Contains(id)), stop);
        return new ForgottenJobs(removed, JobId.TryParse(old[^1]["_id"].AsString));
    }

    internal static BsonDocument StuckOf(RolloutRef? rollout)
    {
        var wanted = new BsonDocument("stuck", true);
        return wanted.Add("rollout", rollout?.ToString(), rollout is not null);
    }

    internal static BsonDocument ClosedBefore(DateTimeOffset before) =>
        new()
        {
            { "open", false },
            { "at", new BsonDocument("$lt", before.UtcTicks) },
            { "stuck", new BsonDocument("$ne", true) },
        };

    internal static BsonDocument FinishedBefore(DateTimeOffset before, JobId? after)
    {
        var ids = new BsonDocument("$lt", JobId.New(before).ToString());
        return new BsonDocument { { "open", false }, { "_id", ids.Add("$gt", after?.ToString() ?? "") } };
    }

    private async Task<IEnumerable<BsonValue>> NeededAsync(RolloutRef rollout, CancellationToken stop)
    {
        Task<List<BsonDocument>> NewestAsync(BsonDocument filter, int limit) =>
            AskAsync(() =>
                jobs.Find(filter).Sort(NewestBound).Limit(limit).Project(new BsonDocument("_id", 1)).ToListAsync(stop)
            );

        var current = await NewestAsync(BoundOf(rollout), 1);
        var targets = await NewestAsync(TargetsOf(rollout), FormerLimit + 1);
        return current.Concat(targets).Select(job => job["_id"]);
    }

    // Still finished: another instance may have changed it since it was found.
    private async Task<int> RemoveAsync(
        IMongoCollection<BsonDocument> from,
        IEnumerable<BsonValue> ids,
        CancellationToken stop
    )
    {
        var all = new BsonArray(ids);
        if (all.Count == 0)
        {
            return 0;
        }

        var filter = new BsonDocument { { "_id", new BsonDocument("$in", all) }, { "open", false } };
        return (int)(await AskAsync(() => from.DeleteManyAsync(filter, stop))).DeletedCount;
    }
}
