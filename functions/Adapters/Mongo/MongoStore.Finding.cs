using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    private const string AppliedKey = "document.appliedCommands.key";

    /// <summary><c>unreadable</c>: it was met and could not be read; whoever saves it takes that away.</summary>
    private static IEnumerable<CreateIndexModel<BsonDocument>> FindingOfJobs =>
        [
            Index("jobs_applied", new BsonDocument { { AppliedKey, 1 }, { "_id", -1 } }),
            Index(
                "jobs_unreadable",
                new BsonDocument { { "unreadable", 1 }, { "_id", 1 } },
                new BsonDocument("unreadable", true)
            ),
        ];

    /// <inheritdoc/>
    public async Task<Job?> FindAppliedAsync(RolloutRef rollout, string commandKey, CancellationToken stop)
    {
        var found = await JobsAsync(AppliedBy(rollout, commandKey), NewestId, 1, stop);
        return (await VerifiedAsync(found, stop)).SingleOrDefault();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UnreadableJob>> UnreadableJobsAsync(
        RolloutRef? rollout,
        int limit,
        CancellationToken stop
    )
    {
        var documents = await AskAsync(() =>
            jobs.Find(UnreadableOf(rollout))
                .Sort(new BsonDocument("_id", 1))
                .Limit(limit)
                .Project(WithFields("_id", "rollout", "app", "environment"))
                .ToListAsync(stop)
        );
        var found = new List<UnreadableJob>();
        foreach (var document in documents)
        {
            try
            {
                JobJson.ReadJob(BsonJson.Write(document));
                await MarkAsync(document["_id"], new BsonDocument("$unset", new BsonDocument("unreadable", "")), stop);
            }
            catch (StoredStateException fault)
            {
                if (RolloutOf(document) is { } of)
                {
                    found.Add(
                        UnreadableJob.Of(
                            $"{document["_id"]}",
                            of,
                            $"{document.GetValue("app", "")}",
                            $"{document.GetValue("environment", "")}",
                            fault
                        )
                    );
                }
            }
        }

        return found;
    }

    internal static BsonDocument AppliedBy(RolloutRef rollout, string commandKey) =>
        new() { { AppliedKey, commandKey }, { "rollout", rollout.ToString() } };

    internal static BsonDocument UnreadableOf(RolloutRef? rollout)
    {
        var wanted = new BsonDocument("unreadable", true);
        return wanted.Add("rollout", rollout?.ToString(), rollout is not null);
    }

    private async Task<List<Job>> JobsAsync(BsonDocument filter, BsonDocument order, int limit, CancellationToken stop)
    {
        var read = new List<Job>();
        foreach (var document in await StoredJobsAsync(filter, order, limit, stop))
        {
            read.Add(await ReadJobAsync(document, stop));
        }

        return read;
    }

    /// <summary>For lists: one that cannot be read must not hide the others.</summary>
    private async Task<List<Job>> ReadableAsync(
        BsonDocument filter,
        BsonDocument order,
        int limit,
        CancellationToken stop
    )
    {
        var read = new List<Job>();
        foreach (var document in await StoredJobsAsync(filter, order, limit, stop))
        {
            try
            {
                read.Add(await ReadJobAsync(document, stop));
            }
            catch (StoredStateException fault)
            {
                LogUnreadableJob(logger, address.ToString(), $"{document["_id"]}", fault);
            }
        }

        return read;
    }

    private Task<List<BsonDocument>> StoredJobsAsync(
        BsonDocument filter,
        BsonDocument order,
        int limit,
        CancellationToken stop
    ) =>
        AskAsync(() =>
            jobs.Find(filter).Sort(order).Limit(limit).Project(WithFields("_id", "unreadable")).ToListAsync(stop)
        );

    /// <summary>Reads it; one that cannot be read is marked, once, so that it is shown as such.</summary>
    /// <exception cref="StoredStateException">It cannot be read.</exception>
    private async Task<Job> ReadJobAsync(BsonDocument document, CancellationToken stop)
    {
        try
        {
            return JobJson.ReadJob(BsonJson.Write(document));
        }
        catch (StoredStateException) when (!document.Contains("unreadable"))
        {
            await MarkAsync(document["_id"], new BsonDocument("$set", new BsonDocument("unreadable", true)), stop);
            throw;
        }
    }

    private Task MarkAsync(BsonValue id, BsonDocument change, CancellationToken stop) =>
        AskAsync(() => jobs.UpdateOneAsync(ById(id), change, null, stop));

    private Task WriteProbeAsync(CancellationToken stop) =>
        AskAsync(() =>
            meta.UpdateOneAsync(
                ById("probe"),
                new BsonDocument("$set", new BsonDocument("at", clock.GetUtcNow().UtcTicks)),
                new UpdateOptions { IsUpsert = true },
                stop
            )
        );
}
