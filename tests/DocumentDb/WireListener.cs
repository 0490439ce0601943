using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Devflow.ChatOps.Tests.DocumentDb;

/// <summary>Takes the connections of MongoDB's driver on the loopback, and serves each for as long as both sides are there.</summary>
public abstract class WireListener : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly ConcurrentDictionary<TcpClient, Task> clients = new();
    private readonly Task accepting;

    protected WireListener()
    {
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
        BreakAll();
        await Task.WhenAll(clients.Values);
        listener.Dispose();
        ended.Dispose();
        await EndAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Serves one connection until it returns or its client goes. It may begin as soon as the fields of the derived class are
    /// initialized.
    /// </summary>
    protected abstract Task ServeAsync(NetworkStream asking, CancellationToken ended);

    /// <summary>All connections are over.</summary>
    protected virtual ValueTask EndAsync() => ValueTask.CompletedTask;

    /// <summary>Breaks all connections; new ones are taken.</summary>
    protected void BreakAll()
    {
        foreach (var client in clients.Keys)
        {
            client.Close();
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
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

            clients[client] = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        await Task.Yield();
        try
        {
            client.NoDelay = true;
            await ServeAsync(client.GetStream(), ended.Token);
        }
        catch (Exception fault)
            when (fault is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // Either side has gone, or this ends: nobody waits for an answer.
        }
        finally
        {
            client.Close();
            clients.TryRemove(client, out _);
        }
    }
}
