using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Messages.Slack;

/// <summary>The answer to `/promote --plan`, for one reader: each gate, who can still approve, and the patch.</summary>
public static class PlanTexts
{
    private const int MostNames = 20;

    // A full promote or a plain one are some 120 characters.
    private const int LongestBody = 800;

    /// <param name="request">The patch as it would be sent.</param>
    /// <param name="unread">What to say of groups that could not be resolved; empty when all are known.</param>
    public static SlackMessage Plan(
        PromotePlan plan,
        ReleaseTarget target,
        PatchRequest? request,
        string unread,
        DateTimeOffset now
    )
    {
        List<string> lines = [.. Lines(plan, target, request, unread, now)];
        return new SlackMessage(
            string.Join('\n', lines),
            new JsonArray([.. BlockKit.Sections("plan", lines).Select(block => (JsonNode)block)])
        );
    }

    private static IEnumerable<string> Lines(
        PromotePlan plan,
        ReleaseTarget target,
        PatchRequest? request,
        string unread,
        DateTimeOffset now
    )
    {
        var version = plan.Job is { } job ? $" · {Mrkdwn.Code(job.DisplayVersion, 60)}" : "";
        yield return $"*{Mrkdwn.Text(target.App.Name, 60)} {Mrkdwn.Text(target.Environment.Name, 60)}*{version} · "
            + (plan.Passes ? "a promote by you would go through" : "a promote by you would not go through")
            + ". This is a plan: nothing was changed.";
        foreach (var gate in plan.Gates)
        {
            yield return gate.Refusal is { } refusal
                ? $"❌ *{Name(gate.Name)}* {Mrkdwn.Text(RefusalTexts.Sentence(refusal), 600)}"
                : $"✅ *{Name(gate.Name)}* {Passed(gate.Name, plan)}";
        }

        if (plan.Gates.Length > 1)
        {
            if (!plan.Votes.IsEmpty)
            {
                var ends = plan.FirstVoteEnds is { } at ? $"; the first one counts until {Mrkdwn.Moment(at, now)}" : "";
                yield return $"🗳️ *Approved so far* {Names(plan.Votes.Select(vote => vote.Actor))}{ends}";
            }

            yield return $"👥 *Can still approve* {Names(plan.CanApprove)}";
        }

        if (!plan.GroupsAreKnown)
        {
            yield return $"⚠️ {Mrkdwn.Text(unread, 300)}";
        }

        if (request is not null)
        {
            yield return $"*Patch* {Mrkdwn.Code($"PATCH {request.Path}", 400)} as {Mrkdwn.Code(request.ContentType, 60)}";
            yield return Mrkdwn.Code(request.Body, LongestBody);
        }
    }

    private static string Name(GateName gate) =>
        gate switch
        {
            GateName.State => "State",
            GateName.Right => "Right",
            GateName.Author => "Author",
            GateName.Lock => "Lock",
            GateName.Freeze => "Freeze",
            GateName.Votes => "Approvals",
            _ => throw new ArgumentOutOfRangeException(nameof(gate), gate, "A gate without a name."),
        };

    private static string Passed(GateName gate, PromotePlan plan) =>
        gate switch
        {
            GateName.State => "it waits for a promote",
            GateName.Right => "you may promote it",
            GateName.Author => "the author rule lets you approve it",
            GateName.Lock => "there is no lock",
            GateName.Freeze => "there is no freeze, or you override it",
            GateName.Votes => plan.VotesNeeded == 1
                ? "yours is enough"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{plan.VotesNeeded} are needed, and yours completes them"
                ),
            _ => throw new ArgumentOutOfRangeException(nameof(gate), gate, "A gate without words."),
        };

    private static string Names(IEnumerable<Actor> actors)
    {
        var all = actors.ToList();
        var shown = all.Take(MostNames).Select(who => Mrkdwn.Text(JobTexts.Name(who), 60)).ToList();
        return all.Count == 0 ? "nobody whom I know"
            : all.Count > MostNames
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{string.Join(", ", shown)} and {all.Count - MostNames} more"
                )
            : string.Join(", ", shown);
    }
}
