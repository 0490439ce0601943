using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>References (https://docs.github.com/en/rest/git/refs).</summary>
internal static partial class ReferenceEndpoints
{
    private static int lost;

    public static void Map(WebApplication app)
    {
        Map(app, "GET", "/git/ref/{**name}", GitHubAccess.Read, Get);
        Map(app, "POST", "/git/refs", GitHubAccess.Write, Create);
        Map(app, "PATCH", "/git/refs/{**name}", GitHubAccess.Write, Update);
        Map(app, "DELETE", "/git/refs/{**name}", GitHubAccess.Write, Delete);
    }

    private static void Map(
        WebApplication app,
        string method,
        string route,
        GitHubAccess needed,
        Func<RestRequest, (int, JsonNode)> handle
    ) => RestRequest.Map(app, method, route, token => token.Contents, needed, handle);

    private static (int, JsonNode) Get(RestRequest request)
    {
        var name = "refs/" + request.Route("name");
        var id = request.Git.References().GetValueOrDefault(name) ?? throw GitHubRefusalException.NotFound();
        return (200, GitJson.Reference(request, name, id));
    }

    private static (int, JsonNode) Create(RestRequest request)
    {
        var name = request.Text("ref");
        var id = request.Text("sha");
        if (!FullName().IsMatch(name))
        {
            throw GitHubRefusalException.Invalid($"{name} is not a valid ref name.");
        }

        Check(request, name, id);
        lock (request.Git.Gate)
        {
            if (request.Git.References().ContainsKey(name))
            {
                throw GitHubRefusalException.Invalid("Reference already exists");
            }

            request.Git.Point(name, id);
        }

        return (201, GitJson.Reference(request, name, id));
    }

    private static (int, JsonNode) Update(RestRequest request)
    {
        var name = "refs/" + request.Route("name");
        var id = request.Text("sha");
        var isForced = request.Find("force") is { ValueKind: JsonValueKind.True };
        Check(request, name, id);
        lock (request.Git.Gate)
        {
            var old =
                request.Git.References().GetValueOrDefault(name)
                ?? throw GitHubRefusalException.Invalid("Reference does not exist");
            if (!isForced && !request.Git.IsAncestor(old, of: id))
            {
                // Who loses a race is told one or the other, depending on where GitHub notices it; here in turns.
                throw GitHubRefusalException.Invalid(
                    Interlocked.Increment(ref lost) % 2 == 1
                        ? "Update is not a fast forward"
                        : "Reference cannot be updated"
                );
            }

            request.Git.Point(name, id);
        }

        return (200, GitJson.Reference(request, name, id));
    }

    private static (int, JsonNode) Delete(RestRequest request)
    {
        var name = "refs/" + request.Route("name");
        lock (request.Git.Gate)
        {
            if (!request.Git.References().ContainsKey(name))
            {
                throw GitHubRefusalException.Invalid("Reference does not exist");
            }

            request.Git.Point(name, null);
        }

        return (204, new JsonObject());
    }

    private static void Check(RestRequest request, string name, string id)
    {
        if (request.Git.Commit(id) is null)
        {
            throw GitHubRefusalException.Invalid("Object does not exist");
        }

        var branch = name.StartsWith("refs/heads/", StringComparison.Ordinal) ? name["refs/heads/".Length..] : "";
        if (request.Repository.Against(branch, request.Token) is { } rule)
        {
            throw new GitHubRefusalException(rule.Status, rule.Message);
        }
    }

    // A subset of git-check-ref-format that no name of ours leaves.
    [GeneratedRegex(@"^refs/(heads|tags)/(?!.*(\.\.|//|\.lock(/|$)|@\{))(?![/.-])[A-Za-z0-9._/@+-]*[A-Za-z0-9_@+-]$")]
    private static partial Regex FullName();
}
