using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    /// <summary>
    /// <c>due</c>, from when on to work on it, is there while it is open: no outcome yet, or the person has not been
    /// told. <c>responseUrlAt</c> is there as long as <c>responseUrl</c>. <c>stuck</c>: see
    /// <c>MongoStore.Retention.cs</c>.
    /// </summary>
    internal static readonly CreateIndexModel<BsonDocument>[] CommandsIndexes =
    [
        Index(
            "commands_open",
            new BsonDocument
            {
                { "rollout", 1 },
                { "at", 1 },
                { "order", 1 },
            },
            new BsonDocument("open", true)
        ),
        Index("commands_due", new BsonDocument("due", 1), new BsonDocument("open", true)),
        Index(
            "commands_response_urls",
            new BsonDocument("responseUrlAt", 1),
            new BsonDocument("responseUrlAt", new BsonDocument("$gt", 0))
        ),
        .. RetentionOfCommands,
    ];

    /// <summary>Slack accepts answers at a response_url for 30 minutes; after that it is only a secret to be stolen.</summary>
    private static readonly TimeSpan responseUrlLife = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan forgetEvery = TimeSpan.FromMinutes(1);

    // Only the loop of the hints reads and writes it.
    private DateTimeOffset forgottenAt = DateTimeOffset.MinValue;

    /// <inheritdoc/>
    public async Task<CommandReceipt> AddAsync(Command command, byte[]? sealedResponseUrl, CancellationToken stop)
    {
        var document = new BsonDocument
        {
            { "_id", command.Key },
            { "rollout", command.Rollout.ToString() },
            { "cluster", command.Rollout.Cluster },
            { "at", command.At.UtcTicks },
            { "order", ObjectId.GenerateNewId() },
            { "open", IsOpen(command) },
            { "stuck", command.Stuck is not null },
            { "due", Due(command) },
        };
        if (sealedResponseUrl is not null)
        {
            document["responseUrl"] = sealedResponseUrl;
            document["responseUrlAt"] = command.At.UtcTicks;
        }

        document.AddRange(BsonJson.Parse(JobJson.Write(command)));
        if (!await AskAsync(() => InsertedAsync(commands, document, stop)))
        {
            var known = await FindCommandAsync(command.Key, stop);
            return new CommandReceipt(
                known ?? throw new StoreUnavailableException($"The store {address} lost the command '{command.Key}'."),
                IsNew: false
            );
        }

        // A command that is open is due with or without its hint (DueAsync). The hint tells whoever works on the Rollout
        // at this moment that there is more; it is not stopped half-way.
        try
        {
            await HintAsync(command.Rollout, CancellationToken.None);
        }
        catch (StoreUnavailableException fault)
        {
            // The command is there: "nothing was written down" would be wrong.
            LogNotHinted(logger, address.ToString(), command.Key, fault);
        }

        return new CommandReceipt(command, IsNew: true);
    }

    /// <inheritdoc/>
    public async Task<Command?> FindCommandAsync(string key, CancellationToken stop)
    {
        var document = await AskAsync(() => commands.Find(ById(key)).Project(OnlyDocument).FirstOrDefaultAsync(stop));
        return document is null ? null : JobJson.ReadCommand(BsonJson.Write(document));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Command>> OpenCommandsAsync(RolloutRef rollout, CancellationToken stop)
    {
        var documents = await AskAsync(() =>
            commands
                .Find(OpenOf(rollout))
                .Sort(OldestCommand)
                .Limit(ICommands.OpenAtMost)
                .Project(WithFields("_id"))
                .ToListAsync(stop)
        );
        var open = new List<Command>(documents.Count);
        foreach (var document in documents)
        {
            try
            {
                open.Add(JobJson.ReadCommand(BsonJson.Write(document)));
            }
            catch (StoredStateException fault)
            {
                LogUnreadableCommand(logger, address.ToString(), $"{document["_id"]}", fault);
                var aside = new BsonDocument { { "open", false }, { "stuck", true } };
                var same = ById(document["_id"]).Add("open", true);
                await AskAsync(() => commands.UpdateOneAsync(same, new BsonDocument("$set", aside), null, stop));
            }
        }

        return open;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No command of this key was added.</exception>
    public async Task<bool> UpdateAsync(Command command, CancellationToken stop)
    {
        var set = new BsonDocument
        {
            { "open", IsOpen(command) },
            { "stuck", command.Stuck is not null },
            { "due", Due(command) },
        };
        var written = BsonJson.Parse(JobJson.Write(command));
        set.AddRange(written);
        var updated = await AskAsync(() =>
            commands.UpdateOneAsync(
                ReplaceableBy(command.Key, written["document"].AsBsonDocument),
                new BsonDocument("$set", set),
                null,
                stop
            )
        );
        if (updated.MatchedCount > 0)
        {
            return true;
        }

        return await AskAsync(() => commands.Find(ById(command.Key)).AnyAsync(stop))
            ? false
            : throw new InvalidOperationException($"The command '{command.Key}' was never added.");
    }

    /// <summary>The stored command, where this one may take its place (see <see cref="ICommands.UpdateAsync"/>).</summary>
    private static BsonDocument ReplaceableBy(string key, BsonDocument command)
    {
        // What is null matches what is not there, too.
        var resumedAt = command.GetValue("resumedAt", BsonNull.Value);
        var outcome = command.GetValue("outcome", BsonNull.Value);
        var undecided = new BsonDocument
        {
            { "document.resumedAt", resumedAt },
            { "document.outcome.code", BsonNull.Value },
        };
        var other = outcome is BsonDocument decided
            ? new BsonDocument
            {
                { "document.resumedAt", resumedAt },
                { "document.outcome.code", decided["code"] },
                { "document.outcome.text", decided["text"] },
            }
            : new BsonDocument { { "stuck", true }, { "document.resumedAt", new BsonDocument("$ne", resumedAt) } };
        return ById(key).Add("$or", new BsonArray { undecided, other });
    }

    /// <inheritdoc/>
    public async Task<byte[]?> SealedResponseUrlAsync(string key, DateTimeOffset now, CancellationToken stop)
    {
        var filter = ById(key).Add("responseUrlAt", new BsonDocument("$gt", (now - responseUrlLife).UtcTicks));
        var found = await AskAsync(() =>
            commands.Find(filter).Project(new BsonDocument("responseUrl", 1)).FirstOrDefaultAsync(stop)
        );
        return found?["responseUrl"].AsByteArray;
    }

    internal static BsonDocument OpenOf(RolloutRef rollout) =>
        new() { { "rollout", rollout.ToString() }, { "open", true } };

    internal static BsonDocument OldestCommand => new() { { "at", 1 }, { "order", 1 } };

    internal static BsonDocument ForgettableAt(DateTimeOffset now) =>
        new("responseUrlAt", new BsonDocument { { "$gt", 0 }, { "$lte", (now - responseUrlLife).UtcTicks } });

    /// <summary>Housekeeping after hints: removes what no longer opens anything. Whatever becomes of it, hints go on.</summary>
    private async Task ForgetResponseUrlsAsync()
    {
        var now = clock.GetUtcNow();
        if ((now - forgottenAt).Duration() < forgetEvery)
        {
            return;
        }

        try
        {
            var forget = new BsonDocument { { "responseUrl", "" }, { "responseUrlAt", "" } };
            await AskAsync(() => commands.UpdateManyAsync(ForgettableAt(now), new BsonDocument("$unset", forget)));
            forgottenAt = now;
        }
        catch (Exception fault)
        {
            // The next group's turn tries it again.
            LogHousekeepingFailed(logger, address.ToString(), fault);
        }
    }

    private static bool IsOpen(Command command) => command.Outcome is null || !command.Answered;

    private static long Due(Command command) => Math.Max(command.At.UtcTicks, command.NotBefore?.UtcTicks ?? 0);
}
