using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>
/// Shares out what may be written for an owner of repositories, so that comments and renewals do not use up what an approval or a rollback
/// needs. GitHub takes no more than 80 requests a minute and 500 an hour that make content, and shuts out whoever sends more
/// (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits). It does not
/// say which requests those are: here every write counts. Each process counts its own. Thread-safe.
/// </summary>
internal sealed class GitHubBudget(TimeProvider time)
{
    private static readonly TimeSpan minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan hour = TimeSpan.FromHours(1);

    // Of comments alone, and of renewals alone, whatever else is left.
    private static readonly Share ofItsKind = new(10, 100);

    private readonly Lock gate = new();
    private readonly long began = time.GetTimestamp();
    private readonly Dictionary<string, List<Written>> owners = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Counts a write that is about to be sent.</summary>
    /// <returns>How long it has to wait instead; <c>null</c> when it need not.</returns>
    public TimeSpan? Take(string owner, GitHubWrite write)
    {
        lock (gate)
        {
            // No wall clock, which may jump.
            var now = time.GetElapsedTime(began);
            if (!owners.TryGetValue(owner, out var all))
            {
                owners[owner] = all = [];
            }

            all.RemoveAll(one => one.At <= now - hour);
            var wait = Wait(all, OfAll(write), now);
            if (write <= GitHubWrite.Comment)
            {
                var ofKind = Wait([.. all.Where(one => one.What == write)], ofItsKind, now);
                wait = ofKind > wait ? ofKind : wait;
            }

            if (wait > TimeSpan.Zero)
            {
                return wait;
            }

            all.Add(new Written(now, write));
            return null;
        }
    }

    /// <summary>A write is sent while all those of the owner are fewer; what is needed more finds the rest free.</summary>
    private static Share OfAll(GitHubWrite write) =>
        write switch
        {
            GitHubWrite.Renewal => new(30, 200),
            GitHubWrite.Comment => new(40, 300),
            GitHubWrite.Progress => new(50, 350),
            GitHubWrite.Outcome => new(65, 425),
            GitHubWrite.Approval => new(75, 475),
            // Nothing comes before it: it counts, and waits for GitHub's own word only.
            _ => new(int.MaxValue, int.MaxValue),
        };

    private static TimeSpan Wait(List<Written> written, Share share, TimeSpan now)
    {
        var (ofMinute, ofHour) = (Wait(share.Minute, minute), Wait(share.Hour, hour));
        return ofMinute > ofHour ? ofMinute : ofHour;

        TimeSpan Wait(int most, TimeSpan span)
        {
            var recent = written.FindAll(one => one.At > now - span);
            return recent.Count < most ? TimeSpan.Zero : recent[^most].At + span - now;
        }
    }

    private sealed record Written(TimeSpan At, GitHubWrite What);

    /// <param name="Minute">So many within a minute.</param>
    /// <param name="Hour">So many within an hour.</param>
    private sealed record Share(int Minute, int Hour);
}
