using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.GitOps.GitHub;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>Check runs of our App over the REST API (https://docs.github.com/rest/checks/runs).</summary>
/// <param name="appId">Id of the App, or its client id: others' runs are not ours, whatever they say.</param>
public sealed class GitHubCheckRuns(GitHubAppAccess access, string appId) : ICheckRuns
{
    private const int PerPage = 100;

    /// <summary>GitHub keeps a thousand runs of a name and commit; a Job has a few.</summary>
    private const int MostPages = 3;

    /// <summary>The rollout's other work waits meanwhile.</summary>
    private static readonly TimeSpan timeout = TimeSpan.FromSeconds(5);

    private readonly GitHubCalls calls = new(access, timeout, deadline: timeout);

    /// <inheritdoc/>
    public bool IsSetUp => true;

    /// <inheritdoc/>
    public Task<GitHubAnswer<long>> CreateAsync(
        string repository,
        string commit,
        CheckRunPage page,
        CancellationToken stop
    ) =>
        WriteAsync(
            repository,
            page,
            async (gitHub, token) =>
            {
                var body = ToJson(page);
                body["head_sha"] = commit;
                var made = await gitHub.PostAsync($"{GitHubCalls.Root(repository)}/check-runs", body, token);
                return made.GetProperty("id").GetInt64();
            },
            stop
        );

    /// <inheritdoc/>
    public Task<GitHubAnswer<long>> UpdateAsync(
        string repository,
        long id,
        CheckRunPage page,
        CancellationToken stop
    ) =>
        WriteAsync(
            repository,
            page,
            async (gitHub, token) =>
            {
                var path = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{GitHubCalls.Root(repository)}/check-runs/{id}"
                );
                return (await gitHub.PatchAsync(path, ToJson(page), token)).GetProperty("id").GetInt64();
            },
            stop
        );

    /// <inheritdoc/>
    public Task<GitHubAnswer<FoundCheckRun?>> FindAsync(
        string repository,
        string commit,
        string name,
        string externalId,
        CancellationToken stop
    ) =>
        AskAsync(
            repository,
            async (gitHub, token) =>
            {
                var path = $"{GitHubCalls.Root(repository)}/commits/{Uri.EscapeDataString(commit)}/check-runs";
                for (var page = 1; page <= MostPages; page++)
                {
                    // Without "all" GitHub tells only the newest run of each name.
                    var query = string.Create(
                        CultureInfo.InvariantCulture,
                        $"?check_name={Uri.EscapeDataString(name)}&filter=all&per_page={PerPage}&page={page}"
                    );
                    var answer = await gitHub.GetAsync(path + query, token);
                    var runs = answer.GetProperty("check_runs").EnumerateArray().ToList();
                    var found = runs.Find(run =>
                        GitHubJson.Text(run, "external_id") == externalId && GitHubJson.IsOfApp(run, "app", appId)
                    );
                    if (found.ValueKind == JsonValueKind.Object)
                    {
                        return new FoundCheckRun(found.GetProperty("id").GetInt64(), StateOf(found));
                    }

                    if (runs.Count < PerPage)
                    {
                        break;
                    }
                }

                return (FoundCheckRun?)null;
            },
            stop
        );

    private Task<GitHubAnswer<long>> WriteAsync(
        string repository,
        CheckRunPage page,
        Func<GitHubConnection, CancellationToken, Task<long>> write,
        CancellationToken stop
    ) =>
        calls.WriteAsync(
            repository,
            AppPermissions.WriteChecks,
            page.IsRenewal ? GitHubWrite.Renewal : GitHubWrites.Of(page.State),
            write,
            stop
        );

    private Task<GitHubAnswer<T>> AskAsync<T>(
        string repository,
        Func<GitHubConnection, CancellationToken, Task<T>> ask,
        CancellationToken stop
    ) => calls.AskAsync(repository, AppPermissions.WriteChecks, ask, stop);

    private static JsonObject ToJson(CheckRunPage page)
    {
        var json = new JsonObject
        {
            ["name"] = page.Name,
            ["external_id"] = page.ExternalId,
            ["output"] = new JsonObject
            {
                ["title"] = page.Title,
                ["summary"] = page.Summary,
                ["text"] = page.Text,
            },
            // Buttons that are not sent again are gone.
            ["actions"] = new JsonArray([
                .. page.Buttons.Select(button => new JsonObject
                {
                    ["label"] = button.Label,
                    ["description"] = button.Description,
                    ["identifier"] = button.Identifier,
                }),
            ]),
        };
        if (page.Details is { } details)
        {
            json["details_url"] = details.AbsoluteUri;
        }

        // At GitHub a conclusion alone completes it; others that speak its API want to be told both.
        json["status"] = page.State.IsCompleted() ? "completed" : Word(page.State);
        if (page.State.IsCompleted())
        {
            json["conclusion"] = Word(page.State);
        }

        return json;
    }

    private static string Word(CheckRunState state) =>
        state switch
        {
            CheckRunState.Queued => "queued",
            CheckRunState.InProgress => "in_progress",
            CheckRunState.ActionRequired => "action_required",
            CheckRunState.Success => "success",
            CheckRunState.Failure => "failure",
            CheckRunState.Cancelled => "cancelled",
            CheckRunState.TimedOut => "timed_out",
            _ => "neutral",
        };

    // Whatever else completed it (GitHub calls runs of 14 days "stale") is none of the states that we would show on it.
    private static CheckRunState StateOf(JsonElement run)
    {
        var word = GitHubJson.Text(run, "conclusion") ?? GitHubJson.Text(run, "status") ?? "";
        return Enum.GetValues<CheckRunState>()
                .Cast<CheckRunState?>()
                .FirstOrDefault(state => Word(state!.Value) == word)
            ?? CheckRunState.Neutral;
    }
}
