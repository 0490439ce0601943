using Devflow.ChatOps.Tests.DocumentDb;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>A database of its own; dropped at the end. Where there is no MongoDB, the test is skipped.</summary>
internal sealed class TemporaryMongo : IAsyncDisposable
{
    private readonly string name = $"devflow_test_{Guid.NewGuid():N}";
    private readonly Lazy<MongoClient> client;

    private TemporaryMongo() => client = new Lazy<MongoClient>(() => new MongoClient(ConnectionString));

    public static TemporaryMongo Create()
    {
        if (TestMongo.Missing is { } why)
        {
            Assert.Skip(why);
        }

        return new TemporaryMongo();
    }

    public string ConnectionString => TestMongo.ConnectionString(name);

    /// <summary>Through a network that the test can break.</summary>
    public string ConnectionStringThrough(WireProxy network) => TestMongo.ConnectionString(name, network);

    /// <summary>The database, past the store.</summary>
    public IMongoDatabase Raw => client.Value.GetDatabase(name);

    public IMongoCollection<BsonDocument> Collection(string collection) => Raw.GetCollection<BsonDocument>(collection);

    public async ValueTask DisposeAsync()
    {
        await client.Value.DropDatabaseAsync(name);
        client.Value.Dispose();
    }
}
