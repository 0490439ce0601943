using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Json;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>Comments on pull requests, which GitHub counts as issues (https://docs.github.com/rest/issues/comments).</summary>
internal static class CommentEndpoints
{
    private const int LongestBody = 65_536;

    public static void Map(WebApplication app)
    {
        Map(app, "GET", "/issues/{number:int}/comments", GitHubAccess.Read, List);
        Map(app, "POST", "/issues/{number:int}/comments", GitHubAccess.Write, Create);
        Map(app, "GET", "/issues/comments/{id:long}", GitHubAccess.Read, Get);
        Map(app, "PATCH", "/issues/comments/{id:long}", GitHubAccess.Write, Update);
        Map(app, "DELETE", "/issues/comments/{id:long}", GitHubAccess.Write, Delete);
    }

    /// <remarks>
    /// GitHub's documentation lets whoever may write issues or pull requests comment on both. On pull requests, and there is
    /// nothing else here, tokens with the permission for issues alone were refused all the same
    /// (https://github.com/gip-inclusion/les-emplois/pull/6059): writing needs the other one, which does in any case.
    /// </remarks>
    private static void Map(
        WebApplication app,
        string method,
        string route,
        GitHubAccess needed,
        Func<RestRequest, (int, JsonNode)> handle
    ) =>
        RestRequest.Map(
            app,
            method,
            route,
            token =>
                needed == GitHubAccess.Read && token.Permissions.Issues > token.PullRequests
                    ? token.Permissions.Issues
                    : token.PullRequests,
            needed,
            handle
        );

    private static (int, JsonNode) List(RestRequest request)
    {
        var number = Number(request);
        return (
            200,
            new JsonArray([
                .. request
                    .Page(request.Repository.Comments.Of(number))
                    .Select(comment => CommentJson.Of(request.Repository, comment)),
            ])
        );
    }

    private static (int, JsonNode) Create(RestRequest request)
    {
        var number = Number(request);
        RefuseLocked(request, number);
        var made = request.Repository.Comments.Add(number, Body(request), request.Token.Login, request.Token.App?.Id);
        return (201, CommentJson.Of(request.Repository, made));
    }

    private static (int, JsonNode) Get(RestRequest request) =>
        (
            200,
            CommentJson.Of(
                request.Repository,
                request.Repository.Comments.All.FirstOrDefault(comment => comment.Id == Id(request))
                    ?? throw GitHubRefusalException.NotFound()
            )
        );

    private static (int, JsonNode) Update(RestRequest request)
    {
        var body = Body(request);
        if (request.Repository.Comments.All.FirstOrDefault(comment => comment.Id == Id(request)) is { } there)
        {
            RefuseLocked(request, there.Number);
        }

        var changed = request.Repository.Comments.Change(Id(request), comment => comment with { Body = body });
        return (200, CommentJson.Of(request.Repository, changed ?? throw GitHubRefusalException.NotFound()));
    }

    private static (int, JsonNode) Delete(RestRequest request) =>
        request.Repository.Comments.Change(Id(request), _ => null) is null
            ? throw GitHubRefusalException.NotFound()
            : (204, new JsonObject());

    private static string Body(RestRequest request)
    {
        var fields = new Fields(request.Body);
        var body = fields.Text("body", isNeeded: true);
        fields.Check();
        return string.IsNullOrWhiteSpace(body) ? throw Refused("Body can't be blank")
            : body.EnumerateRunes().Count() > LongestBody
                ? throw Refused($"Body is too long (maximum is {LongestBody} characters)")
            : body;
    }

    // The same words for both: CommentCannotUpdateReason.LOCKED of https://docs.github.com/graphql/reference/enums.
    private static void RefuseLocked(RestRequest request, int number)
    {
        if (request.Token.App is not null && request.Repository.Pulls.Find(number) is { IsLocked: true })
        {
            throw new GitHubRefusalException(403, "Unable to create comment because issue is locked.");
        }
    }

    private static GitHubRefusalException Refused(string message) =>
        GitHubRefusalException.Failed("IssueComment", "body", message);

    private static int Number(RestRequest request)
    {
        var number = int.Parse(request.Route("number"), CultureInfo.InvariantCulture);
        return request.Repository.Pulls.Find(number) is null ? throw GitHubRefusalException.NotFound() : number;
    }

    private static long Id(RestRequest request) => long.Parse(request.Route("id"), CultureInfo.InvariantCulture);
}
