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
    private readonly ServerClock time;
    private readonly WriteProbe probe;

    // Of this process alone, however many have the same name: another's living lease must not be taken for one's own.
    private readonly string instance;
    private readonly string holder;
    private int toldSkew;

    private MongoStore(
        MongoAddress address,
        string holder,
        TimeProvider clock,
        TimeSpan? mostSkew,
        Func<CancellationToken, Task<DateTimeOffset?>>? serverTime,
        ILogger logger
    )
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
        time = new ServerClock(clock, mostSkew, serverTime ?? ServerTimeAsync);
        probe = new WriteProbe(clock, (_, stop) => WriteProbeAsync(stop));
        hinting = new MongoHints(hints, address, ForgetResponseUrlsAsync, probe.Failed);
    }

    /// <summary>Takes a connection string; connects when it is first asked. Call <see cref="PrepareAsync"/> next.</summary>
    /// <param name="connectionString"><c>mongodb://…</c> or <c>mongodb+srv://…</c>; without a database, <c>devflow</c>.</param>
    /// <param name="holder">
    /// Under which name leases are held, for people who look; what tells processes apart is drawn at each start. After
    /// an end without warning, the leases of before are waited for.
    /// </param>
    /// <param name="mostSkew">
    /// How far this instance's clock and the server's may be apart; <c>null</c>: they are not compared.
    /// </param>
    /// <exception cref="ArgumentException">It is not a connection string.</exception>
    /// <exception cref="StoreUnavailableException">The name of a <c>mongodb+srv</c> cannot be looked up.</exception>
    public static MongoStore Open(
        string connectionString,
        string holder,
        TimeProvider clock,
        ILogger<MongoStore>? logger = null,
        TimeSpan? mostSkew = null
    ) => Open(connectionString, holder, clock, logger, mostSkew, serverTime: null);

    /// <inheritdoc cref="Open(string, string, TimeProvider, ILogger{MongoStore}?, TimeSpan?)"/>
    /// <param name="serverTime">What the server's clock shows; unless given, it is asked.</param>
    internal static MongoStore Open(
        string connectionString,
        string holder,
        TimeProvider clock,
        ILogger<MongoStore>? logger,
        TimeSpan? mostSkew,
        Func<CancellationToken, Task<DateTimeOffset?>>? serverTime
    )
    {
        var address =
            MongoAddress.TryParse(connectionString)
            ?? throw new ArgumentException("Not a MongoDB connection string.", nameof(connectionString));
        var log = logger ?? NullLogger<MongoStore>.Instance;
        try
        {
            var store = new MongoStore(address, holder, clock, mostSkew, serverTime, log);
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
                // An instance whose clock is wrong starts: what comes in is written down, and others do it.
                await ServerTimeAsync(clock.GetUtcNow(), stop);
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
            await time.CheckAsync(patience.Token);
            await probe.CheckAsync(patience.Token);
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
        await UnsettleStuckAsync(stop);
        return found;
    }

    /// <summary>The server's time at this instance's; <c>null</c>, and said in the log, when they are too far apart.</summary>
    private async Task<DateTimeOffset?> ServerTimeAsync(DateTimeOffset now, CancellationToken stop)
    {
        var server = await time.AtAsync(now, stop);
        var problem = server is null ? time.Problem ?? "" : null;
        if (Interlocked.Exchange(ref toldSkew, problem is null ? 0 : 1) == (problem is null ? 0 : 1))
        {
            return server;
        }

        if (problem is null)
        {
            LogClockAgrees(logger, address.ToString());
        }
        else
        {
            LogClockSkew(logger, address.ToString(), problem);
        }

        return server;
    }

    /// <summary>https://www.mongodb.com/docs/manual/reference/command/hello/: <c>localTime</c>.</summary>
    private async Task<DateTimeOffset?> ServerTimeAsync(CancellationToken stop)
    {
        var hello = await AskAsync(() =>
            meta.Database.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), ReadPreference.Primary, stop)
        );
        return hello.GetValue("localTime", null) is BsonDateTime told
            ? new DateTimeOffset(told.ToUniversalTime())
            : null;
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
            probe.Failed();
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
