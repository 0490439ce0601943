using System.Globalization;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

/// <summary>
/// This instance's clock beside the server's. All instances write leases by the server's clock, as each knows it, so
/// that one which is some seconds wrong neither takes anothers' leases early nor keeps its own for longer. One that is
/// further off takes none: intents, votes and whatever else carries a time would mean something else to the others.
/// </summary>
/// <param name="most">How far it may be off; <c>null</c>: it is not compared.</param>
/// <param name="ask">The server's time; <c>null</c> from a service that does not tell it, and then all is well.</param>
internal sealed class ServerClock(
    TimeProvider clock,
    TimeSpan? most,
    Func<CancellationToken, Task<DateTimeOffset?>> ask
)
{
    /// <summary>As far as an instance of the service may be off.</summary>
    public static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(5);

    /// <summary>In between, this instance's own count of time tells when its clock was set.</summary>
    private static readonly TimeSpan askEvery = TimeSpan.FromSeconds(10);

    /// <summary>While it is off: somebody may just have mended it.</summary>
    private static readonly TimeSpan askAgain = TimeSpan.FromSeconds(1);

    /// <summary>The server tells its time in whole milliseconds.</summary>
    private static readonly TimeSpan resolution = TimeSpan.FromMilliseconds(1);

    private volatile Comparison? last;

    /// <summary>
    /// The server's time at this instance's <paramref name="now"/>; <c>null</c> when the two are too far apart.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The server was asked and did not answer.</exception>
    public async ValueTask<DateTimeOffset?> AtAsync(DateTimeOffset now, CancellationToken stop)
    {
        if (most is null)
        {
            return now;
        }

        var known = last;
        if (known is null || Age(known) >= (Skew(known) is null ? askEvery : askAgain))
        {
            known = await CompareAsync(stop);
        }

        return Skew(known) is null ? now - Ahead(known) : null;
    }

    /// <summary>The same without asking the server: for what is done in between, and cannot wait.</summary>
    public DateTimeOffset Estimate(DateTimeOffset now) =>
        last is { } known && Skew(known) is null ? now - Ahead(known) : now;

    /// <summary>Asks the server, and says it if the two are too far apart.</summary>
    /// <exception cref="ClockSkewException">They are.</exception>
    /// <exception cref="StoreUnavailableException">It did not answer.</exception>
    public async Task CheckAsync(CancellationToken stop)
    {
        if (Skew(await CompareAsync(stop)) is { } skew)
        {
            throw new ClockSkewException(Sentence(skew));
        }
    }

    /// <summary>What an administrator needs to know; <c>null</c> when all is well, as far as it was compared.</summary>
    public string? Problem => last is { } known && Skew(known) is { } skew ? Sentence(skew) : null;

    private async Task<Comparison> CompareAsync(CancellationToken stop)
    {
        var (before, began) = (clock.GetUtcNow(), clock.GetTimestamp());
        var told = await ask(stop);
        var took = clock.GetElapsedTime(began);
        var compared = new Comparison(
            began,
            before,
            told is { } server ? Nearest(before - server - resolution, before + took - server) : TimeSpan.Zero
        );
        last = compared;
        return compared;
    }

    /// <summary>When the server looked at its clock in between is not known: nothing is claimed that may not be so.</summary>
    private static TimeSpan Nearest(TimeSpan least, TimeSpan greatest) =>
        least > TimeSpan.Zero ? least
        : greatest < TimeSpan.Zero ? greatest
        : TimeSpan.Zero;

    private TimeSpan Age(Comparison known) => clock.GetElapsedTime(known.Timestamp);

    /// <summary>How far this clock is ahead now: as it was then, and by how much it was set since.</summary>
    private TimeSpan Ahead(Comparison known)
    {
        var set = clock.GetUtcNow() - known.At - Age(known);
        return known.Ahead + (set.Duration() < resolution ? TimeSpan.Zero : set);
    }

    private TimeSpan? Skew(Comparison known)
    {
        var ahead = Ahead(known);
        return ahead.Duration() > most ? ahead : null;
    }

    private string Sentence(TimeSpan skew) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The clock of this instance is {skew.Duration().TotalSeconds:0.0} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} the clock of the store's server; at most {most!.Value.TotalSeconds:0} s are allowed. Until the two agree, this instance takes no work and leaves it to others: have both synchronised (NTP)."
        );

    /// <param name="Timestamp">Of this process's own count of time, when it was asked.</param>
    /// <param name="At">What this clock showed then.</param>
    /// <param name="Ahead">By how much that was ahead of the server's; negative when it was behind.</param>
    private sealed record Comparison(long Timestamp, DateTimeOffset At, TimeSpan Ahead);
}
