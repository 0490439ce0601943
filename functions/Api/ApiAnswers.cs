using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Hosting;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>What the API answers: outcomes as JSON, refusals as problem details with the refusal's code.</summary>
internal static class ApiAnswers
{
    /// <summary>
    /// 201 or 200 with what came of a command, its refusal, or 202 with the address to ask when that is not known yet.
    /// </summary>
    public static async Task<IResult> OfAsync(Command command, bool created, IJobs jobs, CancellationToken stop)
    {
        var id = command.Key[(command.Key.LastIndexOf(':') + 1)..];
        if (command.Outcome is not { } outcome)
        {
            return Results.Accepted($"/api/commands/{id}", new JsonObject { ["command"] = id, ["status"] = "pending" });
        }

        if (!outcome.IsOk)
        {
            return Problems.Of(StatusOf(outcome.Code), outcome.Code, outcome.Text);
        }

        var job = outcome.Job is { } jobId ? await jobs.FindJobAsync(jobId, stop) : null;
        var body = new JsonObject
        {
            ["command"] = id,
            ["code"] = outcome.Code,
            ["text"] = outcome.Text,
            ["job"] = job is null ? null : JobView.Of(job, withTimeline: false),
        };
        return created && job is not null ? Results.Created($"/api/jobs/{job.Id}", body) : Results.Json(body);
    }

    public static IResult Unauthorized(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.Of(
            401,
            "unauthorized",
            "A valid bearer token is needed: a workflow's OIDC token for our audience, or a person's token."
        );
    }

    public static IResult ScopeNeeded(string scope) =>
        Problems.Of(403, "not_allowed", $"This needs a person's token with the scope {scope}.");

    public static IResult KeyNeeded() =>
        Problems.Of(
            400,
            "idempotency_key",
            "The header Idempotency-Key is missing: 1 to 100 characters of A–Z a–z 0–9 - _ ."
        );

    public static IResult KeyReused() =>
        Problems.Of(409, "idempotency_key_reused", "This Idempotency-Key was used for another request.");

    public static IResult Malformed(string problem) => Problems.Of(400, "malformed", problem);

    public static IResult JsonNeeded() => Problems.Of(415, "unsupported_media_type", "Expected application/json.");

    public static IResult NoSuchJob() => Problems.Of(404, "not_found", "No such Job.");

    private static int StatusOf(string code) =>
        code switch
        {
            "not_found" or "rollout_gone" => 404,
            "not_allowed" or "self_approval" or "author_unknown" => 403,
            "invalid" => 400,
            "unsupported" => 422,
            "cluster_unreachable" or "git_unreachable" or "forbidden_by_cluster" => 503,
            _ => 409,
        };
}
