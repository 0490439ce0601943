using System.Net;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>Where a request came from.</summary>
internal static class CallerAddress
{
    /// <summary>
    /// The address of whoever calls; IPv4 where it is one. Under the Functions host every connection is the host's own,
    /// and Azure's front end has appended the caller's address to X-Forwarded-For: the last entry is its word, the
    /// earlier ones are anybody's.
    /// </summary>
    public static IPAddress? Of(HttpContext http, HostEnvironment host)
    {
        var address = http.Connection.RemoteIpAddress;
        if (host.UnderFunctions && http.Request.Headers["X-Forwarded-For"] is [.., { } forwarded])
        {
            var last = forwarded[(forwarded.LastIndexOf(',') + 1)..].Trim();
            address = IPEndPoint.TryParse(last, out var appended) ? appended.Address : address;
        }

        return address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
    }
}
