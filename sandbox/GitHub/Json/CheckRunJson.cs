using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Checks;

namespace Devflow.ChatOps.Sandbox.GitHub.Json;

/// <summary>Check runs as GitHub shows them; their buttons it shows to people only.</summary>
internal static class CheckRunJson
{
    /// <summary>As the REST API answers.</summary>
    public static JsonObject Of(GitHubRepository repository, GitHubCheckRun run)
    {
        var json = Begin(repository, run);
        json["check_suite"] = new JsonObject { ["id"] = run.SuiteId };
        return End(json, repository, run);
    }

    /// <summary>As webhooks show it.</summary>
    public static JsonObject InEvent(GitHubRepository repository, GitHubCheckRun run)
    {
        var json = Begin(repository, run);
        json["check_suite"] = Suite(repository, run);
        return End(json, repository, run);
    }

    /// <summary>The open pull requests with that head; of forks, which there are none of here, GitHub says nothing.</summary>
    public static JsonArray Pulls(GitHubRepository repository, string sha) =>
        new([
            .. repository
                .Pulls.All.Where(pull => pull.State == "open" && repository.Git.Head(pull.Head) == sha)
                .Select(pull => new JsonObject
                {
                    ["url"] = repository.Api($"/pulls/{pull.Number}"),
                    ["id"] = pull.Id,
                    ["number"] = pull.Number,
                    ["head"] = Side(repository, pull.Head),
                    ["base"] = Side(repository, pull.Base),
                }),
        ]);

    private static JsonObject Begin(GitHubRepository repository, GitHubCheckRun run) =>
        new()
        {
            ["id"] = run.Id,
            ["node_id"] = $"CR_{run.Id}",
            ["head_sha"] = run.HeadSha,
            ["external_id"] = run.ExternalId ?? "",
            ["url"] = repository.Api($"/check-runs/{run.Id}"),
            ["html_url"] = repository.Page($"/runs/{run.Id}"),
            ["details_url"] = run.DetailsUrl ?? Homepage(repository, run),
            ["status"] = run.Status,
            ["conclusion"] = run.Conclusion,
            ["started_at"] = Moment.Text(run.StartedAt),
            ["completed_at"] = Moment.Text(run.CompletedAt),
            ["output"] = new JsonObject
            {
                ["title"] = run.Output.Title,
                ["summary"] = run.Output.Summary,
                ["text"] = run.Output.Text,
                ["annotations_count"] = run.Output.Annotations,
                ["annotations_url"] = repository.Api($"/check-runs/{run.Id}/annotations"),
            },
            ["name"] = run.Name,
        };

    private static JsonObject End(JsonObject json, GitHubRepository repository, GitHubCheckRun run)
    {
        json["app"] = App(repository, run);
        json["pull_requests"] = Pulls(repository, run.HeadSha);
        return json;
    }

    private static JsonObject Suite(GitHubRepository repository, GitHubCheckRun run)
    {
        var suite = CheckSuite.Of(repository, run);
        return new JsonObject
        {
            ["id"] = suite.Id,
            ["node_id"] = $"CS_{suite.Id}",
            ["head_branch"] = suite.HeadBranch,
            ["head_sha"] = suite.HeadSha,
            ["status"] = suite.Status,
            ["conclusion"] = suite.Conclusion,
            ["url"] = repository.Api($"/check-suites/{suite.Id}"),
            ["before"] = suite.Before,
            ["after"] = suite.HeadSha,
            ["pull_requests"] = Pulls(repository, run.HeadSha),
            ["app"] = App(repository, run),
            ["created_at"] = Moment.Text(suite.CreatedAt),
            ["updated_at"] = Moment.Text(suite.UpdatedAt),
        };
    }

    private static JsonObject Side(GitHubRepository repository, string branch) =>
        new()
        {
            ["ref"] = branch,
            ["sha"] = repository.Git.Head(branch),
            ["repo"] = new JsonObject
            {
                ["id"] = repository.Id,
                ["url"] = repository.Api(""),
                ["name"] = repository.Name,
            },
        };

    // An App that is no longer registered has left its runs behind.
    private static JsonObject? App(GitHubRepository repository, GitHubCheckRun run) =>
        Maker(repository, run) is { } app ? AppJson.App(repository.World, app) : null;

    private static string? Homepage(GitHubRepository repository, GitHubCheckRun run) =>
        Maker(repository, run) is { } app ? AppJson.Homepage(repository.World, app) : null;

    private static GitHubApp? Maker(GitHubRepository repository, GitHubCheckRun run) =>
        repository.World.Apps.FirstOrDefault(app => app.Id == run.AppId);
}
