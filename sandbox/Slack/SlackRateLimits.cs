namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>How often a method may be called. See https://docs.slack.dev/apis/web-api/rate-limits.</summary>
/// <param name="Calls">Calls within the period.</param>
/// <param name="Period">Length of the sliding window.</param>
internal sealed record SlackRate(int Calls, TimeSpan Period)
{
    public static readonly SlackRate Tier2 = PerMinute(20);
    public static readonly SlackRate Tier3 = PerMinute(50);
    public static readonly SlackRate Tier4 = PerMinute(100);

    /// <summary>One message a second and channel, "with short bursts": here three at once, then one a second.</summary>
    public static readonly SlackRate MessagesOfChannel = new(3, TimeSpan.FromSeconds(3));

    /// <summary>"Several hundred messages a minute" for the whole workspace.</summary>
    public static readonly SlackRate MessagesOfWorkspace = PerMinute(300);

    public static SlackRate PerMinute(int calls) => new(calls, TimeSpan.FromMinutes(1));
}

/// <summary>Counts calls in sliding windows and says how long to wait.</summary>
internal sealed class SlackRateLimits(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Queue<DateTimeOffset>> windows = new(StringComparer.Ordinal);

    /// <summary>
    /// Takes one call from every window, or none when one of them is used up.
    /// </summary>
    /// <returns>How long to wait, or <see langword="null"/> when the call may go on.</returns>
    public TimeSpan? Take(params IEnumerable<(string Key, SlackRate Rate)> limits)
    {
        var all = limits.ToArray();
        lock (gate)
        {
            var now = time.GetUtcNow();
            TimeSpan? wait = null;
            foreach (var (key, rate) in all)
            {
                if (!windows.TryGetValue(key, out var window))
                {
                    windows[key] = window = new Queue<DateTimeOffset>();
                }

                while (window.TryPeek(out var oldest) && oldest + rate.Period <= now)
                {
                    window.Dequeue();
                }

                if (window.Count >= rate.Calls)
                {
                    var needed = window.Peek() + rate.Period - now;
                    wait = wait is { } longer && longer > needed ? longer : needed;
                }
            }

            if (wait is null)
            {
                foreach (var (key, _) in all)
                {
                    windows[key].Enqueue(now);
                }
            }

            return wait;
        }
    }
}
