using System.Net;
using System.Net.Sockets;

namespace Devflow.ChatOps.Tests.Support;

/// <summary>A port on the loopback at which connections are refused: it is taken, so that nobody else listens there meanwhile.</summary>
public sealed class DeafPort : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private DeafPort() => socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Port => ((IPEndPoint)socket.LocalEndPoint!).Port;

    public static DeafPort Take() => new();

    public void Dispose() => socket.Dispose();
}
