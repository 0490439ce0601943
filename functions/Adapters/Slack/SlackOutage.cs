namespace Devflow.ChatOps.Functions.Adapters.Slack;

/// <summary>
/// Knows that Slack as a whole does not answer. Else, in an outage, each card would run into the same timeouts by itself,
/// and the loop would be busy with nothing else; so one call at a time goes out to see whether Slack is back.
/// </summary>
/// <param name="longestCall">After so long a call has ended, whether it told of its end or not.</param>
internal sealed class SlackOutage(TimeProvider time, TimeSpan longestCall)
{
    /// <summary>Fewer may be the fault of one message.</summary>
    private const int FailuresInARow = 5;

    /// <summary>A card comes back within a minute by itself, so this is soon enough.</summary>
    private static readonly TimeSpan probeEvery = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private int failures;
    private DateTimeOffset nextProbe;
    private DateTimeOffset probeEnds;

    /// <summary>Whether to call now, and if not, when to ask again.</summary>
    public SlackWait? Wait()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (failures < FailuresInARow)
            {
                return null;
            }

            if (now < probeEnds)
            {
                return new SlackWait(probeEnds, IsKnownAway: false);
            }

            if (now < nextProbe)
            {
                return new SlackWait(nextProbe, IsKnownAway: true);
            }

            nextProbe = now + probeEvery;
            probeEnds = now + longestCall;
            return null;
        }
    }

    /// <summary>What came of a call.</summary>
    /// <param name="isThere">Slack itself answered, whatever it said.</param>
    public void Tell(bool isThere)
    {
        lock (gate)
        {
            failures = isThere ? 0 : Math.Min(failures + 1, FailuresInARow);
            nextProbe = time.GetUtcNow() + probeEvery;
            probeEnds = default;
        }
    }
}

/// <summary>No call before <paramref name="Until"/>.</summary>
/// <param name="IsKnownAway">
/// False while a call is under way that may find Slack back: whoever comes in that time must not count it as one more
/// failure, or its card is late when everybody else's is not.
/// </param>
internal readonly record struct SlackWait(DateTimeOffset Until, bool IsKnownAway);
