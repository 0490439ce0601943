using System.Net.Sockets;
using Npgsql;

namespace Devflow.ChatOps.Tests.DocumentDb;

/// <summary>
/// Lets MongoDB's driver speak to a PostgreSQL with the extension DocumentDB, which has MongoDB's semantics but no
/// gateway in its Debian package: listens on the loopback, answers the greeting as a standalone server, and hands each
/// command to the function of the extension that does it (<see cref="DocumentDbCommands"/>). Only for tests: no
/// authentication, no sessions, no retryable writes, no transactions, no change streams; a cursor is read to its end
/// at once and handed out in pieces.
/// </summary>
/// <param name="connectionString">Npgsql's, of a database with the extension.</param>
public sealed class DocumentDbBridge(string connectionString) : WireListener
{
    private readonly DocumentDbCommands commands = new(
        NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connectionString)
            {
                // No command leaves anything behind in its session, and the extension's plans are worth keeping.
                NoResetOnClose = true,
                MaxAutoPrepare = 20,
                AutoPrepareMinUsages = 2,
            }
        )
    );

    /// <inheritdoc />
    protected override async Task ServeAsync(NetworkStream asking, CancellationToken ended)
    {
        while (await WireMessage.ReadAsync(asking, ended) is { } request)
        {
            var answer = await commands.RunAsync(request.Body, ended);
            if (request.WantsAnswer)
            {
                await request.AnswerAsync(asking, answer, ended);
            }
        }
    }

    /// <inheritdoc />
    protected override ValueTask EndAsync() => commands.DisposeAsync();
}
