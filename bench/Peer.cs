using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Bench;

/// <summary>Another program that answers the slash command /devflow at once, to compare with.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process process;

    private Peer(Process process, SlashClient client) => (this.process, Client) = (process, client);

    public SlashClient Client { get; }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public static Peer Start(string command)
    {
        var port = FreePort.Next();
        var secret = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var parts = command.Split(' ');
        var start = new ProcessStartInfo(parts[0], parts[1..]) { RedirectStandardOutput = true };
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["SLACK_SIGNING_SECRET"] = secret;
        start.Environment["NODE_ENV"] = "production";
        var client = new SlashClient(new Uri($"http://127.0.0.1:{port}/"), secret) { Path = "slack/events" };
        return new Peer(Process.Start(start)!, client);
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        Client.Dispose();
    }
}
