using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Messages.Slack;

/// <summary>
/// The one card of a Job in Slack, drawn from the stored state alone. Whoever looks at it, at night and in a hurry, reads
/// from the top: what and where, what is happening, what is wrong, what can be done.
/// </summary>
public static class ReleaseCard
{
    // Ordinary text fits the first; what is made to fill the card is cut shorter and shorter.
    private static ReadOnlySpan<int> Lengths => [240, 120, 60, 30];

    /// <summary>
    /// The card. It fits into one message whatever its texts are. Its block ids differ between revisions, and the footer's
    /// with the time that it tells, because Slack asks for other ids when a block changes.
    /// </summary>
    /// <param name="newer">The card of the Job that took its place, to be linked to.</param>
    /// <exception cref="ArgumentException">The Job is a baseline: installing the service posts no cards.</exception>
    public static SlackMessage Build(
        Job job,
        SlackCard? newer,
        ReleaseTarget target,
        ReleaseCatalog catalog,
        DateTimeOffset now
    )
    {
        if (job.Source == JobSource.Baseline)
        {
            throw new ArgumentException("A baseline has no card.", nameof(job));
        }

        var blocks = BlockKit.Fit(
            Lengths,
            longest => Blocks(new ReleaseScene(job, target, now, longest) { Newer = newer }, catalog)
        );
        return new SlackMessage(Fallback(new ReleaseScene(job, target, now, Lengths[0])), blocks);
    }

    // What notifications and screen readers say.
    private static string Fallback(ReleaseScene scene) =>
        Mrkdwn.Text(
            $"{scene.Where} {scene.Version}: {ReleaseWords.Status(scene)}. {ReleaseWords.Headline(scene)}",
            500
        );

    private static JsonArray Blocks(ReleaseScene scene, ReleaseCatalog catalog)
    {
        var job = scene.Job;
        string Id(string name) => string.Create(CultureInfo.InvariantCulture, $"{name}.{job.Revision}");
        var title = string.Join(
            " · ",
            $"{ReleaseWords.Sign(job)} {OutsideText.Line(job.App, 40)}",
            OutsideText.Line(job.Environment, 24),
            scene.Version,
            ReleaseWords.Status(scene)
        );
        List<JsonObject> blocks =
        [
            BlockKit.Header(Id("title"), title),
            .. BlockKit.Sections(Id("now"), [$"*{Mrkdwn.Text(ReleaseWords.Headline(scene), 500)}*"]),
            .. BlockKit.Sections(Id("notices"), ReleaseNotices.Lines(scene)),
            .. BlockKit.Sections(Id("steps"), ReleaseWords.Steps(scene)),
            .. BlockKit.Sections(Id("facts"), ReleaseCardFacts.Lines(scene, catalog)),
        ];
        if (ReleaseCardButtons.All(scene) is { Count: > 0 } buttons)
        {
            blocks.Add(BlockKit.Actions(Id("actions"), buttons));
        }

        blocks.Add(BlockKit.Context(Id($"footer.{job.VerifiedAt?.ToUnixTimeSeconds()}"), Footer(scene)));
        return new JsonArray([.. blocks.Select(block => (JsonNode)block)]);
    }

    private static IEnumerable<string> Footer(ReleaseScene scene)
    {
        var job = scene.Job;
        yield return $"Job {Mrkdwn.Code(ReleaseCardFacts.ShortId(job.Id))}";
        yield return Mrkdwn.Code(job.Rollout.ToString(), 150);
        yield return job.VerifiedAt is { } at ? $"verified {scene.At(at)}" : "not verified against the cluster yet";
    }
}
