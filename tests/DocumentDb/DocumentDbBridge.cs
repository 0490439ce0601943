using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;
using Npgsql;

namespace Devflow.ChatOps.Tests.DocumentDb;

/// <summary>
/// Lets MongoDB's driver speak to a PostgreSQL with the extension DocumentDB, which has MongoDB's semantics but no
/// gateway in its Debian package: listens on the loopback, answers the greeting as a standalone server, and hands each
/// command to the function of the extension that does it (<see cref="DocumentDbCommands"/>). Only for tests: no
/// authentication, no sessions, no retryable writes, no transactions, no change streams; a cursor is read to its end
/// at once and handed out in pieces.
/// </summary>
public sealed class DocumentDbBridge : IAsyncDisposable
{
    private readonly CancellationTokenSource ended = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<int, Task> clients = new();
    private readonly NpgsqlDataSource engine;
    private readonly DocumentDbCommands commands;
    private readonly Task accepting;

    /// <param name="connectionString">Npgsql's, of a database with the extension.</param>
    public DocumentDbBridge(string connectionString)
    {
        engine = NpgsqlDataSource.Create(connectionString);
        commands = new DocumentDbCommands(engine);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(clients.Values);
        await engine.DisposeAsync();
        listener.Dispose();
        ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (var number = 1; ; number++)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(ended.Token);
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException)
            {
                return;
            }

            clients[number] = ServeAsync(number, client);
        }
    }

    private async Task ServeAsync(int number, TcpClient client)
    {
        await Task.Yield();
        using (client)
        {
            try
            {
                client.NoDelay = true;
                var stream = client.GetStream();
                while (await WireMessage.ReadAsync(stream, ended.Token) is { } request)
                {
                    var answer = await commands.RunAsync(request.Body, ended.Token);
                    if (request.WantsAnswer)
                    {
                        await request.AnswerAsync(stream, answer, ended.Token);
                    }
                }
            }
            catch (Exception fault) when (fault is OperationCanceledException or IOException or SocketException)
            {
                // The client has gone, or the bridge is being closed: either way nobody waits for an answer.
            }
        }

        clients.TryRemove(number, out _);
    }
}
