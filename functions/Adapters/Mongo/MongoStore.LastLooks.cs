using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<RolloutRef, LastLook>> LastLooksAsync(string cluster, CancellationToken stop)
    {
        var found = await FoundAsync(hints, SeenIn(cluster), ["seen", "verifiedAt"], stop);
        return found
            .Select(hint =>
                (Rollout: RolloutRef.TryParse((hint["_id"] as BsonString)?.Value), Look: ReadLastLook(hint))
            )
            .Where(hint => hint is { Rollout: not null, Look: not null })
            // No snapshot: one that is written meanwhile may be met twice.
            .DistinctBy(hint => hint.Rollout)
            .ToDictionary(hint => hint.Rollout!, hint => hint.Look!);
    }

    /// <inheritdoc/>
    public Task VerifiedAsync(IReadOnlyCollection<RolloutRef> rollouts, DateTimeOffset at, CancellationToken stop)
    {
        if (rollouts.Count == 0)
        {
            return Task.CompletedTask;
        }

        var older = Among(rollouts).Add("verifiedAt", new BsonDocument("$lt", at.UtcTicks));
        var set = new BsonDocument("$set", new BsonDocument("verifiedAt", at.UtcTicks));
        return AskAsync(() => hints.UpdateManyAsync(older, set, null, stop));
    }

    internal static BsonDocument SeenIn(string cluster) =>
        new() { { "cluster", cluster }, { "seen", new BsonDocument("$exists", true) } };

    /// <summary>When these Rollouts were last verified.</summary>
    private async Task<Dictionary<RolloutRef, DateTimeOffset>> VerifiedAtAsync(
        IEnumerable<RolloutRef> rollouts,
        CancellationToken stop
    )
    {
        var verified = Among(rollouts).Add("verifiedAt", new BsonDocument("$type", "long"));
        var found = await FoundAsync(hints, verified, ["verifiedAt"], stop);
        return found
            .DistinctBy(hint => hint["_id"])
            .ToDictionary(hint => RolloutRef.Parse(hint["_id"].AsString), hint => Time(hint["verifiedAt"]));
    }

    private static BsonDocument Among(IEnumerable<RolloutRef> rollouts) =>
        ById(new BsonDocument("$in", new BsonArray(rollouts.Distinct().Select(rollout => rollout.ToString()))));

    private static BsonDocument Kept(LastLook seen) =>
        new()
        {
            {
                "seen",
                new BsonDocument
                {
                    { "mark", seen.Mark },
                    { "lookedAt", seen.LookedAt.UtcTicks },
                    { "waits", seen.Waits },
                }
            },
            { "verifiedAt", seen.VerifiedAt.UtcTicks },
        };

    // What is not as it was written is as good as nothing: the Rollout is looked at once more.
    private static LastLook? ReadLastLook(BsonDocument hint) =>
        hint.GetValue("seen", null) is BsonDocument seen
        && seen.GetValue("mark", null) is BsonString mark
        && seen.GetValue("lookedAt", null) is BsonInt64 lookedAt
        && seen.GetValue("waits", null) is BsonBoolean waits
        && hint.GetValue("verifiedAt", null) is BsonInt64 verifiedAt
            ? new LastLook(mark.Value, Time(lookedAt), waits.Value) { VerifiedAt = Time(verifiedAt) }
            : null;
}
