using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

public sealed partial class SqliteStore
{
    /// <summary>
    /// <c>open</c>: no outcome yet, or the person has not been told. <c>stuck</c>: see <see cref="RetentionColumns"/>.
    /// </summary>
    internal const string CommandsTable = """
        CREATE TABLE commands (
            number INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            rollout TEXT NOT NULL,
            at INTEGER NOT NULL,
            open INTEGER NOT NULL,
            not_before INTEGER,
            document TEXT NOT NULL,
            response_url BLOB
        );
        CREATE INDEX commands_open ON commands (rollout, at, number) WHERE open = 1;
        CREATE INDEX commands_response_urls ON commands (at) WHERE response_url IS NOT NULL;

        """;

    /// <summary>Slack accepts answers at a response_url for 30 minutes; after that it is only a secret to be stolen.</summary>
    private static readonly TimeSpan responseUrlLife = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan forgetEvery = TimeSpan.FromMinutes(1);

    // Only the writer's thread reads and writes it.
    private DateTimeOffset forgottenAt = DateTimeOffset.MinValue;

    /// <inheritdoc/>
    public async Task<CommandReceipt> AddAsync(Command command, byte[]? sealedResponseUrl, CancellationToken stop)
    {
        var document = JobJson.Write(command);
        var now = clock.GetUtcNow().UtcTicks;
        var known = await writer.WriteAsync(
            session =>
            {
                var added = session.Execute(
                    """
                    INSERT INTO commands (key, rollout, at, open, stuck, not_before, document, response_url)
                    VALUES ($key, $rollout, $at, $open, $stuck, $notBefore, $document, $responseUrl)
                    ON CONFLICT (key) DO NOTHING
                    """,
                    ("$key", command.Key),
                    ("$rollout", command.Rollout.ToString()),
                    ("$at", command.At.UtcTicks),
                    ("$open", IsOpen(command)),
                    ("$stuck", command.Stuck is not null),
                    ("$notBefore", Ticks(command.NotBefore)),
                    ("$document", document),
                    ("$responseUrl", sealedResponseUrl)
                );
                if (added == 0)
                {
                    return session.First(DocumentOfCommand, row => row.GetString(0), ("$key", command.Key));
                }

                session.Execute(BumpHint, ("$rollout", command.Rollout.ToString()), ("$now", now));
                return null;
            },
            stop
        );
        return known is null
            ? new CommandReceipt(command, IsNew: true)
            : new CommandReceipt(JobJson.ReadCommand(known), IsNew: false);
    }

    /// <inheritdoc/>
    public async Task<Command?> FindCommandAsync(string key, CancellationToken stop)
    {
        var document = await readers.ReadAsync(
            session => session.First(DocumentOfCommand, row => row.GetString(0), ("$key", key)),
            stop
        );
        return document is null ? null : JobJson.ReadCommand(document);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Command>> OpenCommandsAsync(RolloutRef rollout, CancellationToken stop)
    {
        var rows = await readers.ReadAsync(
            session =>
                session.All(
                    """
                    SELECT key, document FROM commands WHERE rollout = $rollout AND open = 1
                    ORDER BY at, number LIMIT $limit
                    """,
                    row => (Key: row.GetString(0), Document: row.GetString(1)),
                    ("$rollout", rollout.ToString()),
                    ("$limit", ICommands.OpenAtMost)
                ),
            stop
        );
        var open = new List<Command>();
        foreach (var (key, document) in rows)
        {
            try
            {
                open.Add(JobJson.ReadCommand(document));
            }
            catch (StoredStateException fault)
            {
                LogUnreadableCommand(logger, path, key, fault);
                await writer.WriteAsync(
                    session =>
                        session.Execute(
                            "UPDATE commands SET open = 0, stuck = 1 WHERE key = $key AND document = $document",
                            ("$key", key),
                            ("$document", document)
                        ),
                    stop
                );
            }
        }

        return open;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No command of this key was added.</exception>
    public async Task<bool> UpdateAsync(Command command, CancellationToken stop)
    {
        var document = JobJson.Write(command);
        var (updated, isKnown) = await writer.WriteAsync(
            session =>
                (
                    session.Execute(
                        ReplaceCommand,
                        ("$open", IsOpen(command)),
                        ("$stuck", command.Stuck is not null),
                        ("$notBefore", Ticks(command.NotBefore)),
                        ("$document", document),
                        ("$key", command.Key)
                    ) == 1,
                    session.First(DocumentOfCommand, row => row.GetString(0), ("$key", command.Key)) is not null
                ),
            stop
        );
        return isKnown ? updated : throw new InvalidOperationException($"The command '{command.Key}' was never added.");
    }

    // What the documents say of the outcome, and not their text: another version may have written more members.
    private const string ReplaceCommand = """
        UPDATE commands SET open = $open, stuck = $stuck, not_before = $notBefore, document = $document
        WHERE key = $key AND (
            document ->> '$.document.resumedAt' IS $document ->> '$.document.resumedAt'
                AND (
                    document ->> '$.document.outcome.code' IS NULL
                    OR document ->> '$.document.outcome.code' IS $document ->> '$.document.outcome.code'
                        AND document ->> '$.document.outcome.text' IS $document ->> '$.document.outcome.text'
                )
            OR stuck = 1 AND $document ->> '$.document.outcome.code' IS NULL
                AND document ->> '$.document.resumedAt' IS NOT $document ->> '$.document.resumedAt'
        )
        """;

    /// <inheritdoc/>
    public Task<byte[]?> SealedResponseUrlAsync(string key, DateTimeOffset now, CancellationToken stop) =>
        readers.ReadAsync(
            session =>
                session.First(
                    """
                    SELECT response_url FROM commands
                    WHERE key = $key AND response_url IS NOT NULL AND at > $forgotten
                    """,
                    row => row.GetFieldValue<byte[]>(0),
                    ("$key", key),
                    ("$forgotten", (now - responseUrlLife).UtcTicks)
                ),
            stop
        );

    /// <summary>Housekeeping of the writer: deletes the bytes that no longer open anything.</summary>
    private void ForgetResponseUrls(SqliteSession session)
    {
        var now = clock.GetUtcNow();
        if ((now - forgottenAt).Duration() < forgetEvery)
        {
            return;
        }

        session.Execute(
            "UPDATE commands SET response_url = NULL WHERE response_url IS NOT NULL AND at <= $forgotten",
            ("$forgotten", (now - responseUrlLife).UtcTicks)
        );
        forgottenAt = now;
    }

    private static bool IsOpen(Command command) => command.Outcome is null || !command.Answered;

    private const string DocumentOfCommand = "SELECT document FROM commands WHERE key = $key";
}
