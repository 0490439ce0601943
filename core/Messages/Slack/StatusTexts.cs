using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Commands;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Messages.Slack;

/// <summary>
/// Answers to `/devflow status`, `jobs` and `help`, for one reader. Text and blocks say the same, so that either can be
/// sent; both fit into one message.
/// </summary>
public static class StatusTexts
{
    private const int MostPending = 5;
    private const int MostJobs = 20;
    private const int MostUnreadable = 3;

    // chat.update refuses a longer text.
    private const int LongestText = 3_900;

    private static ReadOnlySpan<int> Lengths => [200, 100, 40];

    /// <summary>How an environment stands: what is live or on its way, the six steps, what comes next, what stands in the way.</summary>
    /// <param name="current">The bound Job, also a baseline; <c>null</c> before the Rollout was first seen.</param>
    /// <param name="pending">Announced and not in the cluster, oldest first.</param>
    /// <param name="held">The environment's lock.</param>
    /// <param name="stuck">How many of its commands were given up.</param>
    /// <param name="unreadable">Its Jobs that cannot be read.</param>
    /// <param name="others">More of its Jobs, which are not shown: their stuck effects count too.</param>
    public static SlackMessage Status(
        Job? current,
        IReadOnlyList<Job> pending,
        ReleaseLock? held,
        ReleaseTarget target,
        DateTimeOffset now,
        int stuck = 0,
        IReadOnlyList<UnreadableJob>? unreadable = null,
        IReadOnlyList<Job>? others = null
    ) =>
        Fit(
            "status",
            longest =>
                WithStuck(
                    StatusLines(current, pending, held, target, now, longest, unreadable is { Count: > 0 }),
                    [current, .. pending, .. others ?? []],
                    stuck,
                    unreadable
                )
        );

    /// <summary>Jobs, one line each, newest first; baselines are left out.</summary>
    /// <param name="stuck">How many commands of what is listed were given up.</param>
    /// <param name="unreadable">Those that cannot be read.</param>
    /// <param name="others">Jobs that need not be among the newest: their stuck effects count too.</param>
    public static SlackMessage Jobs(
        IReadOnlyList<Job> jobs,
        int stuck = 0,
        IReadOnlyList<UnreadableJob>? unreadable = null,
        IReadOnlyList<Job>? others = null
    )
    {
        var shown = jobs.Where(job => job.Source != JobSource.Baseline)
            .OrderByDescending(job => job.CreatedAt)
            .ThenByDescending(job => job.Id.ToString(), StringComparer.Ordinal)
            .Take(MostJobs)
            .ToList();
        return shown.Count == 0
            ? Message("jobs", [.. WithStuck(["No releases yet."], others ?? [], stuck, unreadable)])
            : Fit(
                "jobs",
                longest =>
                    WithStuck(
                        shown.Select(job => JobLine(job, longest)),
                        [.. shown, .. others ?? []],
                        stuck,
                        unreadable
                    )
            );
    }

    // At the beginning: what does not fit is cut at the end.
    private static IEnumerable<string> WithStuck(
        IEnumerable<string> lines,
        IReadOnlyList<Job?> jobs,
        int commands,
        IReadOnlyList<UnreadableJob>? unreadable
    )
    {
        IEnumerable<string?> stuck =
        [
            StuckTexts.Line(
                commands,
                jobs.OfType<Job>().DistinctBy(job => job.Id).Sum(job => job.Outbox.Count(entry => entry.IsStuck))
            ),
            .. (unreadable ?? []).Take(MostUnreadable).Select(StuckTexts.Unreadable),
        ];
        return [.. stuck.OfType<string>().Select(line => $"🚨 {Mrkdwn.Text(line, 600)}"), .. lines];
    }

    /// <summary>Every command with an example, and what may be left out.</summary>
    public static SlackMessage Help(SlashNames names)
    {
        string Row(string command, string rest, string meaning) => $"{Mrkdwn.Code($"{command} {rest}", 120)} {meaning}";
        return Message(
            "help",
            [
                "*Releases*",
                Row(names.Promote, "my-app production", "let the waiting release go live, or add your approval"),
                Row(names.Promote, "my-app --full", "the same, past pause and analyses; a right of its own"),
                Row(
                    names.Promote,
                    "my-app --plan",
                    "what would keep it from going live, who can approve, and the patch"
                ),
                Row(names.Devflow, "withdraw my-app", "take your approval back"),
                Row(names.Promote, "my-app --override “fix for the outage”", "promote in a freeze, with a reason"),
                Row(
                    names.RollBack,
                    "my-app production errors since 12:40",
                    "go back to what was live before; a reason is optional"
                ),
                Row(names.Devflow, "retry my-app", "try an aborted release again"),
                Row(names.Devflow, "agree my-app", "after an abort, have Git go back too; or write it again at once"),
                Row(names.Devflow, "resume my-app", "try again what I gave up after many tries"),
                "*Looking*",
                Row(names.Devflow, "status my-app", "the six steps, approvals, lock and freeze"),
                Row(names.Devflow, "jobs", "the latest releases; of one app: `jobs my-app`"),
                "*Locks*",
                Row(
                    names.Devflow,
                    "lock my-app production --for 2h migration",
                    "nothing is promoted; `--for` is optional, a reason is not"
                ),
                Row(names.Devflow, "unlock my-app production", "release the lock"),
                "App and environment may be left out where only one fits. "
                    + $"{Mrkdwn.Code(names.Devflow, 40)} knows `promote` and `rollback` too.",
            ]
        );
    }

    private static IEnumerable<string> StatusLines(
        Job? current,
        IReadOnlyList<Job> pending,
        ReleaseLock? held,
        ReleaseTarget target,
        DateTimeOffset now,
        int longest,
        bool isUnreadable
    )
    {
        var where = $"*{Mrkdwn.Text(target.App.Name, 60)} {Mrkdwn.Text(target.Environment.Name, 60)}*";
        if (current is null)
        {
            yield return isUnreadable
                ? $"{where} · not known: its release cannot be read."
                : $"{where} · not seen yet: the cluster has shown no such Rollout.";
        }
        else
        {
            // The lock and the freeze as they are now; the Job's are as of its last change.
            var freeze = current.RollbackOf is null ? FreezeClock.FrozenUntil(target.Environment.Freeze, now) : null;
            var scene = new ReleaseScene(current with { Lock = held, Freeze = freeze }, target, now, longest);
            yield return $"{where} · {ReleaseWords.Sign(current)} {Mrkdwn.Code(scene.Version, 60)} "
                + ReleaseWords.Status(scene);
            yield return Mrkdwn.Text(ReleaseWords.Headline(scene), 400);
            foreach (var line in ReleaseWords.Steps(scene).Concat(ReleaseNotices.Lines(scene)))
            {
                yield return line;
            }
        }

        if ((current is null || current.IsFinal) && held is not null && held.IsHeldAt(now))
        {
            yield return $"🔒 *Locked* by {Mrkdwn.Text(held.Owner.PersonName ?? held.Owner.DisplayName, 60)}: {Mrkdwn.Text(held.Reason, longest)}";
        }

        foreach (var job in pending.Take(MostPending))
        {
            var scene = new ReleaseScene(job, target, now, longest);
            yield return $"Next: {ReleaseWords.Sign(job)} {Mrkdwn.Code(scene.Version, 60)} {ReleaseWords.Status(scene)}: "
                + Mrkdwn.Text(ReleaseWords.Headline(scene), longest);
        }

        if (pending.Count > MostPending)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"… and {pending.Count - MostPending} more");
        }

        if (current?.VerifiedAt is { } at)
        {
            yield return $"{Mrkdwn.Code(current.Rollout.ToString(), 150)} · verified {Mrkdwn.Moment(at, now)}";
        }
    }

    private static string JobLine(Job job, int longest)
    {
        var limit = Math.Min(60, longest);
        var since = Mrkdwn.Date(job.CreatedAt, "{date_short_pretty} {time}");
        return $"{ReleaseWords.Sign(job)} {Mrkdwn.Code(job.DisplayVersion, limit)} {Mrkdwn.Text(job.App, limit)} "
            + $"{Mrkdwn.Text(job.Environment, limit)} · {ReleaseWords.Status(job)} · {since} · Job {ReleaseCardFacts.ShortId(job.Id)}";
    }

    private static SlackMessage Fit(string id, Func<int, IEnumerable<string>> lines)
    {
        SlackMessage message = new("", []);
        foreach (var longest in Lengths)
        {
            List<string> shown = [.. lines(longest)];
            message = Message(id, shown);
            if (
                shown.Sum(line => line.Length + 1) <= LongestText
                && BlockKit.LengthOf(message.Blocks) <= BlockKit.LongestMessage
            )
            {
                break;
            }
        }

        return message;
    }

    // Whole lines only: a cut inside of one would break its markup.
    private static SlackMessage Message(string id, IReadOnlyList<string> lines)
    {
        var length = 0;
        var fitting = lines.TakeWhile(line => (length += line.Length + 1) <= LongestText).ToList();
        return new SlackMessage(
            string.Join('\n', fitting),
            new JsonArray([.. BlockKit.Sections(id, fitting).Select(block => (JsonNode)block)])
        );
    }
}
