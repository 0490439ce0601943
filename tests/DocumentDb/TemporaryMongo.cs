using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Tests.DocumentDb;

/// <summary>A database of its own; dropped at the end.</summary>
public sealed class TemporaryMongo : IAsyncDisposable
{
    private readonly string name = $"devflow_test_{Guid.NewGuid():N}";
    private readonly Lazy<MongoClient> client;

    private TemporaryMongo() => client = new Lazy<MongoClient>(() => new MongoClient(ConnectionString));

    /// <param name="skip">Skips the test, with the reason, where there is no MongoDB; it does not return.</param>
    public static TemporaryMongo Create(Action<string> skip)
    {
        if (TestMongo.Missing is { } why)
        {
            skip(why);
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
