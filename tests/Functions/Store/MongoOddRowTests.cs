using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Mongo;
using Devflow.ChatOps.Tests.DocumentDb;
using MongoDB.Bson;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>Rows as a foreign hand or a half restored backup leaves them: they hold up nothing that is behind them.</summary>
public sealed class MongoOddRowTests : IAsyncLifetime
{
    private static readonly RolloutRef web = new("prod", "shop", "web");

    private readonly TemporaryMongo database = TemporaryMongo.Create(Assert.Skip);
    private MongoStore store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        store = MongoStore.Open(database.ConnectionString, "one", TimeProvider.System);
        await store.PrepareAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Old_Jobs_without_their_fields_stay_and_those_behind_them_are_forgotten()
    {
        var old = Samples.Noon.AddDays(-200);
        BsonDocument Row(int second, Action<BsonDocument> change)
        {
            var row = new BsonDocument
            {
                { "_id", JobId.New(old.AddSeconds(second)).ToString() },
                { "rollout", web.ToString() },
                { "boundAt", BsonNull.Value },
                { "open", false },
            };
            change(row);
            return row;
        }

        BsonDocument[] odd =
        [
            Row(1, row => row.Remove("boundAt")),
            Row(2, row => row["boundAt"] = "long ago"),
            Row(3, row => (row["boundAt"], row["rollout"]) = (1L, "no rollout")),
            Row(4, row => row.Remove("rollout")),
        ];
        var whole = Row(5, _ => { });
        await database.Collection("jobs").InsertManyAsync([.. odd, whole], null, Stop);

        var forgotten = await store.ForgetJobsAsync(Samples.Noon, null, 10, Stop);

        forgotten.ShouldBe(new(1, JobId.TryParse(whole["_id"].AsString)));
        (await store.ForgetJobsAsync(Samples.Noon, forgotten.Last, 10, Stop)).ShouldBe(new(0, null));
        (await database.Collection("jobs").CountDocumentsAsync(new BsonDocument(), null, Stop)).ShouldBe(odd.Length);
    }

    [Fact]
    public async Task Times_that_are_none_are_passed_over()
    {
        await database
            .Collection("hints")
            .InsertOneAsync(
                new BsonDocument
                {
                    { "_id", web.ToString() },
                    { "cluster", "prod" },
                    { "seq", 1L },
                    { "notBefore", "tomorrow" },
                    { "verifiedAt", "yesterday" },
                },
                null,
                Stop
            );
        var command = new Command(
            "k",
            new Wish.Retry(),
            Samples.Alice,
            new Origin("api"),
            "web",
            "production",
            web,
            Samples.Noon
        );
        await store.AddAsync(command, null, Stop);

        (await store.DueAsync(Samples.Noon, [], 10, Stop)).ShouldBe([web]);
        (await store.JobsOfAsync(web, Stop)).Current.ShouldBeNull();
        (await store.LastLooksAsync("prod", Stop)).ShouldBeEmpty();
    }
}
