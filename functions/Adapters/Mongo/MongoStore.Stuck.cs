using Devflow.ChatOps.Core.Jobs;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    // Of the document itself: older versions, which may run beside this one, write no field of it.
    private const string StuckEffect = "document.outbox.isStuck";

    private static IEnumerable<CreateIndexModel<BsonDocument>> StuckOfJobs =>
        [
            Index(
                "jobs_stuck",
                new BsonDocument { { StuckEffect, 1 }, { "_id", 1 } },
                new BsonDocument(StuckEffect, true)
            ),
        ];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Job>> StuckJobsAsync(int limit, CancellationToken stop) =>
        await VerifiedAsync(await ReadableAsync(WithStuckEffect, OldestId, limit, stop), stop);

    internal static BsonDocument WithStuckEffect => new(StuckEffect, true);

    internal static BsonDocument OldestId => new("_id", 1);

    /// <summary>
    /// Older versions count a Job as settled when its effect was given up, and then one that its Rollout has left is not
    /// read any more. With each start, because they may write one until the last of them is gone. Of baselines nothing is
    /// ever told or performed.
    /// </summary>
    private Task<UpdateResult> UnsettleStuckAsync(CancellationToken stop) =>
        jobs.UpdateManyAsync(
            WithStuckEffect.Add("settled", true).Add("listed", true),
            new BsonDocument("$set", new BsonDocument("settled", false)),
            null,
            stop
        );
}
