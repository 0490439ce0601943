using Devflow.ChatOps.Tests.DocumentDb;
using Microsoft.Data.Sqlite;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Bench;

/// <summary>Where the service that is measured writes, and what can be read there past it.</summary>
internal abstract class BenchStore : IAsyncDisposable
{
    private BenchStore() { }

    /// <summary>The service's setting <c>Devflow:Store</c>.</summary>
    public abstract string Setting { get; }

    /// <param name="kind">What <c>--store</c> says.</param>
    /// <param name="folder">Of the measurement; what is in it is deleted afterwards.</param>
    public static BenchStore Open(string kind, string folder) =>
        kind switch
        {
            "sqlite" => new Sqlite(Path.Combine(folder, "devflow.db")),
            "mongodb" => new Mongo(),
            _ => throw new ArgumentException($"There is no store {kind}: sqlite or mongodb."),
        };

    /// <summary>These settings, with this store.</summary>
    public Dictionary<string, string> In(IReadOnlyDictionary<string, string> settings) =>
        new(settings) { ["Devflow__Store"] = Setting };

    /// <summary>How many hints were written down; each raises its row's number by one.</summary>
    public abstract Task<long> HintsAsync();

    /// <summary>How many Rollouts were looked at.</summary>
    public abstract Task<long> LookedAsync();

    /// <summary>When the Rollout was verified that was verified least lately.</summary>
    public abstract Task<DateTimeOffset> OldestAsync();

    public abstract ValueTask DisposeAsync();

    private sealed class Sqlite(string path) : BenchStore
    {
        public override string Setting => $"sqlite:{path}";

        public override Task<long> HintsAsync() => AskAsync("SELECT coalesce(sum(seq), 0) FROM hints");

        public override Task<long> LookedAsync() => AskAsync("SELECT count(mark) FROM hints");

        public override async Task<DateTimeOffset> OldestAsync() =>
            new(await AskAsync("SELECT min(verified_at) FROM hints"), TimeSpan.Zero);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task<long> AskAsync(string sql)
        {
            await using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    private sealed class Mongo : BenchStore
    {
        private readonly TemporaryMongo database = TemporaryMongo.Create(why =>
            throw new InvalidOperationException(why)
        );

        public override string Setting => database.ConnectionString;

        public override Task<long> HintsAsync() => AskAsync(new BsonDocument("$sum", "$seq"), []);

        public override Task<long> LookedAsync() =>
            AskAsync(new BsonDocument("$sum", 1L), new BsonDocument("seen", new BsonDocument("$exists", true)));

        public override async Task<DateTimeOffset> OldestAsync() =>
            new(await AskAsync(new BsonDocument("$min", "$verifiedAt"), []), TimeSpan.Zero);

        public override ValueTask DisposeAsync() => database.DisposeAsync();

        private async Task<long> AskAsync(BsonDocument figure, BsonDocument filter)
        {
            var group = new BsonDocument { { "_id", BsonNull.Value }, { "figure", figure } };
            var found = await database.Collection("hints").Aggregate().Match(filter).Group(group).FirstOrDefaultAsync();
            return found?["figure"].ToInt64() ?? 0;
        }
    }
}
