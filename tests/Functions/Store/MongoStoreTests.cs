using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Mongo;
using Devflow.ChatOps.Tests.DocumentDb;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>The contract, kept by the store for several instances.</summary>
public sealed class MongoStoreTests : StoreContract
{
    private readonly TemporaryMongo database = TemporaryMongo.Create(Assert.Skip);
    private MongoStore? open;

    [Fact]
    public async Task A_holder_of_the_same_name_does_not_take_over_anothers_living_lease()
    {
        await Store.HintAsync(Web, Stop);
        var first = await LeaseAsync(Web);
        await using var twin = MongoStore.Open(database.ConnectionString, "one", Clock);

        (await twin.DueAsync(Now, [], 10, Stop)).ShouldBeEmpty();
        (await twin.TakeAsync(Web, Now, Stop)).ShouldBeNull();
        (await twin.RenewAsync(first, Now, Stop)).ShouldBeNull();
        (await twin.SaveAsync(NewJob(), first, Stop)).ShouldBeNull();
        await twin.ReleaseAsync(first, worked: true, null, Stop);

        (await Store.RenewAsync(first, Now, Stop)).ShouldNotBeNull();
        first.Holder.ShouldNotBe((await twin.TakeAsync(Mail, Now, Stop))!.Holder);
    }

    protected override async Task<IStore> OpenAsync(string holder, TimeProvider clock)
    {
        if (open is not null)
        {
            await open.DisposeAsync();
        }

        return open = MongoStore.Open(database.ConnectionString, holder, clock);
    }

    protected override Task PutOddHintAsync(string key) =>
        database
            .Collection("hints")
            .InsertOneAsync(
                new BsonDocument
                {
                    { "_id", key },
                    { "cluster", "prod" },
                    { "seq", 2L },
                    { "due", 1L },
                    { "seen", new BsonDocument("mark", 7) },
                },
                null,
                Stop
            );

    protected override Task ForgeAsync(string table, string id, string rollout) =>
        database
            .Collection(table)
            .UpdateOneAsync(
                new BsonDocument("_id", id),
                new BsonDocument("$set", new BsonDocument("document.rollout", rollout)),
                null,
                Stop
            );

    protected override async Task WrittenBeforeStuckJobsWereListedAsync()
    {
        await database
            .Collection("jobs")
            .UpdateManyAsync(
                new BsonDocument(),
                new BsonDocument("$set", new BsonDocument("settled", true)),
                null,
                Stop
            );
        await RestartAsync("one");
    }

    protected override async Task<(long Hints, long Leases)> CountWorkAsync() =>
        (
            await database.Collection("hints").CountDocumentsAsync(new BsonDocument(), null, Stop),
            await database.Collection("leases").CountDocumentsAsync(new BsonDocument(), null, Stop)
        );

    public override async ValueTask DisposeAsync()
    {
        if (open is not null)
        {
            await open.DisposeAsync();
        }

        await database.DisposeAsync();
    }
}
