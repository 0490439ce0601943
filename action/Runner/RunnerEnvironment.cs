using System.Globalization;

namespace Devflow.ChatOps.Action.Runner;

/// <summary>
/// What the runner says about the run (https://docs.github.com/actions/reference/workflows-and-actions/variables). Missing
/// values are faults only for whoever needs them.
/// </summary>
public sealed class RunnerEnvironment(Func<string, string?> variable)
{
    /// <summary>The environment of this process.</summary>
    public static RunnerEnvironment Current { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>A value without the white space around it; <c>null</c> when it is missing or empty.</summary>
    public string? Find(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>The repository of the workflow, <c>owner/name</c>.</summary>
    public string? Repository => Find("GITHUB_REPOSITORY");

    public long? RepositoryId => Number("GITHUB_REPOSITORY_ID");

    public long? RunId => Number("GITHUB_RUN_ID");

    public long? RunNumber => Number("GITHUB_RUN_NUMBER");

    public int? RunAttempt => (int?)Number("GITHUB_RUN_ATTEMPT");

    /// <summary>Path of the workflow's file; <c>null</c> when it is not told.</summary>
    public string? Workflow =>
        Find("GITHUB_WORKFLOW_REF") is { } reference
        && reference.Split('@')[0].Split('/', 3) is [_, _, { Length: > 0 } path]
            ? path
            : null;

    public string? Actor => Find("GITHUB_ACTOR");

    public string? Sha => Find("GITHUB_SHA");

    public string? OutputPath => Find("GITHUB_OUTPUT");

    public string? SummaryPath => Find("GITHUB_STEP_SUMMARY");

    public string? EventPath => Find("GITHUB_EVENT_PATH");

    public Uri ApiUrl => Address("GITHUB_API_URL") ?? new Uri("https://api.github.com/");

    /// <summary>
    /// GitHub's GraphQL; GitHub Enterprise Server has it beside the REST API, github.com below it. <c>null</c> where the runner
    /// says that there is none, as those of servers do that are like GitHub: the variable is there and empty.
    /// </summary>
    public Uri? GraphQLUrl =>
        Find("GITHUB_GRAPHQL_URL") is { } text && Uri.TryCreate(text, UriKind.Absolute, out var url) ? url
        : variable("GITHUB_GRAPHQL_URL") is not null ? null
        : new Uri(ApiUrl, ApiUrl.AbsolutePath.EndsWith("/v3/", StringComparison.Ordinal) ? "../graphql" : "graphql");

    public Uri ServerUrl => Address("GITHUB_SERVER_URL") ?? new Uri("https://github.com/");

    /// <summary>Where an OIDC token can be had; only with <c>permissions: id-token: write</c>.</summary>
    public Uri? TokenRequestUrl =>
        Find("ACTIONS_ID_TOKEN_REQUEST_URL") is { } text && Uri.TryCreate(text, UriKind.Absolute, out var url)
            ? url
            : null;

    public string? TokenRequestToken => Find("ACTIONS_ID_TOKEN_REQUEST_TOKEN");

    private long? Number(string name) =>
        long.TryParse(Find(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : null;

    // With a final slash: what is asked below it is relative.
    private Uri? Address(string name) =>
        Find(name) is { } text && Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url) ? url : null;
}
