using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>Says what a promote by the caller would come to, as <c>/promote --plan</c> does, and changes nothing.</summary>
internal sealed class PlanQueries(ApiAccess access, PromotePlanner planner, TimeProvider clock)
{
    private const int LongestReason = 500;

    public Task<IResult> ReadAsync(string id, HttpRequest request, CancellationToken stop) =>
        access.AsCallerAsync(request, caller => ReadAsync(caller, id, request, stop), stop);

    private async Task<IResult> ReadAsync(ApiCaller caller, string id, HttpRequest request, CancellationToken stop)
    {
        // It is the caller's promote that is asked about, so it is the caller's right to promote that is shown.
        if (caller is not ApiCaller.Holder holder || !holder.Scopes.Contains("promote"))
        {
            return ApiAnswers.ScopeNeeded("promote");
        }

        if (WishOf(request.Query) is not { } wish)
        {
            return ApiAnswers.Malformed("full: true or false; overrideReason: a text; nothing else, and each once.");
        }

        if (await access.FindAsync(id, caller, stop) is not { } job)
        {
            return ApiAnswers.NoSuchJob();
        }

        if (access.Catalog.FindTarget(job.App, job.Environment) is not { } target)
        {
            return Problems.Of(404, "not_found", "The catalog has no such app and environment any more.");
        }

        var place = target.Environment;
        var command = new Command(
            $"plan:{job.Id}",
            wish,
            access.ActorOf(caller),
            new Origin("api"),
            target.App.Name,
            place.Name,
            new RolloutRef(place.Cluster, place.Namespace, place.Rollout),
            clock.GetUtcNow()
        )
        {
            Saw = new Sight(job.Id, job.Release?.Attempt ?? 0, job.Release?.Hash ?? PodHash.None, FromButton: true),
        };
        return Results.Json(ToJson(job, await planner.PlanAsync(command, wish, target, access.Catalog, stop)));
    }

    private static Wish.Promote? WishOf(IQueryCollection query)
    {
        var full = query["full"];
        var reason = query["overrideReason"];
        var isSound =
            query.Keys.All(key => key is "full" or "overrideReason")
            && full.Count <= 1
            && reason.Count <= 1
            && full is [] or ["true"] or ["false"];
        var text = reason is [{ } given] ? Plain.OneLine(given, LongestReason) : null;
        return isSound ? new Wish.Promote(full is ["true"], string.IsNullOrWhiteSpace(text) ? null : text) : null;
    }

    private static JsonObject ToJson(Job asked, PlannedPromote planned)
    {
        var plan = planned.Plan;
        return new JsonObject
        {
            ["job"] = asked.Id.ToString(),
            ["version"] = asked.DisplayVersion,
            ["at"] = planned.At,
            ["passes"] = plan.Passes,
            ["gates"] = new JsonArray([.. plan.Gates.Select(ToJson)]),
            ["votes"] = new JsonArray([
                .. plan.Votes.Select(vote => new JsonObject { ["by"] = JobTexts.Name(vote.Actor), ["at"] = vote.At }),
            ]),
            ["votesNeeded"] = plan.VotesNeeded,
            ["firstVoteEnds"] = plan.FirstVoteEnds,
            ["canApprove"] = new JsonArray([.. plan.CanApprove.Select(who => (JsonNode?)JobTexts.Name(who))]),
            ["groupsAreKnown"] = plan.GroupsAreKnown,
            ["patch"] = planned.Request is { } patch
                ? new JsonObject
                {
                    ["path"] = patch.Path,
                    ["contentType"] = patch.ContentType,
                    ["body"] = JsonNode.Parse(patch.Body),
                }
                : null,
        };
    }

    private static JsonObject ToJson(Gate gate) =>
        new()
        {
            ["name"] = gate.Name.ToString(),
            ["passes"] = gate.Refusal is null,
            ["code"] = gate.Refusal?.Code,
            ["text"] = gate.Refusal is { } refusal ? RefusalTexts.Sentence(refusal) : null,
        };
}
