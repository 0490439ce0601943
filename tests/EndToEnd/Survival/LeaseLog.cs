using System.Globalization;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Tests.EndToEnd.Survival;

/// <summary>
/// Who held the lease of which Rollout when, put together from what the processes said at the level Debug. They said it
/// after a lease was taken and before it was given back, so that what overlaps here overlapped indeed.
/// </summary>
internal sealed partial class LeaseLog
{
    private readonly List<Holding> holdings;

    private LeaseLog(List<Holding> holdings) => this.holdings = holdings;

    /// <summary>How many were held, by whomever.</summary>
    public int Count => holdings.Count;

    /// <summary>How many ended with their process.</summary>
    public int CutOff => holdings.Count(holding => holding.GivenBackAt is null);

    /// <summary>
    /// Every pair of holders of a Rollout of which the second began before the first had ended: gave it back, was
    /// killed, or let it expire. Of a process that was killed nothing is claimed after its last word: those that it had on
    /// its lips are lost.
    /// </summary>
    public IReadOnlyList<string> Overlaps =>
        [
            .. holdings
                .GroupBy(holding => holding.Rollout)
                .SelectMany(of =>
                    of.OrderBy(holding => holding.Fence)
                        .ThenBy(holding => holding.At)
                        .Zip(of.OrderBy(holding => holding.Fence).ThenBy(holding => holding.At).Skip(1))
                )
                .Where(pair => pair.First.Fence == pair.Second.Fence || pair.Second.At < pair.First.EndsAt)
                .Select(pair => $"{pair.First} and {pair.Second}"),
        ];

    /// <param name="lives">What each process said.</param>
    public static LeaseLog Read(IEnumerable<IReadOnlyCollection<string>> lives)
    {
        var all = new List<Holding>();
        foreach (var said in lives)
        {
            var lastWordAt = DateTimeOffset.MinValue;
            var own = new Dictionary<(string, long), Holding>();
            foreach (var word in said.Select(line => Word().Match(line)).Where(word => word.Success))
            {
                var key = (word.Groups["rollout"].Value, long.Parse(word.Groups["fence"].Value, Invariant));
                var at = Time(word.Groups["at"].Value);
                var holding = own.GetValueOrDefault(key) ?? new Holding(key.Item1, key.Item2, at, at);
                lastWordAt = at > lastWordAt ? at : lastWordAt;
                own[key] = word.Groups["until"].Success
                    ? holding with
                    {
                        Until = Time(word.Groups["until"].Value),
                    }
                    : holding with
                    {
                        GivenBackAt = at,
                    };
            }

            all.AddRange(own.Values.Select(holding => holding with { LastWordAt = lastWordAt }));
        }

        return new LeaseLog(all);
    }

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, Invariant);

    [GeneratedRegex(
        @"Lease (?<fence>\d+) of (?<rollout>\S+) is (held at (?<at>\S+) until (?<until>\S+)|given back at (?<at>\S+))\."
    )]
    private static partial Regex Word();

    private sealed record Holding(string Rollout, long Fence, DateTimeOffset At, DateTimeOffset Until)
    {
        /// <summary><c>null</c>: it never was, as far as is known.</summary>
        public DateTimeOffset? GivenBackAt { get; init; }

        /// <summary>Until when its process was heard of.</summary>
        public DateTimeOffset LastWordAt { get; init; }

        /// <summary>Who stood still gives back what had expired long ago.</summary>
        public DateTimeOffset EndsAt => (GivenBackAt ?? LastWordAt) is var last && last < Until ? last : Until;
    }
}
