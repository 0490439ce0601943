using System.Globalization;
using System.Text.Json.Nodes;

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
        return (200, new JsonArray([.. found.Select(pull => Show(request, pull))]));
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
        return (201, Show(request, pull));
    }

    private static (int, JsonNode) Get(RestRequest request) =>
        (
            200,
            Show(
                request,
                request.Repository.Pulls.All.FirstOrDefault(pull => pull.Number == Number(request))
                    ?? throw GitHubRefusalException.NotFound()
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
                    State = request.TextOrNull("state") ?? pull.State,
                }
        );
        return (200, Show(request, changed ?? throw GitHubRefusalException.NotFound()));
    }

    private static int Number(RestRequest request) => int.Parse(request.Route("number"), CultureInfo.InvariantCulture);

    private static JsonObject Show(RestRequest request, GitHubPull pull) =>
        new()
        {
            ["number"] = pull.Number,
            ["state"] = pull.State,
            ["title"] = pull.Title,
            ["body"] = pull.Body,
            ["url"] = GitJson.Url(request, $"pulls/{pull.Number}"),
            ["html_url"] = new Uri(request.Api.Address, $"{request.Repository.FullName}/pull/{pull.Number}").ToString(),
            ["user"] = new JsonObject { ["login"] = pull.By },
            ["created_at"] = pull.CreatedAt.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss'Z'",
                CultureInfo.InvariantCulture
            ),
            ["head"] = Side(request, pull.Head),
            ["base"] = Side(request, pull.Base),
        };

    private static JsonObject Side(RestRequest request, string branch) =>
        new()
        {
            ["ref"] = branch,
            ["label"] = $"{request.Repository.Owner}:{branch}",
            ["sha"] = request.Git.Head(branch),
        };
}
