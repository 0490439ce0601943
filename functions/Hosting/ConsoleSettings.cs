using System.Net;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>
/// How people sign in to the console: a proxy in front of it knows who they are and says so in a header. Nobody can
/// while these are not set.
/// </summary>
public sealed class ConsoleSettings
{
    /// <summary>The header in which the proxy names who is signed in, such as <c>X-Auth-Request-User</c>.</summary>
    public string IdentityHeader { get; set; } = "";

    /// <summary>What the header tells: <c>github</c>, a login, or <c>person</c>, a name of the catalog.</summary>
    public string Identity { get; set; } = "github";

    /// <summary>Addresses or networks (<c>10.1.2.3</c>, <c>10.1.0.0/16</c>) from which the header is believed.</summary>
    public string[] Proxies { get; set; } = [];

    internal bool IsSetUp => IdentityHeader.Length > 0 && Proxies.Length > 0;

    internal bool NamesPerson => Identity == "person";

    /// <summary>The networks of <see cref="Proxies"/>.</summary>
    internal IReadOnlyList<IPNetwork> Networks() => [.. Proxies.Select(NetworkOf).OfType<IPNetwork>()];

    internal IEnumerable<string> Faults()
    {
        if (IdentityHeader.Length > 0 != Proxies.Length > 0)
        {
            yield return "Devflow:Console: IdentityHeader and Proxies belong together; without both nobody can sign in.";
        }

        if (!IdentityHeader.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            yield return "Devflow:Console:IdentityHeader: the name of an HTTP header.";
        }

        if (Identity is not ("github" or "person"))
        {
            yield return "Devflow:Console:Identity: github or person.";
        }

        foreach (var (index, proxy) in Proxies.Index())
        {
            if (NetworkOf(proxy) is not { } network)
            {
                yield return $"Devflow:Console:Proxies:{index}: an IP address or a network such as 10.1.0.0/16.";
            }
            else if (network.PrefixLength == 0)
            {
                yield return $"Devflow:Console:Proxies:{index}: this is every address there is, and anybody could say who they are.";
            }
        }
    }

    private static IPNetwork? NetworkOf(string proxy) =>
        IPNetwork.TryParse(proxy, out var network) ? network
        : IPAddress.TryParse(proxy, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
