using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.World;

namespace Devflow.ChatOps.Bench;

/// <summary>
/// The Action's whole run, from the start of a cold process to its end: one file of one image, committed. The requests are
/// counted by the GitHub stand-in, which answers from memory. The peer takes its turn in each round.
/// </summary>
internal static class ActionRuns
{
    private const string Repository = "acme/gitops";
    private const string File = "apps/my-app/values.yaml";

    public static async Task RunAsync(Options options)
    {
        var world = new GitHubWorld(TimeProvider.System);
        var repository = world.AddRepository(Repository);
        var token = world.AddToken(new GitHubToken("ghs_bench", "bench[bot]"));
        repository.Commit("main", "Begin", Others());
        await using var gitHub = await GitHubApi.StartAsync(world);
        var run = new Round(gitHub, repository, token.Value, options.Action ?? ActionProgram.Executable);

        Kind[] kinds =
        [
            new("action: GraphQL, the file named", [("files", File)], HasGraphQl: true),
            new("action: GraphQL, searched for", [], HasGraphQl: true),
            new("action: REST, the file named", [("files", File)], HasGraphQl: false),
        ];
        for (var round = 0; round < (options.Count ?? 10); round++)
        {
            foreach (var kind in kinds)
            {
                await run.ActionAsync(kind);
            }

            if (options.Peer is { } command)
            {
                await run.PeerAsync(command);
            }
        }

        run.Print();
    }

    // So that a search has something to look through.
    private static IEnumerable<KeyValuePair<string, string?>> Others() =>
        Enumerable
            .Range(0, 20)
            .Select(app => new KeyValuePair<string, string?>($"apps/app-{app}/values.yaml", Values($"app-{app}", "1")));

    private static string Values(string app, string tag) =>
        $"# Who runs what\nimage:\n  repository: \"registry.example.com/{app}\" # ours\n  tag: \"{tag}\"\nreplicas: 2\n";

    private sealed record Kind(string Name, (string Input, string Value)[] Inputs, bool HasGraphQl);

    private sealed class Round(GitHubApi gitHub, GitHubRepository repository, string token, string executable)
    {
        private readonly Dictionary<string, (Figures Elapsed, SortedSet<int> Requests)> figures = [];
        private int runs;

        public async Task ActionAsync(Kind kind)
        {
            gitHub.HasGraphQl = kind.HasGraphQl;
            var tag = Begin();
            var variables = Variables(tag);
            foreach (var (input, value) in kind.Inputs)
            {
                variables[$"INPUT_{input.ToUpperInvariant()}"] = value;
            }

            var began = Stopwatch.GetTimestamp();
            var end = await ActionProgram.RunAsync(variables, [], CancellationToken.None, executable);
            Finish(kind.Name, began, tag, end.Log);
        }

        public async Task PeerAsync(string command)
        {
            gitHub.HasGraphQl = true;
            var tag = Begin();
            var parts = command.Split(' ');
            // It changes a checkout, which a step before it has made; that one is not counted.
            var checkout = Directory.CreateTempSubdirectory("devflow-bench-");
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(checkout.FullName, File))!);
            await System.IO.File.WriteAllTextAsync(Path.Combine(checkout.FullName, File), Values("my-app", "1"));
            var start = new ProcessStartInfo(parts[0], parts[1..])
            {
                WorkingDirectory = checkout.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var (name, value) in PeerVariables(tag))
            {
                start.Environment[name] = value;
            }

            var began = Stopwatch.GetTimestamp();
            using var process = Process.Start(start)!;
            var said = process.StandardOutput.ReadToEndAsync();
            var complained = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Finish("action: the peer", began, tag, await said + complained);
            checkout.Delete(recursive: true);
        }

        public void Print()
        {
            foreach (var (name, (elapsed, requests)) in figures)
            {
                elapsed.Print(name);
                Figures.Line("  requests", string.Join(", ", requests));
            }
        }

        /// <summary>The file as it was before every release, but for the tag, which is another one each time.</summary>
        private string Begin()
        {
            var tag = string.Create(CultureInfo.InvariantCulture, $"{++runs + 1}");
            repository.Commit("main", "Back", [new(File, Values("my-app", "1"))]);
            gitHub.Log.Clear();
            return tag;
        }

        private void Finish(string name, long began, string tag, string log)
        {
            var elapsed = Stopwatch.GetElapsedTime(began);
            // A peer may drop comments and change quotes; the tag it must write.
            var written = repository.Read("main", File)!.Replace("\"", "").Replace("'", "");
            if (!written.Contains($"tag: {tag}\n", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"{name} did not write the tag:\n{log}");
            }

            if (!figures.TryGetValue(name, out var known))
            {
                known = (new Figures(), []);
                figures[name] = known;
            }

            known.Elapsed.Add(elapsed);
            known.Requests.Add(gitHub.Log.Calls.Count);
        }

        private Dictionary<string, string> Variables(string tag) =>
            new()
            {
                ["GITHUB_ACTIONS"] = "true",
                ["GITHUB_REPOSITORY"] = "acme/my-app",
                ["GITHUB_REPOSITORY_ID"] = "101",
                ["GITHUB_RUN_ID"] = tag,
                ["GITHUB_RUN_NUMBER"] = tag,
                ["GITHUB_RUN_ATTEMPT"] = "1",
                ["GITHUB_WORKFLOW_REF"] = "acme/my-app/.github/workflows/release.yml@refs/heads/main",
                ["GITHUB_ACTOR"] = "alice",
                ["GITHUB_SHA"] = new string('a', 40),
                ["GITHUB_API_URL"] = gitHub.Address.ToString().TrimEnd('/'),
                ["GITHUB_GRAPHQL_URL"] = gitHub.GraphQlAddress.ToString(),
                ["INPUT_APP"] = "my-app",
                ["INPUT_ENVIRONMENT"] = "production",
                ["INPUT_IMAGE"] = "registry.example.com/my-app",
                ["INPUT_TAG"] = tag,
                ["INPUT_GITOPS-REPOSITORY"] = Repository,
                ["INPUT_TOKEN"] = token,
            };

        /// <summary>What the runner makes of the inputs of yaml-update-action 0.16, defaults included.</summary>
        private Dictionary<string, string> PeerVariables(string tag) =>
            new(Variables(tag))
            {
                ["INPUT_GITHUBAPI"] = gitHub.Address.ToString().TrimEnd('/'),
                ["INPUT_REPOSITORY"] = Repository,
                ["INPUT_BRANCH"] = "main",
                ["INPUT_MASTERBRANCHNAME"] = "main",
                ["INPUT_TARGETBRANCH"] = "main",
                ["INPUT_VALUEFILE"] = File,
                ["INPUT_PROPERTYPATH"] = "image.tag",
                ["INPUT_VALUE"] = tag,
                ["INPUT_METHOD"] = "update",
                ["INPUT_MESSAGE"] = "Release",
                ["INPUT_WORKDIR"] = ".",
                ["INPUT_QUOTINGTYPE"] = "\"",
                ["INPUT_COMMITCHANGE"] = "true",
                ["INPUT_UPDATEFILE"] = "false",
                ["INPUT_CREATEPR"] = "false",
                ["INPUT_FORCE"] = "false",
                ["INPUT_NOCOMPATMODE"] = "false",
                ["INPUT_COMMITUSERNAME"] = "bench",
                ["INPUT_COMMITUSEREMAIL"] = "bench@example.com",
            };
    }
}
