using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>The release workflow failed; the message is what the Action said last.</summary>
/// <param name="message">One sentence.</param>
/// <param name="log">The whole log of the Action.</param>
public sealed class ReleaseRunFailedException(string message, string log) : InvalidOperationException(message)
{
    /// <summary>The whole log of the Action.</summary>
    public string Log { get; } = log;
}

/// <summary>
/// What follows a merge to main in real life: the release workflow builds an image (here there is nothing to build), and the
/// Action, the very program, commits its tag into the GitOps repository and announces the release to the service. Argo CD
/// finds the commit by itself.
/// </summary>
public sealed class SandboxMerges : IAsyncDisposable
{
    private static readonly TimeSpan longestFarewell = TimeSpan.FromSeconds(20);
    private readonly CancellationTokenSource stop = new();
    private readonly SandboxGit git;
    private readonly StandInIssuer issuer;
    private readonly Uri service;

    // One run after the other, as with a concurrency group in the workflow.
    private readonly IReadOnlyDictionary<SandboxApp, SemaphoreSlim> queues = SandboxApp.All.ToDictionary(
        app => app,
        _ => new SemaphoreSlim(1)
    );

    internal SandboxMerges(SandboxGit git, StandInIssuer issuer, Uri service) =>
        (this.git, this.issuer, this.service) = (git, issuer, service);

    /// <summary>Whose merges they are: an author may not approve what is his own.</summary>
    public static SandboxPerson Author => SandboxTeam.Bob;

    /// <summary>A run failed; whoever merged is told too.</summary>
    public event Action<ReleaseRunFailedException>? Failed;

    /// <summary>Releases the next version of an app. Ends when it is announced; the sync follows by itself.</summary>
    /// <returns>The tag.</returns>
    /// <exception cref="ReleaseRunFailedException">The Action failed.</exception>
    public async Task<string> MergeAsync(SandboxApp app, ReleaseKind kind)
    {
        ArgumentNullException.ThrowIfNull(app);
        await queues[app].WaitAsync(stop.Token);
        try
        {
            var merge = git.Merge(app, kind, Author);
            var end = await RunActionAsync(app, merge);
            if (end.ExitCode != 0)
            {
                var failure = new ReleaseRunFailedException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The Action could not release {app.Name} {merge.Tag} (exit code {end.ExitCode}): {end.Message}"
                    ),
                    end.Log
                );
                Failed?.Invoke(failure);
                throw failure;
            }

            return merge.Tag;
        }
        finally
        {
            queues[app].Release();
        }
    }

    /// <summary>Waits for a run that is under way: a commit that nobody announces is a release without an author.</summary>
    public async ValueTask DisposeAsync()
    {
        stop.CancelAfter(longestFarewell);
        foreach (var queue in queues.Values)
        {
            await queue.WaitAsync();
            queue.Dispose();
        }

        stop.Dispose();
    }

    private async Task<ActionEnd> RunActionAsync(SandboxApp app, SourceMerge merge)
    {
        var workflow = $"{app.Repository}/{SandboxApp.Workflow}@refs/heads/{SandboxGit.Branch}";
        var request = issuer.BeginRun(
            new JsonObject
            {
                ["sub"] = $"repo:{app.Repository}:ref:refs/heads/{SandboxGit.Branch}",
                ["repository"] = app.Repository,
                ["repository_id"] = app.RepositoryId.ToString(CultureInfo.InvariantCulture),
                ["workflow_ref"] = workflow,
                ["actor"] = Author.GitHub,
            }
        );
        try
        {
            var number = merge.Number.ToString(CultureInfo.InvariantCulture);
            var variables = new Dictionary<string, string>
            {
                ["GITHUB_ACTIONS"] = "true",
                ["GITHUB_REPOSITORY"] = app.Repository,
                ["GITHUB_REPOSITORY_ID"] = app.RepositoryId.ToString(CultureInfo.InvariantCulture),
                ["GITHUB_RUN_ID"] = number,
                ["GITHUB_RUN_NUMBER"] = number,
                ["GITHUB_RUN_ATTEMPT"] = "1",
                ["GITHUB_WORKFLOW_REF"] = workflow,
                ["GITHUB_ACTOR"] = Author.GitHub,
                ["GITHUB_SHA"] = merge.Commit,
                ["GITHUB_API_URL"] = git.Api.Address.ToString().TrimEnd('/'),
                ["GITHUB_GRAPHQL_URL"] = git.Api.GraphQlAddress.ToString(),
                ["ACTIONS_ID_TOKEN_REQUEST_URL"] = issuer.RequestUrl,
                ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = request,
                ["INPUT_APP"] = app.Name,
                ["INPUT_ENVIRONMENT"] = app.Environment,
                ["INPUT_IMAGE"] = app.Image,
                ["INPUT_TAG"] = merge.Tag,
                ["INPUT_GITOPS-REPOSITORY"] = SandboxGit.GitOpsRepository,
                ["INPUT_BRANCH"] = SandboxGit.Branch,
                ["INPUT_FILES"] = app.Path,
                ["INPUT_TOKEN"] = git.Token,
                ["INPUT_DEVFLOW-URL"] = service.ToString(),
            };
            var payload = new JsonObject
            {
                ["ref"] = $"refs/heads/{SandboxGit.Branch}",
                ["after"] = merge.Commit,
                ["repository"] = new JsonObject { ["full_name"] = app.Repository, ["id"] = app.RepositoryId },
                ["pusher"] = new JsonObject { ["name"] = Author.GitHub },
            };
            return await ActionProgram.RunAsync(variables, payload, stop.Token);
        }
        finally
        {
            issuer.EndRun(request);
        }
    }
}
