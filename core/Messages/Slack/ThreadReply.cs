using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Messages.Slack;

/// <summary>
/// A reply in the thread of a card: one thing that happened, or a summary of several after an outage. What needs somebody
/// names the release, for it is shown in the channel too, and mentions those whom the environment names.
/// </summary>
public static class ThreadReply
{
    private const int Most = 20;
    private const int LongestText = 2_500;

    private static ReadOnlySpan<int> Lengths => [300, 150, 60, 30];

    /// <summary>The reply.</summary>
    /// <param name="entries">What to tell; not empty.</param>
    /// <exception cref="ArgumentException">There is nothing to tell.</exception>
    public static SlackMessage Build(
        Job job,
        IReadOnlyList<TimelineEntry> entries,
        ReleaseTarget target,
        ReleaseCatalog catalog
    )
    {
        if (entries.Count == 0)
        {
            throw new ArgumentException("There is nothing to tell.", nameof(entries));
        }

        var urgent = entries.Any(entry => entry.Calls(job));
        var mentions = urgent ? Mentions.Of(target.Environment.Notify, catalog) : "";
        var opening = string.Join(' ', new[] { mentions, urgent ? Title(job) : "" }.Where(part => part.Length > 0));
        return entries is [var only] ? One(opening, only) : Several(job, opening, entries);
    }

    private static SlackMessage One(string opening, TimelineEntry entry)
    {
        var text = $"{opening} {Mrkdwn.Text(entry.Text, 700)}".Trim();
        return Message(text, [text]);
    }

    private static SlackMessage Several(Job job, string opening, IReadOnlyList<TimelineEntry> entries)
    {
        // Where not all fit, what needs somebody stays, then what is newest.
        var told = entries
            .OrderByDescending(entry => entry.Calls(job))
            .ThenByDescending(entry => entry.Number)
            .Take(Most)
            .OrderBy(entry => entry.Number)
            .ToList();
        // What left the timeline before it was told is only counted; the audit has it.
        var moved = (int)Math.Max(0, job.EarlierEntries - job.Card.ToldEntry);
        var all = entries.Count + moved;
        var summary = string.Create(CultureInfo.InvariantCulture, $"{opening} {all} things happened:").Trim();
        var left = all - told.Count;
        var rest = left > 0 ? string.Create(CultureInfo.InvariantCulture, $"… and {left} more before") : null;
        var blocks = BlockKit.Fit(
            Lengths,
            longest =>
                Blocks([
                    summary,
                    .. told.Select(entry => Line(job, entry, longest)),
                    .. rest is null ? [] : new[] { rest },
                ])
        );
        var newest = told[^1];
        return new SlackMessage($"{summary} {Mrkdwn.Text(newest.Text, LongestText / 5)}", blocks);
    }

    private static string Line(Job job, TimelineEntry entry, int longest) =>
        $"{(entry.Calls(job) ? "🔔" : "•")} {Mrkdwn.Date(entry.At, "{date_short_pretty} {time}")} {Mrkdwn.Text(entry.Text, longest)}";

    private static string Title(Job job) =>
        $"*{Mrkdwn.Text(job.App, 60)} {Mrkdwn.Text(job.Environment, 60)}* {Mrkdwn.Code(job.DisplayVersion, 60)}:";

    private static SlackMessage Message(string text, IEnumerable<string> lines) => new(text, Blocks(lines));

    private static JsonArray Blocks(IEnumerable<string> lines) =>
        new([.. BlockKit.Sections("told", lines).Select(block => (JsonNode)block)]);
}
