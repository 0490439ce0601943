using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Deployments;

namespace Devflow.ChatOps.Sandbox.GitHub.Json;

/// <summary>Deployments and their statuses as GitHub shows them.</summary>
internal static class DeploymentJson
{
    public static JsonObject Of(GitHubRepository repository, GitHubDeployment deployment) =>
        new()
        {
            ["url"] = Url(repository, deployment),
            ["id"] = deployment.Id,
            ["node_id"] = $"DE_{deployment.Id}",
            ["sha"] = deployment.Sha,
            ["ref"] = deployment.Ref,
            ["task"] = deployment.Task,
            ["payload"] = JsonNode.Parse(deployment.Payload),
            ["original_environment"] = deployment.Environment,
            ["environment"] = deployment.Environment,
            ["description"] = deployment.Description,
            ["creator"] = AccountJson.User(repository.World, deployment.By),
            ["created_at"] = Moment.Text(deployment.CreatedAt),
            ["updated_at"] = Moment.Text(deployment.UpdatedAt),
            ["statuses_url"] = Url(repository, deployment) + "/statuses",
            ["repository_url"] = repository.Api(""),
            ["transient_environment"] = deployment.IsTransient,
            ["production_environment"] = deployment.IsProduction,
            ["performed_via_github_app"] = Via(repository, deployment.AppId),
        };

    public static JsonObject Status(
        GitHubRepository repository,
        GitHubDeployment deployment,
        GitHubDeploymentStatus status
    ) =>
        new()
        {
            ["url"] = $"{Url(repository, deployment)}/statuses/{status.Id}",
            ["id"] = status.Id,
            ["node_id"] = $"DES_{status.Id}",
            ["state"] = status.State,
            ["creator"] = AccountJson.User(repository.World, status.By),
            ["description"] = status.Description,
            ["environment"] = status.Environment,
            ["target_url"] = status.LogUrl,
            ["created_at"] = Moment.Text(status.CreatedAt),
            ["updated_at"] = Moment.Text(status.CreatedAt),
            ["deployment_url"] = Url(repository, deployment),
            ["repository_url"] = repository.Api(""),
            ["environment_url"] = status.EnvironmentUrl,
            ["log_url"] = status.LogUrl,
            ["performed_via_github_app"] = Via(repository, status.AppId),
        };

    /// <summary>The App that did something; null where none did, or it is gone.</summary>
    public static JsonObject? Via(GitHubRepository repository, long? appId) =>
        repository.World.Apps.FirstOrDefault(app => app.Id == appId) is { } app
            ? AppJson.App(repository.World, app)
            : null;

    private static string Url(GitHubRepository repository, GitHubDeployment deployment) =>
        repository.Api($"/deployments/{deployment.Id}");
}
