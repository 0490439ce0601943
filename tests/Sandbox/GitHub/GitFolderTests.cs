using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

/// <summary>A repository on disk is one that Git itself reads.</summary>
public sealed class GitFolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("github-").FullName;

    [Fact]
    public async Task Git_checks_clones_and_logs_what_was_committed_over_HTTP()
    {
        var bare = Path.Combine(folder, "gitops.git");
        await using (var gitHub = await GitHubUnderTest.StartAsync(bare))
        {
            gitHub.Repository.Commit("main", "Run it", [new("dir-x/run.sh", "#!/bin/sh\n")], "100755");
            gitHub.Repository.Commit("main", "Größer", [new("dir.yaml", "ä: 1\n"), new("a.yaml", null)]);
            await gitHub.RestAsync(
                HttpMethod.Post,
                "/git/refs",
                new JsonObject { ["ref"] = "refs/heads/devflow/shop/production", ["sha"] = gitHub.Head }
            );

            await GitAsync("--git-dir", bare, "fsck", "--strict");
            (await GitAsync("--git-dir", bare, "log", "--format=%s", "main")).ShouldBe("Größer\nRun it\nBegin\n");
            (await GitAsync("--git-dir", bare, "rev-parse", "devflow/shop/production")).Trim().ShouldBe(gitHub.Head);
            var clone = Path.Combine(folder, "clone");
            await GitAsync("clone", "--quiet", bare, clone);
            (await GitAsync("-C", clone, "ls-files", "--stage", "--", "dir-x")).ShouldStartWith("100755 ");
            (
                await File.ReadAllTextAsync(Path.Combine(clone, "dir.yaml"), TestContext.Current.CancellationToken)
            ).ShouldBe("ä: 1\n");
            File.Exists(Path.Combine(clone, "a.yaml")).ShouldBeFalse();
        }

        // Whoever opens it again finds it as it was, and goes on.
        await using var again = await GitHubUnderTest.StartAsync(bare);
        again.Repository.Log("main").Count.ShouldBe(4);
        await GitAsync("--git-dir", bare, "fsck", "--strict");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task<string> GitAsync(params string[] arguments)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        if (!path.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "git"))))
        {
            Assert.Skip("git is not installed here");
        }

        var start = new ProcessStartInfo("git", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["GIT_CONFIG_NOSYSTEM"] = "1", ["GIT_CONFIG_GLOBAL"] = "/dev/null" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, $"git {string.Join(' ', arguments)}: {await errors}");
        return await output;
    }
}
