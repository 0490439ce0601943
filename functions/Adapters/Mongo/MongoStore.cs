using Devflow.ChatOps.Core.Ports;
using DnsClient;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

/// <summary>
/// The store for several instances at once: a MongoDB, replicated or not. Every write is of one document and
/// conditional on what was read; there are no multi-document transactions, no change streams and no server-side code, so
/// that services with MongoDB's protocol will do. How two documents, Job and lease, are kept in step is told in
/// <c>MongoStore.Fencing.cs</c>.
/// </summary>
public sealed partial class MongoStore : IStore, IAsyncDisposable
{
    private const int PrepareAttempts = 3;

    // Readiness probes wait a second or two.
    private static readonly TimeSpan pingPatience = TimeSpan.FromSeconds(2);

    private readonly MongoAddress address;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly MongoClient client;
    private readonly IMongoCollection<BsonDocument> meta;
    private readonly IMongoCollection<BsonDocument> jobs;
    private readonly IMongoCollection<BsonDocument> hints;
    private readonly IMongoCollection<BsonDocument> commands;
    private readonly IMongoCollection<BsonDocument> locks;
    private readonly IMongoCollection<BsonDocument> audit;
    private readonly IMongoCollection<BsonDocument> leases;
    private readonly MongoHints hinting;

    // Of this process alone, however many have the same name: another's living lease must not be taken for one's own.
    private readonly string instance;
    private readonly string holder;

    private MongoStore(MongoAddress address, string holder, TimeProvider clock, ILogger logger)
    {
        (this.address, this.clock, this.logger) = (address, clock, logger);
        instance = Guid.NewGuid().ToString("N");
        this.holder = $"{holder}/{instance[..8]}";
        client = new MongoClient(address.Settings(instance[..8]));
        var database = client.GetDatabase(address.Database);
        meta = database.GetCollection<BsonDocument>("meta");
        jobs = database.GetCollection<BsonDocument>("jobs");
        hints = database.GetCollection<BsonDocument>("hints");
        commands = database.GetCollection<BsonDocument>("commands");
        locks = database.GetCollection<BsonDocument>("locks");
        audit = database.GetCollection<BsonDocument>("audit");
        leases = database.GetCollection<BsonDocument>("leases");
        hinting = new MongoHints(hints, address, ForgetResponseUrlsAsync);
    }

    /// <summary>Takes a connection string; connects when it is first asked. Call <see cref="PrepareAsync"/> next.</summary>
    /// <param name="connectionString"><c>mongodb://…</c> or <c>mongodb+srv://…</c>; without a database, <c>devflow</c>.</param>
    /// <param name="holder">
    /// Under which name leases are held, for people who look; what tells processes apart is drawn at each start. After
    /// an end without warning, the leases of before are waited for.
    /// </param>
    /// <exception cref="ArgumentException">It is not a connection string.</exception>
    /// <exception cref="StoreUnavailableException">The name of a <c>mongodb+srv</c> cannot be looked up.</exception>
    public static MongoStore Open(
        string connectionString,
        string holder,
        TimeProvider clock,
        ILogger<MongoStore>? logger = null
    )
    {
        var address =
            MongoAddress.TryParse(connectionString)
            ?? throw new ArgumentException("Not a MongoDB connection string.", nameof(connectionString));
        var log = logger ?? NullLogger<MongoStore>.Instance;
        try
        {
            var store = new MongoStore(address, holder, clock, log);
            LogOpened(log, address.ToString(), store.holder);
            return store;
        }
        catch (Exception fault) when (fault is DnsResponseException or MongoConfigurationException or TimeoutException)
        {
            // Without the driver's fault, whose text may repeat the connection string.
            throw new StoreUnavailableException($"The store {address} cannot be looked up in DNS.");
        }
    }

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken stop)
    {
        // The first connection takes longer than the others: names are looked up, the servers found, code is compiled.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await AskAsync(() => PrepareOnceAsync(stop));
                return;
            }
            catch (StoreUnavailableException) when (attempt < PrepareAttempts)
            {
                // What it said is said again if it lasts.
            }
        }
    }

    /// <inheritdoc/>
    public async Task PingAsync(CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(pingPatience);
        try
        {
            await AskAsync(() =>
                meta.Database.RunCommandAsync<BsonDocument>(
                    new BsonDocument("ping", 1),
                    ReadPreference.Primary,
                    patience.Token
                )
            );
        }
        catch (OperationCanceledException fault) when (!stop.IsCancellationRequested)
        {
            throw new StoreUnavailableException($"The store {address} does not answer in time.", fault);
        }
    }

    /// <summary>Finishes the hints that were accepted, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await hinting.DisposeAsync();
        client.Dispose();
    }

    private async Task<int> PrepareOnceAsync(CancellationToken stop)
    {
        var found = await MongoSchema.MigrateAsync(meta, address, stop);
        if (found != MongoSchema.Version)
        {
            LogMigrated(logger, address.ToString(), found, MongoSchema.Version);
        }

        await jobs.Indexes.CreateManyAsync(JobsIndexes, stop);
        await hints.Indexes.CreateManyAsync(HintsIndexes, stop);
        await leases.Indexes.CreateManyAsync(LeasesIndexes, stop);
        await commands.Indexes.CreateManyAsync(CommandsIndexes, stop);
        await locks.Indexes.CreateManyAsync(LocksIndexes, stop);
        await audit.Indexes.CreateManyAsync(AuditIndexes, stop);
        return found;
    }

    /// <summary>Asks the database; what it cannot do comes out as the port names it.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception fault) when (MongoFaults.Unavailable(fault, address) is { } unavailable)
        {
            throw unavailable;
        }
    }

    private static BsonValue Ticks(DateTimeOffset? time) => time is null ? BsonNull.Value : time.Value.UtcTicks;

    private static DateTimeOffset Time(BsonValue ticks) => new(ticks.ToInt64(), TimeSpan.Zero);

    private static BsonDocument ById(BsonValue id) => new("_id", id);

    private static CreateIndexModel<BsonDocument> Index(string name, BsonDocument keys, BsonDocument? only = null) =>
        new(
            keys,
            new CreateIndexOptions<BsonDocument>
            {
                Name = name,
                PartialFilterExpression = only is null ? null : new BsonDocumentFilterDefinition<BsonDocument>(only),
            }
        );
}
