using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Checks;
using Devflow.ChatOps.Sandbox.GitHub.Json;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>Check runs (https://docs.github.com/rest/checks/runs).</summary>
internal static class CheckRunEndpoints
{
    public static void Map(WebApplication app)
    {
        Map(app, "POST", "/check-runs", GitHubAccess.Write, Create);
        Map(app, "GET", "/check-runs/{id:long}", GitHubAccess.Read, Get);
        Map(app, "PATCH", "/check-runs/{id:long}", GitHubAccess.Write, Update);
        Map(app, "POST", "/check-runs/{id:long}/rerequest", GitHubAccess.Write, Rerequest);
        Map(app, "GET", "/commits/{ref}/check-runs", GitHubAccess.Read, List);
    }

    private static void Map(
        WebApplication app,
        string method,
        string route,
        GitHubAccess needed,
        Func<RestRequest, (int, JsonNode)> handle
    ) => RestRequest.Map(app, method, route, token => token.Permissions.Checks, needed, handle);

    private static (int, JsonNode) Create(RestRequest request)
    {
        var app = AppOf(request);
        var input = CheckRunInput.Read(request, isNew: true);
        if (request.Git.Commit(input.HeadSha!) is null)
        {
            throw GitHubRefusalException.Invalid($"No commit found for SHA: {input.HeadSha}");
        }

        var now = request.Api.World.Time.GetUtcNow();
        var made = request.Repository.Checks.Add(id =>
            Apply(
                new GitHubCheckRun(id, request.Repository.FullName, app.Id, input.HeadSha!, input.Name!)
                {
                    SuiteId = 0,
                    CreatedAt = now,
                    StartedAt = input.StartedAt ?? now,
                },
                input,
                now
            )
        );
        return (201, CheckRunJson.Of(request.Repository, made));
    }

    private static (int, JsonNode) Get(RestRequest request) =>
        (200, CheckRunJson.Of(request.Repository, Find(request)));

    private static (int, JsonNode) Update(RestRequest request)
    {
        var app = AppOf(request);
        var found = Find(request);
        if (found.AppId != app.Id)
        {
            throw new GitHubRefusalException(
                403,
                $"Invalid app_id `{app.Id}` - check run can only be modified by the GitHub App that created it."
            );
        }

        var input = CheckRunInput.Read(request, isNew: false);
        var changed = request.Repository.Checks.Change(
            found.Id,
            run => Apply(Still(run, input), input, request.Api.World.Time.GetUtcNow())
        );
        return (200, CheckRunJson.Of(request.Repository, changed!));
    }

    // GitHub resets the suite and leaves the run as it is: its App is asked to do it all again.
    private static (int, JsonNode) Rerequest(RestRequest request)
    {
        var app = AppOf(request);
        var found = Find(request);
        if (found.AppId != app.Id)
        {
            throw GitHubRefusalException.Forbidden();
        }

        if (!found.IsCompleted)
        {
            throw GitHubRefusalException.Invalid("This check run is not rerequestable");
        }

        request.Api.World.Hooks.OnCheckRun(request.Repository, found, "rerequested", app.Login);
        return (201, new JsonObject());
    }

    private static (int, JsonNode) List(RestRequest request)
    {
        var name = request.Route("ref");
        var sha =
            request.Git.ResolveCommit(name) ?? throw GitHubRefusalException.Invalid($"No commit found for SHA: {name}");
        var (wanted, status, app) = (request.Query("check_name"), request.Query("status"), request.Query("app_id"));
        var found = request
            .Repository.Checks.Of(sha)
            .Where(run => wanted is null || run.Name == wanted)
            .Where(run => app is null || run.AppId.ToString(CultureInfo.InvariantCulture) == app);
        if (request.Query("filter") != "all")
        {
            found = found.DistinctBy(run => (run.AppId, run.Name));
        }

        var all = found.Where(run => status is null || run.Status == status).ToList();
        var page = request.Page(all);
        return (
            200,
            new JsonObject
            {
                ["total_count"] = all.Count,
                ["check_runs"] = new JsonArray([.. page.Select(run => CheckRunJson.Of(request.Repository, run))]),
            }
        );
    }

    // GitHub takes some of these requests and then shows two states at once, or the old one; nobody may rely on either.
    private static GitHubCheckRun Still(GitHubCheckRun run, CheckRunInput input) =>
        run.IsCompleted && input.Status is not (null or "completed") && input.Conclusion is null
            ? throw GitHubRefusalException.Failed(
                "CheckRun",
                "status",
                "status of a completed check run cannot go back"
            )
            : run;

    private static GitHubCheckRun Apply(GitHubCheckRun run, CheckRunInput input, DateTimeOffset now)
    {
        var isCompleted = run.IsCompleted || input.Conclusion is not null;
        return run with
        {
            Name = input.Name ?? run.Name,
            ExternalId = input.ExternalId ?? run.ExternalId,
            DetailsUrl = input.DetailsUrl ?? run.DetailsUrl,
            // A conclusion completes it, whatever status comes with it.
            Status = isCompleted ? "completed" : input.Status ?? run.Status,
            Conclusion = input.Conclusion ?? run.Conclusion,
            StartedAt = input.StartedAt ?? run.StartedAt,
            CompletedAt = isCompleted ? input.CompletedAt ?? run.CompletedAt ?? now : null,
            Output = input.Output is { } output
                ? output with
                {
                    Title = output.Title ?? run.Output.Title,
                    Annotations = run.Output.Annotations + output.Annotations,
                }
                : run.Output,
            // Buttons that are not sent again are gone.
            Actions = input.Actions,
        };
    }

    private static GitHubCheckRun Find(RestRequest request) =>
        request.Repository.Checks.Find(long.Parse(request.Route("id"), CultureInfo.InvariantCulture))
        ?? throw GitHubRefusalException.NotFound();

    private static GitHubApp AppOf(RestRequest request) =>
        request.Token.App ?? throw new GitHubRefusalException(403, "You must authenticate via a GitHub App.");
}
