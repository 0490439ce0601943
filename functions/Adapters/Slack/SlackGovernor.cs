using System.Collections.Frozen;

namespace Devflow.ChatOps.Functions.Adapters.Slack;

/// <summary>
/// Keeps this process inside Slack's rates (https://docs.slack.dev/apis/web-api/rate-limits). It never waits: it
/// answers now, or not before when. Other processes of the same app are not seen; for those there is
/// <see cref="Hold"/>, after Slack has answered 429.
/// </summary>
public sealed class SlackGovernor(TimeProvider time)
{
    /// <summary>The name that response URLs have here; Slack publishes no rate for them.</summary>
    public const string ResponseUrl = "response_url";

    /// <summary>"One message per second per channel, short bursts allowed": three in three seconds.</summary>
    private static readonly Rate MessagesOfChannel = new(3, TimeSpan.FromSeconds(3), Reserve: 1);

    private static readonly FrozenDictionary<string, Rate> Rates = new Dictionary<string, Rate>(StringComparer.Ordinal)
    {
        // "Several hundred messages per minute" for a workspace.
        ["chat.postMessage"] = PerMinute(240, reserve: 40),
        ["chat.update"] = PerMinute(50, reserve: 10),
        ["chat.postEphemeral"] = PerMinute(100),
        ["users.info"] = PerMinute(100),
        ["auth.test"] = PerMinute(100),
        ["conversations.history"] = PerMinute(50),
        ["conversations.replies"] = PerMinute(50),
        ["usergroups.users.list"] = PerMinute(20),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Lock gate = new();

    // One for each method and for each channel of the catalog: bounded.
    private readonly Dictionary<string, Queue<DateTimeOffset>> windows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> holds = new(StringComparer.Ordinal);

    /// <summary>
    /// Takes one call. <c>null</c>: go on now. Otherwise nothing was taken, and asking again makes no sense before
    /// that time. The last calls of a rate are kept for urgent ones.
    /// </summary>
    /// <param name="method">Such as <c>chat.update</c>.</param>
    /// <param name="channel">Where a message is posted to; <c>null</c> for everything else.</param>
    /// <param name="urgent">An approval, a failure, or a person who waits for an answer.</param>
    public DateTimeOffset? Take(string method, string? channel, bool urgent)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (holds.TryGetValue(method, out var until) && until > now)
            {
                return until;
            }

            var windowsTaken = Windows(method, channel)
                .Select(limit => (Queue: Window(limit.Key), limit.Rate))
                .ToList();
            DateTimeOffset? notBefore = null;
            foreach (var (queue, rate) in windowsTaken)
            {
                var wait = NotBefore(queue, rate, urgent, now);
                notBefore = notBefore is null || wait > notBefore ? wait ?? notBefore : notBefore;
            }

            if (notBefore is null)
            {
                windowsTaken.ForEach(limit => limit.Queue.Enqueue(now));
            }

            return notBefore;
        }
    }

    /// <summary>Slack answered 429: nothing of this method, urgent or not, before this has passed.</summary>
    public void Hold(string method, TimeSpan retryAfter)
    {
        lock (gate)
        {
            var until = time.GetUtcNow() + retryAfter;
            holds[method] = holds.TryGetValue(method, out var held) && held > until ? held : until;
        }
    }

    private static DateTimeOffset? NotBefore(Queue<DateTimeOffset> window, Rate rate, bool urgent, DateTimeOffset now)
    {
        while (window.TryPeek(out var oldest) && oldest + rate.Period <= now)
        {
            window.Dequeue();
        }

        var allowed = urgent ? rate.Calls : rate.Calls - rate.Reserve;
        return window.Count < allowed ? null : window.ElementAt(window.Count - allowed) + rate.Period;
    }

    private static IEnumerable<(string Key, Rate Rate)> Windows(string method, string? channel)
    {
        if (Rates.TryGetValue(method, out var rate))
        {
            yield return (method, rate);
        }

        if (method == "chat.postMessage" && channel is not null)
        {
            yield return ($"{method} {channel}", MessagesOfChannel);
        }
    }

    private Queue<DateTimeOffset> Window(string key) =>
        windows.TryGetValue(key, out var window) ? window : windows[key] = new Queue<DateTimeOffset>();

    private static Rate PerMinute(int calls, int reserve = 0) => new(calls, TimeSpan.FromMinutes(1), reserve);

    /// <summary>So many calls in any such period, of which the last ones are for urgent calls.</summary>
    private sealed record Rate(int Calls, TimeSpan Period, int Reserve);
}
