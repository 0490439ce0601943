using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.EndToEnd.SandboxApp;

/// <summary>A merge on the page goes through the built Action into Git, and from there into the cluster.</summary>
[Collection(OneAtATime.Name)]
public sealed class MergeTests
{
    private const string Bob = "U02BOB";
    private const string Manifest = "apps/my-app/production/rollout.yaml";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_merge_is_a_commit_of_the_Action_and_a_Job_that_knows_its_author_also_after_a_restart()
    {
        using var data = new DataFolder();
        string before;
        await using (var first = await SandboxProcess.RunAsync(data.Path))
        {
            using var page = await StartedAsync(first);
            before = GitOps(data).Read("main", Manifest)!;
            await page.MergeAsync("good");
            var view = await page.UntilAsync(now =>
                now.Says("2.0.0 · waiting for approval") && now.Says("by bob") && now.KnowsWhoMadeIt
            );

            var commit = GitOps(data).Log("main")[0];
            var source = Repository(data, "my-app").Git.Head("main")!;
            commit.Message.ShouldStartWith("my-app (production): 1.0.0 -> 2.0.0\n");
            commit.Message.ShouldContain("\nDevflow-Run: 101/.github/workflows/release.yml/1/1\n");
            commit.Message.ShouldContain($"\nSource-Commit: {source}");
            GitOps(data).Read("main", Manifest).ShouldBe(before.Replace("my-app:1.0.0", "my-app:2.0.0"));
            view.Says(GitOps(data).Git.Head("main")![..7]).ShouldBeTrue(view.All);
            view.Says(source[..7]).ShouldBeTrue(view.All);
            view.Count("<h3").ShouldBe(1);

            await page.TypeAsync("/promote my-app", Bob);
            await page.UntilAsync(now => now.Says("You asked for this release"), Bob);
            await page.TypeAsync("/promote my-app");
            await page.UntilAsync(now => now is { IsSettled: true, Live: "2.0.0", Release: "succeeded" });
            await first.KillAsync();
        }

        await using var second = await SandboxProcess.RunAsync(data.Path);
        using var again = new PageClient(second.Page);
        await again.MergeAsync("good");
        await again.UntilAsync(now => now.Says("3.0.0 · waiting for approval"));
        var commits = GitOps(data).Log("main");
        commits.Count.ShouldBe(3);
        commits[0].Message.ShouldContain("\nDevflow-Run: 101/.github/workflows/release.yml/2/1\n");
        GitOps(data).Read("main", Manifest).ShouldBe(before.Replace("my-app:1.0.0", "my-app:3.0.0"));
    }

    [Fact]
    public async Task An_Action_that_fails_is_told_on_the_page_and_in_the_terminal_and_the_next_merge_works()
    {
        using var data = new DataFolder();
        await using var sandbox = await SandboxProcess.RunAsync(data.Path);
        using var page = await StartedAsync(sandbox);
        var whole = GitOps(data).Read("main", Manifest)!;
        Commit(data, whole + "spec: [\n");
        await page.UntilAsync(view => view.ArgoCd.StartsWith("Unknown", StringComparison.Ordinal));

        using var answer = await page.Http.PostAsJsonAsync(
            "act/merge",
            new JsonObject { ["app"] = "my-app", ["kind"] = "good" },
            Stop
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var error = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["error"]!;
        error.ShouldStartWith("The Action could not release my-app 2.0.0 (exit code 1): ");
        await sandbox.UntilPrintedAsync(error);
        await sandbox.UntilPrintedAsync($"::error title=Devflow,file={Manifest},line=");
        (await page.NowAsync()).Asked.ShouldBe("1.0.0");

        Commit(data, whole);
        await page.MergeAsync("good");
        await page.UntilAsync(view => view.Says("3.0.0 · waiting for approval"));
    }

    [Fact]
    public async Task What_somebody_pushes_is_synced_too()
    {
        Assert.SkipUnless(IsInstalled("git"), "git is not installed here.");
        using var data = new DataFolder();
        await using var sandbox = await SandboxProcess.RunAsync(data.Path);
        using var page = await StartedAsync(sandbox);
        await page.MergeAsync("good");
        await page.UntilAsync(view => view.Release == "awaiting approval" && view.KnowsWhoMadeIt);
        await page.TypeAsync("/promote my-app");
        await page.UntilAsync(view => view is { IsSettled: true, Live: "2.0.0" });

        var clone = data.File("clone");
        await GitAsync(data.Path, "clone", "--quiet", data.File("git/gitops.git"), clone);
        var file = Path.Combine(clone, Manifest);
        await File.WriteAllTextAsync(
            file,
            (await File.ReadAllTextAsync(file, Stop)).Replace("my-app:2.0.0", "my-app:2.0.1"),
            Stop
        );
        await GitAsync(clone, "-c", "user.name=carol", "-c", "user.email=c@example.com", "commit", "-qam", "By hand");
        await GitAsync(clone, "push", "--quiet", "origin", "HEAD:main");
        await page.UntilAsync(view =>
            view.Says("2.0.1 · waiting for approval") && view.Says("nobody had announced it")
        );
        await GitAsync(data.Path, "--git-dir", data.File("git/gitops.git"), "fsck", "--strict");
    }

    private static async Task<PageClient> StartedAsync(SandboxProcess sandbox)
    {
        var page = new PageClient(sandbox.Page);
        await page.UntilAsync(view => view is { IsSettled: true, Live: "1.0.0" });
        return page;
    }

    private static GitHubRepository GitOps(DataFolder data) => Repository(data, "gitops");

    // The folder is all that there is: whoever opens it sees what the sandbox sees.
    private static GitHubRepository Repository(DataFolder data, string name) =>
        new GitHubWorld(TimeProvider.System).AddRepository($"acme/{name}", data.File($"git/{name}.git"));

    private static void Commit(DataFolder data, string manifest) =>
        GitOps(data).Commit("main", "By hand", [new KeyValuePair<string, string?>(Manifest, manifest)]);

    private static async Task GitAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardError = true };
        using var git = Process.Start(start)!;
        var said = await git.StandardError.ReadToEndAsync(Stop);
        await git.WaitForExitAsync(Stop);
        git.ExitCode.ShouldBe(0, said);
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
