using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.GitOps.GitHub;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>Deployments over the REST API (https://docs.github.com/rest/deployments).</summary>
public sealed class GitHubDeployments(GitHubAppAccess access) : IDeployments
{
    private const string Task = "deploy";

    /// <summary>In the payload of a deployment.</summary>
    private const string JobKey = "devflowJob";

    private static readonly TimeSpan timeout = TimeSpan.FromSeconds(5);

    private readonly GitHubCalls calls = new(access, timeout, deadline: timeout);

    /// <inheritdoc/>
    public Task<GitHubAnswer<long>> CreateAsync(
        string repository,
        string commit,
        string environment,
        string description,
        string job,
        CancellationToken stop
    ) =>
        WriteAsync(
            repository,
            async (gitHub, token) =>
            {
                var body = new JsonObject
                {
                    ["ref"] = commit,
                    ["task"] = Task,
                    ["environment"] = environment,
                    ["description"] = description,
                    ["payload"] = new JsonObject { [JobKey] = job },
                    // By default GitHub merges the default branch into what is deployed, and waits for all checks: ours too.
                    ["auto_merge"] = false,
                    ["required_contexts"] = new JsonArray(),
                };
                return Id(await gitHub.PostAsync($"{GitHubCalls.Root(repository)}/deployments", body, token));
            },
            stop
        );

    /// <inheritdoc/>
    public Task<GitHubAnswer<long?>> FindAsync(
        string repository,
        string commit,
        string environment,
        string job,
        CancellationToken stop
    ) =>
        AskAsync(
            repository,
            async (gitHub, token) =>
            {
                var path =
                    $"{GitHubCalls.Root(repository)}/deployments?sha={Uri.EscapeDataString(commit)}&task={Task}"
                    + $"&environment={Uri.EscapeDataString(environment)}&per_page=100";
                var found = (await gitHub.GetAsync(path, token))
                    .EnumerateArray()
                    .FirstOrDefault(deployment => JobOf(deployment) == job);
                return found.ValueKind == JsonValueKind.Object ? Id(found) : (long?)null;
            },
            stop
        );

    /// <inheritdoc/>
    public Task<GitHubAnswer<long>> AddStatusAsync(
        string repository,
        long deployment,
        DeploymentStatus status,
        CancellationToken stop
    ) =>
        WriteAsync(
            repository,
            async (gitHub, token) =>
            {
                var body = new JsonObject
                {
                    ["state"] = Word(status.State),
                    ["description"] = status.Description,
                    // What is not live any more is told by its own Job.
                    ["auto_inactive"] = false,
                };
                if (status.Environment is { } environment)
                {
                    body["environment_url"] = environment.AbsoluteUri;
                }

                if (status.Log is { } log)
                {
                    body["log_url"] = log.AbsoluteUri;
                }

                return Id(await gitHub.PostAsync(Statuses(repository, deployment), body, token));
            },
            stop
        );

    /// <inheritdoc/>
    public Task<GitHubAnswer<DeploymentState?>> LastStateAsync(
        string repository,
        long deployment,
        CancellationToken stop
    ) =>
        AskAsync(
            repository,
            async (gitHub, token) =>
            {
                var newest = (await gitHub.GetAsync($"{Statuses(repository, deployment)}?per_page=1", token))
                    .EnumerateArray()
                    .Select(status => status.GetProperty("state").GetString())
                    .FirstOrDefault();
                return Enum.GetValues<DeploymentState>()
                    .Cast<DeploymentState?>()
                    .FirstOrDefault(state => Word(state!.Value) == newest);
            },
            stop
        );

    private Task<GitHubAnswer<long>> WriteAsync(
        string repository,
        Func<GitHubConnection, CancellationToken, Task<long>> write,
        CancellationToken stop
    ) => calls.WriteAsync(repository, AppPermissions.WriteDeployments, GitHubWrite.Outcome, write, stop);

    private Task<GitHubAnswer<T>> AskAsync<T>(
        string repository,
        Func<GitHubConnection, CancellationToken, Task<T>> ask,
        CancellationToken stop
    ) => calls.AskAsync(repository, AppPermissions.WriteDeployments, ask, stop);

    private static string Statuses(string repository, long deployment) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{GitHubCalls.Root(repository)}/deployments/{deployment}/statuses"
        );

    private static long Id(JsonElement json) => json.GetProperty("id").GetInt64();

    // GitHub answers the payload as it was sent: an object, or a text with JSON in it.
    private static string? JobOf(JsonElement deployment) =>
        deployment.TryGetProperty("payload", out var payload)
        && payload.ValueKind == JsonValueKind.Object
        && payload.TryGetProperty(JobKey, out var job)
        && job.ValueKind == JsonValueKind.String
            ? job.GetString()
            : null;

    private static string Word(DeploymentState state) =>
        state switch
        {
            DeploymentState.Queued => "queued",
            DeploymentState.InProgress => "in_progress",
            DeploymentState.Success => "success",
            DeploymentState.Failure => "failure",
            _ => "inactive",
        };
}
