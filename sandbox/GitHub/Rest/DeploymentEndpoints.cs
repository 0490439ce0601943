using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Deployments;
using Devflow.ChatOps.Sandbox.GitHub.Json;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>Deployments (https://docs.github.com/rest/deployments/deployments) and their statuses.</summary>
internal static class DeploymentEndpoints
{
    private const int LongestDescription = 140;

    private static readonly string[] states =
    [
        "error",
        "failure",
        "inactive",
        "in_progress",
        "queued",
        "pending",
        "success",
    ];

    public static void Map(WebApplication app)
    {
        Map(app, "GET", "/deployments", GitHubAccess.Read, List);
        Map(app, "POST", "/deployments", GitHubAccess.Write, Create);
        Map(app, "GET", "/deployments/{id:long}", GitHubAccess.Read, Get);
        Map(app, "GET", "/deployments/{id:long}/statuses", GitHubAccess.Read, Statuses);
        Map(app, "POST", "/deployments/{id:long}/statuses", GitHubAccess.Write, CreateStatus);
    }

    private static void Map(
        WebApplication app,
        string method,
        string route,
        GitHubAccess needed,
        Func<RestRequest, (int, JsonNode)> handle
    ) => RestRequest.Map(app, method, route, token => token.Permissions.Deployments, needed, handle);

    private static (int, JsonNode) List(RestRequest request)
    {
        bool Fits(string name, string value) => request.Query(name) is not { } wanted || wanted == value;
        var found = request.Repository.Deployments.All.Where(deployment =>
            Fits("sha", deployment.Sha)
            && Fits("ref", deployment.Ref)
            && Fits("task", deployment.Task)
            && Fits("environment", deployment.Environment)
        );
        return (
            200,
            new JsonArray([
                .. request.Page([.. found]).Select(deployment => DeploymentJson.Of(request.Repository, deployment)),
            ])
        );
    }

    private static (int, JsonNode) Create(RestRequest request)
    {
        var fields = new Fields(request.Body);
        var name = fields.Text("ref", isNeeded: true);
        var environment = fields.Text("environment") ?? "production";
        var contexts = fields.Texts("required_contexts");
        var merges = fields.Flag("auto_merge", otherwise: true);
        var made = new GitHubDeployment(0, name ?? "", "", environment, request.Token.Login, request.Token.App?.Id)
        {
            Task = fields.Text("task") ?? "deploy",
            Description = request.Find("description") is { ValueKind: JsonValueKind.Null }
                ? null
                : fields.Text("description"),
            Payload = request.Find("payload")?.GetRawText() ?? "{}",
            IsTransient = fields.Flag("transient_environment", otherwise: false),
            IsProduction = fields.Flag("production_environment", otherwise: environment == "production"),
            CreatedAt = request.Api.World.Time.GetUtcNow(),
            UpdatedAt = request.Api.World.Time.GetUtcNow(),
        };
        fields.Check();
        var sha = request.Git.ResolveCommit(name!) ?? throw GitHubRefusalException.Invalid($"No ref found for: {name}");
        if (merges && DeploymentGate.Merge(request.Repository, name!, sha) is { } merged)
        {
            return (202, new JsonObject { ["message"] = merged });
        }

        DeploymentGate.CheckContexts(request.Repository, name!, sha, contexts);
        var added = request.Repository.Deployments.Add(id => made with { Id = id, Sha = sha });
        return (201, DeploymentJson.Of(request.Repository, added));
    }

    private static (int, JsonNode) Get(RestRequest request) =>
        (200, DeploymentJson.Of(request.Repository, Find(request)));

    private static (int, JsonNode) Statuses(RestRequest request)
    {
        var deployment = Find(request);
        // Newest first.
        var page = request.Page([.. deployment.Statuses.Reverse()]);
        return (
            200,
            new JsonArray([.. page.Select(status => DeploymentJson.Status(request.Repository, deployment, status))])
        );
    }

    private static (int, JsonNode) CreateStatus(RestRequest request)
    {
        var deployment = Find(request);
        var fields = new Fields(request.Body);
        var status = new GitHubDeploymentStatus(
            0,
            fields.Text("state", isNeeded: true, oneOf: states) ?? "",
            fields.Text("description") ?? "",
            request.Token.Login,
            request.Api.World.Time.GetUtcNow()
        )
        {
            Environment = fields.Text("environment") ?? deployment.Environment,
            LogUrl = fields.Text("log_url") ?? fields.Text("target_url") ?? "",
            EnvironmentUrl = fields.Text("environment_url") ?? "",
            AppId = request.Token.App?.Id,
        };
        var retires = fields.Flag("auto_inactive", otherwise: true);
        fields.Check();
        if (status.Description.EnumerateRunes().Count() > LongestDescription)
        {
            throw GitHubRefusalException.Failed(
                "DeploymentStatus",
                "description",
                $"description is too long (maximum is {LongestDescription} characters)"
            );
        }

        CheckAddress("log_url", status.LogUrl);
        CheckAddress("environment_url", status.EnvironmentUrl);
        var added = request.Repository.Deployments.AddStatus(deployment, status, retires);
        return (201, DeploymentJson.Status(request.Repository, deployment, added));
    }

    private static void CheckAddress(string field, string url)
    {
        if (
            url.Length > 0
            && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https"))
        )
        {
            throw GitHubRefusalException.Failed("DeploymentStatus", field, $"{field} must use http(s) scheme");
        }
    }

    private static GitHubDeployment Find(RestRequest request) =>
        request.Repository.Deployments.Find(long.Parse(request.Route("id"), CultureInfo.InvariantCulture))
        ?? throw GitHubRefusalException.NotFound();
}
