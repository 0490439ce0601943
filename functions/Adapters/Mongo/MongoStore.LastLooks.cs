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
        return found.ToDictionary(hint => RolloutRef.Parse(hint["_id"].AsString), hint => ReadLastLook(hint)!);
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
        var verified = Among(rollouts).Add("verifiedAt", new BsonDocument("$exists", true));
        var found = await FoundAsync(hints, verified, ["verifiedAt"], stop);
        return found.ToDictionary(hint => RolloutRef.Parse(hint["_id"].AsString), hint => Time(hint["verifiedAt"]));
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

    private static LastLook? ReadLastLook(BsonDocument hint) =>
        hint.GetValue("seen", null)?.AsBsonDocument is { } seen
            ? new LastLook(seen["mark"].AsString, Time(seen["lookedAt"]), seen["waits"].AsBoolean)
            {
                VerifiedAt = Time(hint["verifiedAt"]),
            }
            : null;
}
