using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.Action.World;

namespace Devflow.ChatOps.Tests.Action.Program;

/// <summary>Many workflows release at the same moment, each in a process of its own.</summary>
public sealed class CrowdTests
{
    private const int Actions = 20;

    [Fact]
    public async Task Twenty_at_once_on_one_branch_make_twenty_commits()
    {
        await using var world = await ActionWorld.StartAsync();
        world.Repository.Commit(
            "main",
            "Apps",
            Enumerable
                .Range(0, Actions)
                .Select(app => KeyValuePair.Create(PathOf(app), (string?)$"image: registry.example.com/{app}:v1\n"))
        );
        // Nobody's commit is taken before everybody has read the same head.
        var (ready, arrived) = (new TaskCompletionSource(), 0);
        world.GitHub.Faults = call =>
        {
            if (!call.MovesBranch || ready.Task.IsCompleted)
            {
                return null;
            }

            if (Interlocked.Increment(ref arrived) == Actions)
            {
                ready.TrySetResult();
            }

            return new GitHubFault.Hold(ready.Task);
        };

        var variables = Enumerable
            .Range(0, Actions)
            .Select(app =>
                world.Variables(("app", $"app-{app}"), ("image", $"registry.example.com/{app}"), ("files", PathOf(app)))
            )
            .ToList();
        var ends = await Task.WhenAll(variables.Select(its => world.RunAsync(its)));

        ends.ShouldAllBe(end => end.ExitCode == 0 && end.Outputs["decision"] == "committed");
        ends.Select(end => end.Outputs["commit-sha"])
            .ShouldBe(
                world.Repository.Git.Log(world.Repository.Git.Head("main")!, null).Take(Actions),
                ignoreOrder: true
            );
        world.Repository.Log("main").Count.ShouldBe(Actions + 2);
        for (var app = 0; app < Actions; app++)
        {
            world.Read(PathOf(app)).ShouldBe($"image: registry.example.com/{app}:v2\n");
        }
    }

    private static string PathOf(int app) => $"apps/{app}/values.yaml";
}
