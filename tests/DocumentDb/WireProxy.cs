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
public sealed class WireProxy(string host, int port) : WireListener
{
    /// <summary>Called with a command's name and collection, such as <c>update leases</c>.</summary>
    public Func<string, Task<Fate>> Meets { get; set; } = _ => Task.FromResult(Fate.Arrives);

    /// <summary>Nothing comes through, and what is open breaks.</summary>
    public bool IsDown { get; set; }

    /// <summary>Breaks all connections; new ones come through.</summary>
    public void Cut() => BreakAll();

    /// <inheritdoc />
    protected override async Task ServeAsync(NetworkStream asking, CancellationToken ended)
    {
        using var server = new TcpClient { NoDelay = true };
        await server.ConnectAsync(host, port, ended);
        while (
            !IsDown
            && await WireMessage.ReadBytesAsync(asking, ended) is { } request
            && await PassAsync(request, asking, server.GetStream(), ended)
        )
        {
            // The next one.
        }
    }

    private async Task<bool> PassAsync(
        byte[] request,
        NetworkStream asking,
        NetworkStream answering,
        CancellationToken ended
    )
    {
        var fate = WireMessage.NameOf(request) is { } name ? await Meets(name) : Fate.Arrives;
        if (IsDown || fate == Fate.IsLost)
        {
            return false;
        }

        await answering.WriteAsync(request, ended);
        if (await WireMessage.ReadBytesAsync(answering, ended) is not { } answer || fate == Fate.AnswerIsLost)
        {
            return false;
        }

        await asking.WriteAsync(answer, ended);
        return true;
    }
}
