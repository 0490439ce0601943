using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Json;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>Pull requests (https://docs.github.com/en/rest/pulls/pulls).</summary>
internal static class PullEndpoints
{
    public static void Map(WebApplication app)
    {
        Map(app, "GET", "/pulls", GitHubAccess.Read, List);
        Map(app, "POST", "/pulls", GitHubAccess.Write, Create);
        Map(app, "GET", "/pulls/{number:int}", GitHubAccess.Read, Get);
        Map(app, "PATCH", "/pulls/{number:int}", GitHubAccess.Write, Update);
        Map(app, "GET", "/pulls/{number:int}/commits", GitHubAccess.Read, Commits);
        Map(app, "GET", "/commits/{sha}/pulls", GitHubAccess.Read, OfCommit);
        // Merging is writing the base branch.
        RestRequest.Map(app, "PUT", "/pulls/{number:int}/merge", token => token.Contents, GitHubAccess.Write, Merge);
    }

    private static void Map(
        WebApplication app,
        string method,
        string route,
        GitHubAccess needed,
        Func<RestRequest, (int, JsonNode)> handle
    ) => RestRequest.Map(app, method, route, token => token.PullRequests, needed, handle);

    private static (int, JsonNode) List(RestRequest request)
    {
        var state = request.Query("state") ?? "open";
        var head = request.Query("head");
        var @base = request.Query("base");
        var found = request.Repository.Pulls.All.Where(pull =>
            (state == "all" || pull.State == state)
            // Without the owner in front, GitHub does not filter at all.
            && (head is null || !head.Contains(':') || head == $"{request.Repository.Owner}:{pull.Head}")
            && (@base is null || @base == pull.Base)
        );
        return (
            200,
            new JsonArray([.. request.Page([.. found]).Select(pull => PullJson.Of(request.Repository, pull))])
        );
    }

    private static (int, JsonNode) Create(RestRequest request)
    {
        var head = request.Text("head");
        var own = request.Repository.Owner + ":";
        var pull = request.Repository.Pulls.Open(
            head.StartsWith(own, StringComparison.Ordinal) ? head[own.Length..] : head,
            request.Text("base"),
            request.Text("title"),
            request.TextOrNull("body") ?? "",
            request.Token.Login
        );
        return (201, PullJson.Full(request.Repository, pull));
    }

    private static (int, JsonNode) Get(RestRequest request) =>
        (
            200,
            PullJson.Full(
                request.Repository,
                request.Repository.Pulls.Find(Number(request)) ?? throw GitHubRefusalException.NotFound()
            )
        );

    private static (int, JsonNode) Update(RestRequest request)
    {
        var changed = request.Repository.Pulls.Change(
            Number(request),
            pull =>
                pull with
                {
                    Title = request.TextOrNull("title") ?? pull.Title,
                    Body = request.TextOrNull("body") ?? pull.Body,
                    State = State(request) ?? pull.State,
                },
            request.Token.Login
        );
        return (200, PullJson.Full(request.Repository, changed ?? throw GitHubRefusalException.NotFound()));
    }

    private static (int, JsonNode) OfCommit(RestRequest request)
    {
        var sha = request.Route("sha");
        return request.Git.ResolveCommit(sha) is { } found
            ? (
                200,
                new JsonArray([
                    .. request
                        .Page(request.Repository.Pulls.With(found))
                        .Select(pull => PullJson.Of(request.Repository, pull)),
                ])
            )
            : throw GitHubRefusalException.Invalid($"No commit found for SHA: {sha}");
    }

    private static (int, JsonNode) Commits(RestRequest request)
    {
        var pull = request.Repository.Pulls.Find(Number(request)) ?? throw GitHubRefusalException.NotFound();
        var page = request.Page(request.Repository.Pulls.CommitsOf(pull));
        return (200, new JsonArray([.. page.Select(id => GitJson.Commit(request, id))]));
    }

    private static (int, JsonNode) Merge(RestRequest request)
    {
        var number = Number(request);
        var pull = request.Repository.Pulls.Find(number) ?? throw GitHubRefusalException.NotFound();
        if (request.TextOrNull("sha") is { } sha && sha != request.Repository.Pulls.HeadOf(pull))
        {
            throw new GitHubRefusalException(409, "Head branch was modified. Review and try the merge again.");
        }

        var method =
            request.TextOrNull("merge_method") == "squash" ? GitHubMergeMethod.Squash : GitHubMergeMethod.Merge;
        var merged = request.Repository.Pulls.Merge(number, request.Token.Login, method);
        return (
            200,
            new JsonObject
            {
                ["sha"] = merged.MergeCommit,
                ["merged"] = true,
                ["message"] = "Pull Request successfully merged",
            }
        );
    }

    private static string? State(RestRequest request)
    {
        var fields = new Fields(request.Body);
        var state = fields.Text("state", oneOf: ["open", "closed"]);
        fields.Check();
        return state;
    }

    private static int Number(RestRequest request) => int.Parse(request.Route("number"), CultureInfo.InvariantCulture);
}
