using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;

namespace Devflow.ChatOps.Functions.Api;

/// <summary>
/// The HTTP API: Jobs are announced, read, and acted upon. Commands are answered with their outcome when it is known in
/// time, else with the address where it will be.
/// </summary>
public sealed class JobsApi(ApiAccess access, IStore store, Inbox inbox, TimeProvider clock)
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
            (JobQueries jobs, HttpRequest request, CancellationToken stop) => jobs.ListAsync(request, stop)
        );
        api.MapGet(
            "jobs/{id}",
            (JobQueries jobs, string id, HttpRequest request, CancellationToken stop) =>
                jobs.ReadAsync(id, request, stop)
        );
        api.MapGet(
            "jobs/{id}/plan",
            (IServiceProvider services, string id, HttpRequest request, CancellationToken stop) =>
                services.GetRequiredService<PlanQueries>().ReadAsync(id, request, stop)
        );
        foreach (var verb in new[] { "promote", "rollback", "retry", "resume", "agree" })
        {
            api.MapPost(
                $"jobs/{{id}}/{verb}",
                (JobsApi jobs, string id, HttpRequest request, CancellationToken stop) =>
                    jobs.ActAsync(id, verb, request, stop)
            );
        }

        api.MapGet(
            "stuck",
            (StuckQueries stuck, HttpRequest request, CancellationToken stop) => stuck.ListAsync(request, stop)
        );
        api.MapGet(
            "commands/{id}",
            (JobsApi jobs, string id, HttpRequest request, CancellationToken stop) =>
                jobs.CommandAsync(id, request, stop)
        );
        api.MapGet("openapi.yaml", () => Results.Stream(OpenApi(), "application/yaml"));
    }

    /// <summary>The description of this API, for people and generators of clients.</summary>
    internal static Stream OpenApi() => typeof(JobsApi).Assembly.GetManifestResourceStream("openapi.yaml")!;

    private Task<IResult> CreateAsync(HttpRequest request, CancellationToken stop) =>
        access.AsCallerAsync(request, caller => CreateAsync(caller, request, stop), stop);

    private async Task<IResult> CreateAsync(ApiCaller caller, HttpRequest request, CancellationToken stop)
    {
        if (caller is ApiCaller.Holder holder && !holder.Scopes.Contains("create"))
        {
            return ApiAnswers.ScopeNeeded("create");
        }

        if (ApiAccess.KeyOf(caller, request) is not { } key)
        {
            return ApiAnswers.KeyNeeded();
        }

        if (!RawBody.Is(request, "application/json"))
        {
            return ApiAnswers.JsonNeeded();
        }

        var (body, problem) = JobBody.Parse(await RawBody.ReadAsync(request, BodyLimit, stop));
        if (body is null)
        {
            return ApiAnswers.Malformed(problem);
        }

        // To whoever may not release it, an app that exists looks like one that does not.
        if (
            access.Catalog.FindTarget(body.App, body.Environment) is not { } target
            || !access.MayCreate(caller, target.App)
        )
        {
            return Problems.Of(
                403,
                "not_allowed",
                "The catalog has no such app and environment that this caller may release."
            );
        }

        var now = clock.GetUtcNow();
        var actor = access.ActorOf(caller);
        var wish = new Wish.Create(
            JobId.New(now),
            RequestOf(caller, body.Request),
            new Authors([AuthorIdentity.Requester(actor)]),
            body.Hash
        );
        return await SubmitAsync(
            CommandFor(key, wish, actor, target, now, null),
            known => known.Wish is Wish.Create stored && stored.BodyHash == body.Hash,
            stop
        );
    }

    private Task<IResult> ActAsync(string id, string verb, HttpRequest request, CancellationToken stop) =>
        access.AsCallerAsync(request, caller => ActAsync(caller, id, verb, request, stop), stop);

    private async Task<IResult> ActAsync(
        ApiCaller caller,
        string id,
        string verb,
        HttpRequest request,
        CancellationToken stop
    )
    {
        // Who may retry a release may resume what is stuck about it, as far as the policy is the same; so it is with
        // rolling back and with Git.
        var scope = verb switch
        {
            "resume" => "retry",
            "agree" => "rollback",
            _ => verb,
        };
        if (caller is not ApiCaller.Holder holder || !holder.Scopes.Contains(scope))
        {
            return ApiAnswers.ScopeNeeded(scope);
        }

        if (ApiAccess.KeyOf(caller, request) is not { } key)
        {
            return ApiAnswers.KeyNeeded();
        }

        var json = await RawBody.ReadAsync(request, BodyLimit, stop);
        if (json.Length > 0 && !RawBody.Is(request, "application/json"))
        {
            return ApiAnswers.JsonNeeded();
        }

        var (wish, problem) = ActionBody.Parse(verb, json);
        if (wish is null)
        {
            return ApiAnswers.Malformed(problem);
        }

        if (await access.FindAsync(id, caller, stop) is not { } job)
        {
            return ApiAnswers.NoSuchJob();
        }

        if (access.Catalog.FindTarget(job.App, job.Environment) is not { } target)
        {
            return Problems.Of(404, "not_found", "The catalog has no such app and environment any more.");
        }

        var saw = new Sight(job.Id, job.Release?.Attempt ?? 0, job.Release?.Hash ?? PodHash.None, FromButton: true);
        return await SubmitAsync(
            CommandFor(key, wish, access.ActorOf(caller), target, clock.GetUtcNow(), saw),
            known => known.Wish == wish && known.Saw?.Job == job.Id,
            stop
        );
    }

    private Task<IResult> CommandAsync(string id, HttpRequest request, CancellationToken stop) =>
        access.AsCallerAsync(
            request,
            async caller =>
                ApiAccess.KeyOf(caller, id) is { } key && await store.FindCommandAsync(key, stop) is { } command
                    ? await ApiAnswers.OfAsync(command, created: false, store, stop)
                    : Problems.Of(404, "not_found", "No such command."),
            stop
        );

    /// <summary>
    /// Writes the command down and works on it within the budget. A key that was used before is answered with what came
    /// of it, if it was used for the same.
    /// </summary>
    private async Task<IResult> SubmitAsync(Command command, Func<Command, bool> isSame, CancellationToken stop)
    {
        var receipt = await inbox.SubmitAsync(command, null, budget, stop);
        if (!receipt.IsNew && !isSame(receipt.Command))
        {
            return ApiAnswers.KeyReused();
        }

        // Either another request is at it at this moment, or the process that was has ended.
        var known =
            !receipt.IsNew && receipt.Command.Outcome is null
                ? await inbox.FollowAsync(receipt.Command, budget, stop)
                : receipt.Command;
        return await ApiAnswers.OfAsync(known, created: receipt.IsNew && known.Wish is Wish.Create, store, stop);
    }

    /// <summary>
    /// What is announced, with the commit that a workflow's token proves. The body may name another one: a workflow that runs
    /// after the build (<c>workflow_run</c>), or releases an older image, was not started for the commit of the image. The
    /// token's is kept beside it, so that the body hides nobody from the author rule.
    /// </summary>
    private static ReleaseRequest RequestOf(ApiCaller caller, ReleaseRequest body)
    {
        if (caller is not ApiCaller.Workflow workflow)
        {
            return body;
        }

        var request = body with { IsOfWorkflow = true };
        return workflow.Sha is not { } sha || !JobBody.IsCommit(sha) ? request
            : body.SourceCommit is null ? request with { SourceCommit = sha }
            : body.SourceCommit == sha ? request
            : request with { WorkflowCommit = sha };
    }

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
}
