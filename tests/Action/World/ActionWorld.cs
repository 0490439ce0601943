using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.Action.Runner;

namespace Devflow.ChatOps.Tests.Action.World;

/// <summary>How a run of the Action ended.</summary>
internal sealed record ActionEnd(int ExitCode, string Log, IReadOnlyDictionary<string, string> Outputs, string Summary)
{
    public JsonObject Result => JsonNode.Parse(Outputs["result"])!.AsObject();

    /// <summary>The commands that the runner reads out of the log.</summary>
    public IReadOnlyList<(string Name, string Text)> Commands => RunnerReading.Commands(Log);

    /// <summary>Annotations of this kind.</summary>
    public IReadOnlyList<string> Annotations(string kind) =>
        [.. Commands.Where(command => command.Name == kind).Select(command => command.Text)];
}

/// <summary>A GitHub with a GitOps repository, and a folder for what the runner hands over in files.</summary>
internal sealed class ActionWorld : IAsyncDisposable
{
    public const string Kustomization = "apps/my-app/production/kustomization.yaml";

    public const string Before =
        "# Who runs what\nresources: [../base]\nimages:\n  - name: registry.example.com/my-app # ours\n    newTag: v1\n";

    private static readonly TimeSpan limit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devflow-action-");
    private readonly CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken
    );
    private int runs;

    private ActionWorld() => over.CancelAfter(limit);

    public GitHubApi GitHub { get; private set; } = null!;

    public GitHubRepository Repository { get; private set; } = null!;

    /// <summary>A token that may write the repository.</summary>
    public string Token { get; } = "ghs_" + RandomNumberGenerator.GetHexString(36, lowercase: true);

    /// <summary>Ends what takes too long.</summary>
    public CancellationToken Stop => over.Token;

    public string Folder => folder.FullName;

    public static async Task<ActionWorld> StartAsync()
    {
        var world = new ActionWorld();
        var gitHub = new GitHubWorld(TimeProvider.System);
        world.Repository = gitHub.AddRepository("acme/gitops");
        world.Repository.Commit("main", "Begin", [KeyValuePair.Create<string, string?>(Kustomization, Before)]);
        gitHub.AddToken(new GitHubToken(world.Token, "devflow[bot]"));
        world.GitHub = await GitHubApi.StartAsync(gitHub, cancellation: world.Stop);
        return world;
    }

    /// <summary>The environment of a run with these inputs.</summary>
    public Dictionary<string, string> Variables(params (string Input, string Value)[] inputs)
    {
        var run = Directory.CreateDirectory(Path.Combine(Folder, $"run-{++runs}")).FullName;
        var variables = RunVariables.Of([("token", Token), ("files", "apps"), .. inputs]);
        variables["GITHUB_API_URL"] = GitHub.Address.ToString().TrimEnd('/');
        variables["GITHUB_GRAPHQL_URL"] = GitHub.GraphQlAddress.ToString();
        foreach (var (name, file) in new[] { ("GITHUB_OUTPUT", "output"), ("GITHUB_STEP_SUMMARY", "summary") })
        {
            variables[name] = Path.Combine(run, file);
            // The runner makes them before the step begins.
            File.WriteAllText(variables[name], "");
        }

        variables["GITHUB_EVENT_PATH"] = Path.Combine(run, "event.json");
        File.WriteAllText(variables["GITHUB_EVENT_PATH"], """{"ref":"refs/heads/main","after":"x"}""");
        return variables;
    }

    /// <summary>Runs the Action with these inputs beside the usual ones.</summary>
    public Task<ActionEnd> RunAsync(params (string Input, string Value)[] inputs) => RunAsync(Variables(inputs));

    public async Task<ActionEnd> RunAsync(Dictionary<string, string> variables, params string[] wrapper)
    {
        await using var process = ActionProcess.Start(variables, wrapper);
        return await EndAsync(process, variables);
    }

    /// <summary>Waits for the end, and reads what it left.</summary>
    public async Task<ActionEnd> EndAsync(ActionProcess process, Dictionary<string, string> variables)
    {
        var exit = await process.WhenExitedAsync(Stop);
        return new ActionEnd(
            exit,
            process.Log,
            RunnerReading.Outputs(await File.ReadAllTextAsync(variables["GITHUB_OUTPUT"], Stop)),
            await File.ReadAllTextAsync(variables["GITHUB_STEP_SUMMARY"], Stop)
        );
    }

    public string? Read(string path = Kustomization, string branch = "main") => Repository.Read(branch, path);

    public async ValueTask DisposeAsync()
    {
        await GitHub.DisposeAsync();
        over.Dispose();
        folder.Delete(recursive: true);
    }
}
