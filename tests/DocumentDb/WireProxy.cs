using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Devflow.ChatOps.Tests.DocumentDb;

/// <summary>What becomes of a request on its way.</summary>
public enum Fate
{
    /// <summary>It arrives, and its answer too.</summary>
    Arrives,

    /// <summary>The connection breaks before it arrives.</summary>
    IsLost,

    /// <summary>It is carried out, and the connection breaks before the answer comes.</summary>
    AnswerIsLost,
}

/// <summary>
/// A network between the driver and the server that a test can break: each command passes <see cref="Meets"/>, which
/// may hold it for as long as it likes. Greetings and pings of the driver's monitor always pass.
/// </summary>
public sealed class WireProxy : IAsyncDisposable
{
    private const int HeaderLength = 16;

    private readonly string host;
    private readonly int port;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly ConcurrentDictionary<TcpClient, Task> clients = new();
    private readonly Task accepting;

    public WireProxy(string host, int port)
    {
        (this.host, this.port) = (host, port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Called with a command's name and collection, such as <c>update leases</c>.</summary>
    public Func<string, Task<Fate>> Meets { get; set; } = _ => Task.FromResult(Fate.Arrives);

    /// <summary>Nothing comes through, and what is open breaks.</summary>
    public bool IsDown { get; set; }

    /// <summary>Breaks all connections; new ones come through.</summary>
    public void Cut()
    {
        foreach (var client in clients.Keys)
        {
            client.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        listener.Stop();
        await accepting;
        Cut();
        await Task.WhenAll(clients.Values);
        listener.Dispose();
        ended.Dispose();
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
            using var server = new TcpClient();
            await server.ConnectAsync(host, port, ended.Token);
            (client.NoDelay, server.NoDelay) = (true, true);
            while (
                !IsDown
                && await ReadAsync(client.GetStream()) is { } request
                && await PassAsync(request, client, server)
            )
            {
                // The next one.
            }
        }
        catch (Exception fault)
            when (fault is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // Either side has gone.
        }
        finally
        {
            client.Close();
            clients.TryRemove(client, out _);
        }
    }

    private async Task<bool> PassAsync(byte[] request, TcpClient client, TcpClient server)
    {
        var fate = WireMessage.NameOf(request) is { } name ? await Meets(name) : Fate.Arrives;
        if (IsDown || fate == Fate.IsLost)
        {
            return false;
        }

        await server.GetStream().WriteAsync(request, ended.Token);
        if (await ReadAsync(server.GetStream()) is not { } answer || fate == Fate.AnswerIsLost)
        {
            return false;
        }

        await client.GetStream().WriteAsync(answer, ended.Token);
        return true;
    }

    private async Task<byte[]?> ReadAsync(NetworkStream stream)
    {
        var header = new byte[HeaderLength];
        if (await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, ended.Token) < HeaderLength)
        {
            return null;
        }

        var message = new byte[BinaryPrimitives.ReadInt32LittleEndian(header)];
        header.CopyTo(message, 0);
        await stream.ReadExactlyAsync(message.AsMemory(HeaderLength), ended.Token);
        return message;
    }
}
