using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>The HTTP API: Jobs are announced, read, and acted upon. Commands are answered with their outcome when it is known in time.</summary>
public sealed partial class JobsApi(
    ApiAuthentication authentication,
    IStore store,
    Inbox inbox,
    CatalogSource catalogs,
    TimeProvider clock
)
{
    /// <summary>All routes below it belong to one function.</summary>
    public const string Route = "api";

    private static readonly TimeSpan budget = TimeSpan.FromSeconds(25);
    private const int BodyLimit = 64 * 1024;

    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup(Route);
        api.MapPost(
            "jobs",
            (JobsApi jobs, HttpRequest request, CancellationToken stop) => jobs.CreateAsync(request, stop)
        );
        api.MapGet(
            "jobs",
            (JobsApi jobs, HttpRequest request, CancellationToken stop) => jobs.ListAsync(request, stop)
        );
        api.MapGet(
            "jobs/{id}",
            (JobsApi jobs, string id, HttpRequest request, CancellationToken stop) => jobs.ReadAsync(id, request, stop)
        );
        foreach (var verb in new[] { "promote", "rollback", "retry" })
        {
            api.MapPost(
                $"jobs/{{id}}/{verb}",
                (JobsApi jobs, string id, HttpRequest request, CancellationToken stop) =>
                    jobs.ActAsync(id, verb, request, stop)
            );
        }

        api.MapGet(
            "commands/{id}",
            (JobsApi jobs, string id, HttpRequest request, CancellationToken stop) =>
                jobs.CommandAsync(id, request, stop)
        );
    }

    private async Task<IResult> CreateAsync(HttpRequest request, CancellationToken stop)
    {
        if (await authentication.AuthenticateAsync(request) is not { } caller)
        {
            return Unauthorized();
        }

        if (Key(caller, request) is not { } key)
        {
            return Problems.Of(400, "idempotency_key", KeyNeeded);
        }

        if (!RawBody.Is(request, "application/json"))
        {
            return Problems.Of(415, "unsupported_media_type", "Expected application/json.");
        }

        var (body, problem) = JobBody.Parse(await RawBody.ReadAsync(request, BodyLimit, stop));
        if (body is null)
        {
            return Problems.Of(400, "malformed", problem);
        }

        var catalog = catalogs.Current!;
        // To whoever may not release it, an app that exists looks like one that does not.
        if (catalog.FindTarget(body.App, body.Environment) is not { } target || !MayCreate(caller, target.App))
        {
            return Problems.Of(
                403,
                "not_allowed",
                "The catalog has no such app and environment that this caller may release."
            );
        }

        var now = clock.GetUtcNow();
        var actor = ActorOf(caller, catalog);
        var wish = new Wish.Create(
            JobId.New(now),
            body.Request,
            new Authors([AuthorIdentity.Requester(actor)]),
            body.Hash
        );
        var receipt = await inbox.SubmitAsync(CommandFor(key, wish, actor, target, now, null), null, budget, stop);
        if (receipt.Command.Wish is not Wish.Create stored || stored.BodyHash != body.Hash)
        {
            return Problems.Of(409, "idempotency_key_reused", "This Idempotency-Key was used with another body.");
        }

        return await AnswerAsync(receipt, created: receipt.IsNew, stop);
    }

    private async Task<IResult> ListAsync(HttpRequest request, CancellationToken stop)
    {
        if (await authentication.AuthenticateAsync(request) is not { } caller)
        {
            return Unauthorized();
        }

        var query = request.Query;
        var limit = 50;
        JobId? before = null;
        if (query["limit"] is [{ } given] && (!int.TryParse(given, out limit) || limit is < 1 or > 200))
        {
            return Problems.Of(400, "malformed", "limit: a number from 1 to 200.");
        }

        if (query["before"] is [{ } last] && (before = JobId.TryParse(last)) is null)
        {
            return Problems.Of(400, "malformed", "before: the id of a Job.");
        }

        var filter = new JobFilter(
            query["app"].FirstOrDefault(),
            query["environment"].FirstOrDefault(),
            query["open"] == "true"
        );
        var jobs = await store.ListJobsAsync(filter, limit, before, stop);
        var shown = jobs.Where(job => MayRead(caller, job.App))
            .Select(job => (JsonNode?)JobView.Of(job, withTimeline: false));
        return Results.Json(
            new JsonObject
            {
                ["jobs"] = new JsonArray([.. shown]),
                ["before"] = jobs.Count == limit ? jobs[^1].Id.ToString() : null,
            }
        );
    }

    private async Task<IResult> ReadAsync(string id, HttpRequest request, CancellationToken stop)
    {
        if (await authentication.AuthenticateAsync(request) is not { } caller)
        {
            return Unauthorized();
        }

        return await FindAsync(id, caller, stop) is { } job
            ? Results.Json(JobView.Of(job, withTimeline: true))
            : NoSuchJob();
    }

    private async Task<IResult> ActAsync(string id, string verb, HttpRequest request, CancellationToken stop)
    {
        if (await authentication.AuthenticateAsync(request) is not { } caller)
        {
            return Unauthorized();
        }

        if (caller is not ApiCaller.Holder holder || !holder.Scopes.Contains(verb))
        {
            return Problems.Of(403, "not_allowed", $"This needs a person's token with the scope {verb}.");
        }

        if (Key(caller, request) is not { } key)
        {
            return Problems.Of(400, "idempotency_key", KeyNeeded);
        }

        var (wish, problem) = ActionBody.Parse(verb, await RawBody.ReadAsync(request, BodyLimit, stop));
        if (wish is null)
        {
            return Problems.Of(400, "malformed", problem);
        }

        if (await FindAsync(id, caller, stop) is not { } job)
        {
            return NoSuchJob();
        }

        var catalog = catalogs.Current!;
        if (catalog.FindTarget(job.App, job.Environment) is not { } target)
        {
            return Problems.Of(404, "not_found", "The catalog has no such app and environment any more.");
        }

        var saw = new Sight(job.Id, job.Release?.Attempt ?? 0, job.Release?.Hash ?? PodHash.None, FromButton: true);
        var command = CommandFor(key, wish, ActorOf(caller, catalog), target, clock.GetUtcNow(), saw);
        return await AnswerAsync(await inbox.SubmitAsync(command, null, budget, stop), created: false, stop);
    }

    private async Task<IResult> CommandAsync(string id, HttpRequest request, CancellationToken stop)
    {
        if (await authentication.AuthenticateAsync(request) is not { } caller)
        {
            return Unauthorized();
        }

        return KeyForm().IsMatch(id) && await store.FindCommandAsync($"api:{caller.KeySpace}:{id}", stop) is { } command
            ? await AnswerAsync(new CommandReceipt(command, false), created: false, stop)
            : Problems.Of(404, "not_found", "No such command.");
    }

    private async Task<IResult> AnswerAsync(CommandReceipt receipt, bool created, CancellationToken stop)
    {
        var id = receipt.Command.Key[(receipt.Command.Key.LastIndexOf(':') + 1)..];
        if (receipt.Command.Outcome is not { } outcome)
        {
            return Results.Accepted($"/api/commands/{id}", new JsonObject { ["command"] = id, ["status"] = "pending" });
        }

        if (!outcome.IsOk)
        {
            return Problems.Of(StatusOf(outcome.Code), outcome.Code, outcome.Text);
        }

        var job = outcome.Job is { } jobId ? await store.FindJobAsync(jobId, stop) : null;
        var body = new JsonObject
        {
            ["command"] = id,
            ["code"] = outcome.Code,
            ["text"] = outcome.Text,
            ["job"] = job is null ? null : JobView.Of(job, withTimeline: false),
        };
        return created && job is not null ? Results.Created($"/api/jobs/{job.Id}", body) : Results.Json(body);
    }

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

    private async Task<Job?> FindAsync(string id, ApiCaller caller, CancellationToken stop) =>
        JobId.TryParse(id) is { } known
        && await store.FindJobAsync(known, stop) is { Source: not JobSource.Baseline } job
        && MayRead(caller, job.App)
            ? job
            : null;

    private bool MayRead(ApiCaller caller, string app) =>
        caller switch
        {
            ApiCaller.Holder holder => holder.Scopes.Contains("read")
                && Membership.MayView(catalogs.Current!, Groups.None, Actor.FromPerson(holder.Person)),
            ApiCaller.Workflow workflow => catalogs.Current!.Apps.Any(known =>
                string.Equals(known.Name, app, StringComparison.OrdinalIgnoreCase)
                && known.RepositoryId == workflow.RepositoryId
            ),
            _ => false,
        };

    private static bool MayCreate(ApiCaller caller, App app) =>
        caller switch
        {
            ApiCaller.Workflow workflow => workflow.MayCreate(app),
            ApiCaller.Holder holder => holder.Scopes.Contains("create"),
            _ => false,
        };

    private static Actor ActorOf(ApiCaller caller, ReleaseCatalog catalog) =>
        caller switch
        {
            ApiCaller.Workflow workflow => Actor.FromGitHub(catalog, workflow.Actor),
            ApiCaller.Holder holder => Actor.FromPerson(holder.Person),
            _ => throw new InvalidOperationException("A caller without identity."),
        };

    private static Command CommandFor(
        string key,
        Wish wish,
        Actor actor,
        ReleaseTarget target,
        DateTimeOffset now,
        Sight? saw
    ) =>
        new(
            key,
            wish,
            actor,
            new Origin("api"),
            target.App.Name,
            target.Environment.Name,
            new RolloutRef(target.Environment.Cluster, target.Environment.Namespace, target.Environment.Rollout),
            now
        )
        {
            Saw = saw,
        };

    private const string KeyNeeded = "The header Idempotency-Key is missing: 1 to 100 characters of A–Z a–z 0–9 - _ .";

    private static string? Key(ApiCaller caller, HttpRequest request) =>
        request.Headers["Idempotency-Key"] is [{ } key] && KeyForm().IsMatch(key)
            ? $"api:{caller.KeySpace}:{key}"
            : null;

    private static IResult Unauthorized() =>
        Problems.Of(
            401,
            "unauthorized",
            "A valid bearer token is needed: a workflow's OIDC token for our audience, or a person's token."
        );

    private static IResult NoSuchJob() => Problems.Of(404, "not_found", "No such Job.");

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,100}$")]
    private static partial Regex KeyForm();
}
