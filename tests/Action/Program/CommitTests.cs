using System.Text.Json.Nodes;
using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.Action.World;

namespace Devflow.ChatOps.Tests.Action.Program;

/// <summary>The built program, started as the runner starts it, writes Git; each outcome has its outputs and exit code.</summary>
public sealed class CommitTests : IAsyncLifetime
{
    private ActionWorld world = null!;

    public async ValueTask InitializeAsync() => world = await ActionWorld.StartAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task The_new_tag_is_committed_and_told()
    {
        var end = await world.RunAsync(("digest", RunVariables.Digest));
        end.ExitCode.ShouldBe(0, end.Log);
        world
            .Read()
            .ShouldBe(
                "# Who runs what\nresources: [../base]\nimages:\n  - name: registry.example.com/my-app # ours\n    newTag: v2\n"
                    + $"    digest: {RunVariables.Digest}\n"
            );
        var head = world.Repository.Git.Head("main")!;
        end.Outputs.Keys.ShouldBe(ActionOutputs.All.Select(output => output.Name));
        end.Outputs["changed"].ShouldBe("true");
        end.Outputs["commit-sha"].ShouldBe(head);
        end.Outputs["decision"].ShouldBe("committed");
        end.Outputs["reason-code"].ShouldBe("");
        end.Outputs["pull-request"].ShouldBe("");
        var message = world.Repository.Log("main")[0].Message;
        message.ShouldContain("Devflow-Run: 123456/.github/workflows/release.yml/42/1");
        message.ShouldContain($"Source-Commit: {RunVariables.Source}");
        end.Summary.ShouldContain("-    newTag: v1\n+    newTag: v2\n");
        end.Summary.ShouldContain($"[{head[..7]}](https://github.com/acme/gitops/commit/{head})");
        end.Summary.ShouldContain(
            $"| Source | [{RunVariables.Source[..7]}](https://github.com/acme/my-app/commit/{RunVariables.Source}) |"
        );
        end.Log.ShouldContain("@@ -2,4 +2,5 @@");
        end.Annotations("error").ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_to_change_is_success_with_the_head()
    {
        var end = await world.RunAsync(("tag", "v1"));
        end.ExitCode.ShouldBe(0, end.Log);
        end.Outputs["changed"].ShouldBe("false");
        end.Outputs["decision"].ShouldBe("unchanged");
        end.Outputs["commit-sha"].ShouldBe(world.Repository.Git.Head("main"));
        world.Repository.Log("main").Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_dry_run_prints_the_change_and_writes_nothing()
    {
        var end = await world.RunAsync(("dry-run", "true"), ("devflow-url", "https://devflow.example.com"));
        end.ExitCode.ShouldBe(0, end.Log);
        end.Log.ShouldContain(
            string.Join(
                '\n',
                $"--- a/{ActionWorld.Kustomization}",
                $"+++ b/{ActionWorld.Kustomization}",
                "@@ -2,4 +2,4 @@",
                " resources: [../base]",
                " images:",
                "   - name: registry.example.com/my-app # ours",
                "-    newTag: v1",
                "+    newTag: v2"
            )
        );
        (end.Outputs["decision"], end.Outputs["changed"], end.Outputs["commit-sha"]).ShouldBe(("planned", "false", ""));
        world.Read().ShouldBe(ActionWorld.Before);
    }

    [Fact]
    public async Task A_pull_request_is_opened_and_the_branch_stays()
    {
        var end = await world.RunAsync(("mode", "pull-request"));
        end.ExitCode.ShouldBe(0, end.Log);
        end.Outputs["decision"].ShouldBe("pull_request");
        end.Outputs["changed"].ShouldBe("true");
        end.Outputs["pull-request"].ShouldNotBeEmpty();
        end.Result["pullRequest"]!["number"]!.GetValue<int>().ToString().ShouldBe(end.Outputs["pull-request"]);
        world.Read().ShouldBe(ActionWorld.Before);
    }

    [Fact]
    public async Task An_image_that_nobody_names_is_an_error_that_says_what_was_found()
    {
        var end = await world.RunAsync(("image", "registry.example.com/other"));
        end.ExitCode.ShouldBe(1, end.Log);
        end.Outputs["decision"].ShouldBe("failed");
        end.Outputs["reason-code"].ShouldBe("image_not_found");
        end.Annotations("error").ShouldContain(text => text.Contains("registry.example.com/my-app"));
    }

    [Fact]
    public async Task Malformed_YAML_is_an_annotation_at_its_place()
    {
        world.Repository.Commit(
            "main",
            "Break",
            [KeyValuePair.Create<string, string?>(ActionWorld.Kustomization, "images:\n  - name: [x\n")]
        );
        var end = await world.RunAsync(("files", ActionWorld.Kustomization));
        end.ExitCode.ShouldBe(1, end.Log);
        end.Outputs["reason-code"].ShouldBe("malformed_yaml");
        end.Log.ShouldContain($"::error title=Devflow,file={ActionWorld.Kustomization},line=");
        end.Result["faults"]![0]!["line"]!.GetValue<int>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_newer_run_was_here_and_that_is_a_notice_or_a_failure()
    {
        var newer = world.Variables(("tag", "v3"));
        newer["GITHUB_RUN_NUMBER"] = "43";
        (await world.RunAsync(newer)).ExitCode.ShouldBe(0);
        var end = await world.RunAsync();
        end.ExitCode.ShouldBe(0, end.Log);
        (end.Outputs["decision"], end.Outputs["reason-code"], end.Outputs["changed"]).ShouldBe(
            ("superseded", "superseded", "false")
        );
        end.Annotations("notice").ShouldHaveSingleItem().ShouldContain("run 43");

        var strict = await world.RunAsync(("fail-on-superseded", "true"));
        strict.ExitCode.ShouldBe(4, strict.Log);
        strict.Annotations("error").ShouldHaveSingleItem();
        world.Read()!.ShouldContain("newTag: v3");
    }

    [Fact]
    public async Task What_was_rolled_back_is_refused_unless_it_is_forced()
    {
        world.Repository.Commit(
            "main",
            "Back\n\nDevflow-App: my-app\nDevflow-Environment: production\nDevflow-Rolled-Back: registry.example.com/my-app:v2",
            [KeyValuePair.Create<string, string?>(ActionWorld.Kustomization, ActionWorld.Before + "# back\n")]
        );
        var end = await world.RunAsync();
        end.ExitCode.ShouldBe(3, end.Log);
        (end.Outputs["decision"], end.Outputs["reason-code"]).ShouldBe(("refused", "rolled_back"));
        end.Annotations("error").ShouldHaveSingleItem();

        var forced = await world.RunAsync(("force", "true"), ("force-reason", "It was the database"));
        forced.ExitCode.ShouldBe(0, forced.Log);
        world.Repository.Log("main")[0].Message.ShouldContain("It was the database");
    }

    [Fact]
    public async Task Faults_of_the_inputs_come_all_at_once_and_nothing_is_asked_of_GitHub()
    {
        var end = await world.RunAsync(("app", ""), ("timeout", "soon"), ("mode", "push"));
        end.ExitCode.ShouldBe(2, end.Log);
        end.Annotations("error").Count.ShouldBe(4);
        end.Outputs["reason-code"].ShouldBe("bad_inputs");
        end.Result["faults"]!
            .AsArray()
            .Select(fault => (string?)fault!["input"])
            .ShouldBe(["app", "mode", "timeout"], ignoreOrder: true);
        world.GitHub.Log.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Faults_of_GitHub_have_their_codes()
    {
        world.Repository.Protections["main"] = GitHubProtection.RequiresPullRequest();
        await FailsAsync("protected_branch");
        world.Repository.Protections.Clear();
        await FailsAsync("bad_credentials", ("token", "nobody-knows-this"));
        await FailsAsync("repository_not_found", ("gitops-repository", "acme/other"));
        await FailsAsync("branch_not_found", ("branch", "release"));
        await FailsAsync("file_not_found", ("files", "apps/none.yaml"));
    }

    [Fact]
    public async Task Without_GraphQL_it_is_the_same()
    {
        world.GitHub.HasGraphQl = false;
        var end = await world.RunAsync();
        end.ExitCode.ShouldBe(0, end.Log);
        world.Read()!.ShouldContain("newTag: v2");
        end.Outputs["commit-sha"].ShouldBe(world.Repository.Git.Head("main"));
    }

    [Fact]
    public async Task Where_the_runner_says_that_there_is_no_GraphQL_nobody_asks_for_it()
    {
        var variables = world.Variables(("files", ActionWorld.Kustomization));
        variables["GITHUB_GRAPHQL_URL"] = "";
        var end = await world.RunAsync(variables);
        end.ExitCode.ShouldBe(0, end.Log);
        world.GitHub.Log.Calls.ShouldNotContain(call => call.IsGraphQl);
        world.GitHub.Log.Calls.Count.ShouldBe(7, string.Join('\n', world.GitHub.Log.Calls));
    }

    [Theory]
    [InlineData("GITHUB_OUTPUT")]
    [InlineData("GITHUB_STEP_SUMMARY")]
    public async Task When_the_runners_files_cannot_be_written_the_log_says_what_was_done(string file)
    {
        var variables = world.Variables();
        var (output, summary) = (variables["GITHUB_OUTPUT"], variables["GITHUB_STEP_SUMMARY"]);
        variables[file] = Path.Combine(world.Folder, "not", "there");
        await using var process = ActionProcess.Start(variables);
        (await process.WhenExitedAsync(world.Stop)).ShouldBe(70, process.Log);
        process.Log.ShouldContain("::error title=Devflow%3A internal_fault::");
        process.Log.ShouldContain($"The commit is {world.Repository.Git.Head("main")}.");
        // The other one is written all the same.
        var other = file == "GITHUB_OUTPUT" ? summary : output;
        (await File.ReadAllTextAsync(other, world.Stop)).ShouldNotBeEmpty();
    }

    private async Task FailsAsync(string code, params (string, string)[] inputs)
    {
        var end = await world.RunAsync(inputs);
        end.ExitCode.ShouldBe(1, end.Log);
        end.Outputs["reason-code"].ShouldBe(code, end.Log);
        end.Annotations("error").ShouldNotBeEmpty();
    }
}
