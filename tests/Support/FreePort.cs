using System.Net;
using System.Net.Sockets;

namespace Devflow.ChatOps.Tests.Support;

/// <summary>
/// Ports for programs that bind them later: below those that the system hands out (from 32768 on Linux), so that no listener
/// of another test gets one in between.
/// </summary>
public static class FreePort
{
    /// <summary>One that nobody listens on now.</summary>
    public static int Next()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Somebody has it; another one.
            }
        }
    }
}
