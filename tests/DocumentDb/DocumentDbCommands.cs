using System.Collections.Concurrent;
using System.Data;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using Npgsql;
using NpgsqlTypes;

namespace Devflow.ChatOps.Tests.DocumentDb;

/// <summary>
/// MongoDB's commands as calls of the extension's functions. Where the two differ, MongoDB is followed:
/// a broken unique key in findAndModify comes as SQLSTATE 23505 and is answered as code 11000.
/// </summary>
internal sealed class DocumentDbCommands(NpgsqlDataSource engine) : IAsyncDisposable
{
    private const int DuplicateKey = 11000;
    private const int CommandNotFound = 59;
    private const int ShutdownInProgress = 91;
    private const int WriteConflict = 112;
    private const int MostTries = 10;

    // Of the client and of the deployment, not of the command.
    private static readonly string[] envelope =
    [
        "$db",
        "$clusterTime",
        "$readPreference",
        "lsid",
        "txnNumber",
        "readConcern",
        "writeConcern",
        "maxTimeMS",
        "apiVersion",
        "apiStrict",
    ];

    private readonly ConcurrentDictionary<long, (string Namespace, Queue<BsonValue> Remaining)> cursors = new();
    private long lastCursor;
    private int lastConnection;

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    public async Task<BsonDocument> RunAsync(BsonDocument request, CancellationToken stop)
    {
        for (var tries = 1; ; tries++)
        {
            var answer = await TryAsync(request, stop);
            if (tries == MostTries || !IsConflict(request, answer))
            {
                return answer;
            }
        }
    }

    /// <summary>
    /// Two writes waited for each other, and PostgreSQL ended this one: nothing of it was done. MongoDB does it again by
    /// itself, where nobody sees it. Of a message with several writes the others are done, so that one is left as it is.
    /// </summary>
    private static bool IsConflict(BsonDocument request, BsonDocument answer) =>
        answer.GetValue("code", 0) == WriteConflict
        || (
            answer.GetValue("writeErrors", null) is BsonArray { Count: 1 } errors
            && errors[0].AsBsonDocument.GetValue("errmsg", "").AsString.Contains("deadlock", StringComparison.Ordinal)
            && request.Values.OfType<BsonArray>().FirstOrDefault() is { Count: 1 }
        );

    private async Task<BsonDocument> TryAsync(BsonDocument request, CancellationToken stop)
    {
        var name = request.GetElement(0).Name;
        var database = request.GetValue("$db", "admin").AsString;
        var command = Stripped(request);
        try
        {
            return name.ToUpperInvariant() switch
            {
                "HELLO" or "ISMASTER" => Greeting(),
                "PING" => await PingAsync(stop),
                "BUILDINFO" => Ok(new BsonDocument("version", "7.0.0")),
                "ENDSESSIONS" => Ok([]),
                "INSERT" => await WriteAsync("documentdb_api.insert", database, command, stop),
                "UPDATE" => await WriteAsync("documentdb_api.update", database, command, stop),
                "DELETE" => await WriteAsync("documentdb_api.delete", database, command, stop),
                "FINDANDMODIFY" => await FindAndModifyAsync(database, command, stop),
                "FIND" => await QueryAsync("find_cursor_first_page", database, command, stop),
                "AGGREGATE" => await QueryAsync("aggregate_cursor_first_page", database, command, stop),
                "LISTCOLLECTIONS" => await QueryAsync("list_collections_cursor_first_page", database, command, stop),
                "LISTINDEXES" => await QueryAsync("list_indexes_cursor_first_page", database, command, stop),
                "GETMORE" => GetMore(command),
                "KILLCURSORS" => KillCursors(command),
                "CREATEINDEXES" => await CreateIndexesAsync(database, command, stop),
                "DROPDATABASE" => await DropDatabaseAsync(database, stop),
                "EXPLAIN" => await ExplainAsync(database, command["explain"].AsBsonDocument, stop),
                _ => Fault(CommandNotFound, "CommandNotFound", $"no such command: '{name}'"),
            };
        }
        catch (PostgresException fault)
        {
            return fault.SqlState switch
            {
                PostgresErrorCodes.UniqueViolation => Fault(
                    DuplicateKey,
                    "DuplicateKey",
                    $"E11000 duplicate key error: {fault.MessageText}"
                ),
                PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => Fault(
                    WriteConflict,
                    "WriteConflict",
                    fault.MessageText
                ),
                PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CannotConnectNow => Fault(
                    ShutdownInProgress,
                    "ShutdownInProgress",
                    fault.MessageText
                ),
                _ => Fault(1, "InternalError", $"{fault.SqlState}: {fault.MessageText}"),
            };
        }
        catch (NpgsqlException fault)
        {
            return Fault(ShutdownInProgress, "ShutdownInProgress", fault.Message);
        }
    }

    private BsonDocument Greeting() =>
        Ok(
            new BsonDocument
            {
                { "helloOk", true },
                { "ismaster", true },
                { "isWritablePrimary", true },
                { "maxBsonObjectSize", 16 * 1024 * 1024 },
                { "maxMessageSizeBytes", 48_000_000 },
                { "maxWriteBatchSize", 100_000 },
                { "minWireVersion", 0 },
                { "maxWireVersion", 21 },
                // Without it the driver asks for one, each time that it connects.
                { "connectionId", Interlocked.Increment(ref lastConnection) },
                { "readOnly", false },
            }
        );

    private async Task<BsonDocument> PingAsync(CancellationToken stop)
    {
        await using var sql = engine.CreateCommand("SELECT 1");
        await sql.ExecuteScalarAsync(stop);
        return Ok([]);
    }

    private async Task<BsonDocument> WriteAsync(
        string function,
        string database,
        BsonDocument command,
        CancellationToken stop
    )
    {
        var result = (await CallAsync($"SELECT p_result::bytea FROM {function}($1, $2)", database, command, stop))!;
        if (result.TryGetValue("writeErrors", out var errors))
        {
            foreach (var error in errors.AsBsonArray.OfType<BsonDocument>().Where(IsDuplicate))
            {
                error["code"] = DuplicateKey;
            }
        }

        return result;
    }

    // The extension has numbers of its own for errors within a batch; the text tells this one.
    private static bool IsDuplicate(BsonDocument error) =>
        error.GetValue("errmsg", "").AsString.Contains("uplicate key", StringComparison.Ordinal);

    private async Task<BsonDocument> FindAndModifyAsync(string database, BsonDocument command, CancellationToken stop)
    {
        // The extension knows one spelling of the name.
        command.SetElement(0, new BsonElement("findAndModify", command[0]));
        const string Sql = "SELECT p_result::bytea FROM documentdb_api.find_and_modify($1, $2)";
        return (await CallAsync(Sql, database, command, stop))!;
    }

    private async Task<BsonDocument> CreateIndexesAsync(string database, BsonDocument command, CancellationToken stop)
    {
        const string Sql = "SELECT documentdb_api_internal.create_indexes_non_concurrently($1, $2, true)::bytea";
        var result = (await CallAsync(Sql, database, command, stop))!;
        return result.Contains("ok") ? result : Ok(result);
    }

    private async Task<BsonDocument> DropDatabaseAsync(string database, CancellationToken stop)
    {
        await CallAsync("SELECT NULL::bytea FROM documentdb_api.drop_database($1)", database, null, stop);
        return Ok(new BsonDocument("dropped", database));
    }

    /// <summary>All that the query finds, the first of it now and the rest when it is asked for.</summary>
    private async Task<BsonDocument> QueryAsync(
        string function,
        string database,
        BsonDocument command,
        CancellationToken stop
    )
    {
        var size = BatchSize(command);
        await using var connection = await engine.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var first = $"SELECT cursorpage::bytea, continuation::bytea, cursorid FROM documentdb_api.{function}($1, $2)";
        var (page, continuation, id) = await PageAsync(connection, first, stop, Text(database), Bson(command));
        var cursor = page["cursor"].AsBsonDocument;
        var found = new Queue<BsonValue>(cursor["firstBatch"].AsBsonArray);
        while (continuation is not null)
        {
            var more = new BsonDocument { { "getMore", id }, { "collection", command[0] } };
            const string Next =
                "SELECT cursorpage::bytea, continuation::bytea, 0::bigint FROM documentdb_api.cursor_get_more($1, $2, $3)";
            (page, continuation, _) = await PageAsync(
                connection,
                Next,
                stop,
                Text(database),
                Bson(more),
                Bson(continuation!)
            );
            foreach (var document in page["cursor"]["nextBatch"].AsBsonArray)
            {
                found.Enqueue(document);
            }
        }

        await transaction.CommitAsync(stop);
        return Page("firstBatch", cursor["ns"].AsString, found, Interlocked.Increment(ref lastCursor), size);
    }

    private BsonDocument GetMore(BsonDocument command)
    {
        var id = command[0].ToInt64();
        return cursors.TryRemove(id, out var cursor)
            ? Page(
                "nextBatch",
                cursor.Namespace,
                cursor.Remaining,
                id,
                command.GetValue("batchSize", int.MaxValue).ToInt32()
            )
            : Fault(43, "CursorNotFound", $"cursor id {id} not found");
    }

    private BsonDocument KillCursors(BsonDocument command)
    {
        foreach (var id in command["cursors"].AsBsonArray)
        {
            cursors.TryRemove(id.ToInt64(), out _);
        }

        return Ok(new BsonDocument("cursorsKilled", command["cursors"]));
    }

    private BsonDocument Page(string batch, string space, Queue<BsonValue> found, long id, int size)
    {
        var documents = new BsonArray();
        while (documents.Count < size && found.TryDequeue(out var document))
        {
            documents.Add(document);
        }

        if (found.Count > 0)
        {
            cursors[id] = (space, found);
        }

        var cursor = new BsonDocument
        {
            { "id", found.Count > 0 ? id : 0L },
            { "ns", space },
            { batch, documents },
        };
        return Ok(new BsonDocument("cursor", cursor));
    }

    private static int BatchSize(BsonDocument command)
    {
        var options = command.Contains("aggregate") ? command.GetValue("cursor", new BsonDocument()) : command;
        return options.AsBsonDocument.GetValue("batchSize", 101).ToInt32();
    }

    /// <summary>
    /// Which index a query would use if no table were too small for one, in the part of MongoDB's answer that tests
    /// read: <c>queryPlanner.winningPlan</c> with <c>stage</c> and <c>indexName</c>.
    /// </summary>
    private async Task<BsonDocument> ExplainAsync(string database, BsonDocument query, CancellationToken stop)
    {
        var function = query.Contains("aggregate") ? "bson_aggregation_pipeline" : "bson_aggregation_find";
        await using var connection = await engine.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await using (var setting = new NpgsqlCommand("SET LOCAL enable_seqscan = off", connection))
        {
            await setting.ExecuteNonQueryAsync(stop);
        }

        await using var sql = new NpgsqlCommand(
            $"EXPLAIN (FORMAT JSON) SELECT document FROM documentdb_api_catalog.{function}($1, $2)",
            connection
        );
        sql.Parameters.Add(Text(database));
        sql.Parameters.Add(Bson(query));
        var plan = BsonSerializer.Deserialize<BsonArray>((string)(await sql.ExecuteScalarAsync(stop))!);
        var index = Values(plan, "Index Name").FirstOrDefault();
        var winning = index is null
            ? new BsonDocument("stage", "COLLSCAN")
            : new BsonDocument { { "stage", "IXSCAN" }, { "indexName", index } };
        return Ok(new BsonDocument("queryPlanner", new BsonDocument("winningPlan", winning)));
    }

    private static IEnumerable<BsonValue> Values(BsonValue value, string name) =>
        value switch
        {
            BsonDocument document => document.Elements.SelectMany(element =>
                element.Name == name ? [element.Value] : Values(element.Value, name)
            ),
            BsonArray array => array.SelectMany(item => Values(item, name)),
            _ => [],
        };

    private async Task<BsonDocument?> CallAsync(
        string statement,
        string database,
        BsonDocument? command,
        CancellationToken stop
    )
    {
        await using var sql = engine.CreateCommand(statement);
        sql.Parameters.Add(Text(database));
        if (command is not null)
        {
            sql.Parameters.Add(Bson(command));
        }

        return await sql.ExecuteScalarAsync(stop) is byte[] bytes ? Read(bytes) : null;
    }

    private static async Task<(BsonDocument Page, BsonDocument? Continuation, long Cursor)> PageAsync(
        NpgsqlConnection connection,
        string statement,
        CancellationToken stop,
        params NpgsqlParameter[] values
    )
    {
        await using var sql = new NpgsqlCommand(statement, connection);
        sql.Parameters.AddRange(values);
        await using var rows = await sql.ExecuteReaderAsync(CommandBehavior.SingleRow, stop);
        await rows.ReadAsync(stop);
        var continuation = await rows.IsDBNullAsync(1, stop) ? null : Read(rows.GetFieldValue<byte[]>(1));
        return (Read(rows.GetFieldValue<byte[]>(0)), continuation, rows.GetInt64(2));
    }

    private static BsonDocument Read(byte[] bytes) => BsonSerializer.Deserialize<BsonDocument>(bytes);

    private static NpgsqlParameter Text(string value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Bson(BsonDocument value) =>
        new() { Value = value.ToBson(), NpgsqlDbType = NpgsqlDbType.Bytea };

    private static BsonDocument Stripped(BsonDocument request)
    {
        var command = (BsonDocument)request.DeepClone();
        foreach (var name in envelope)
        {
            command.Remove(name);
        }

        return command;
    }

    private static BsonDocument Ok(BsonDocument answer) => answer.Add("ok", 1.0);

    private static BsonDocument Fault(int code, string name, string message) =>
        new()
        {
            { "ok", 0.0 },
            { "errmsg", message },
            { "code", code },
            { "codeName", name },
        };
}
