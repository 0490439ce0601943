using Devflow.ChatOps.Core.Jobs;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    /// <summary>Append only; <c>order</c> decides between entries of the same instant.</summary>
    internal static readonly CreateIndexModel<BsonDocument>[] AuditIndexes =
    [
        Index("audit_by_time", new BsonDocument { { "at", -1 }, { "order", -1 } }),
        Index(
            "audit_by_job",
            new BsonDocument
            {
                { "job", 1 },
                { "at", -1 },
                { "order", -1 },
            }
        ),
    ];

    /// <inheritdoc/>
    public Task AppendAsync(string id, AuditEntry entry, CancellationToken stop)
    {
        var document = new BsonDocument
        {
            { "_id", id },
            { "at", entry.At.UtcTicks },
            { "order", ObjectId.GenerateNewId() },
            { "job", entry.JobId },
        }.AddRange(BsonJson.Parse(JobJson.Write(entry)));
        return AskAsync(() => InsertedAsync(audit, document, stop));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(JobId? job, int limit, CancellationToken stop)
    {
        var entries = await AskAsync(() =>
            audit.Find(AuditOf(job)).Sort(NewestAudit).Limit(limit).Project(OnlyDocument).ToListAsync(stop)
        );
        return [.. entries.Select(entry => JobJson.ReadAudit(BsonJson.Write(entry)))];
    }

    // Not every engine orders by an index that no condition names.
    internal static BsonDocument AuditOf(JobId? job) =>
        job is null
            ? new BsonDocument("at", new BsonDocument("$gt", 0))
            : new BsonDocument("job", job.Value.ToString());

    internal static BsonDocument NewestAudit => new() { { "at", -1 }, { "order", -1 } };

    /// <summary>What <see cref="JobJson"/> reads.</summary>
    private static BsonDocument OnlyDocument =>
        new()
        {
            { "_id", 0 },
            { "schema", 1 },
            { "document", 1 },
        };

    private static BsonDocument WithFields(params ReadOnlySpan<string> names)
    {
        var fields = OnlyDocument;
        foreach (var name in names)
        {
            fields[name] = 1;
        }

        return fields;
    }

    /// <summary>False: the key is there already.</summary>
    private static async Task<bool> InsertedAsync(
        IMongoCollection<BsonDocument> collection,
        BsonDocument document,
        CancellationToken stop
    )
    {
        try
        {
            await collection.InsertOneAsync(document, null, stop);
            return true;
        }
        catch (MongoWriteException fault) when (MongoFaults.IsDuplicate(fault))
        {
            return false;
        }
    }
}
