using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.Functions.Explain;

/// <summary>Standard input that stays open, ends, breaks, or never ends.</summary>
public class ExplainStreamTests
{
    [Fact]
    public async Task Each_change_is_printed_while_the_watch_goes_on()
    {
        using var explain = ExplainProcess.Start("--json");
        await explain.Input.WriteAsync(Objects.PrettyEvent("ADDED", Objects.Rollout()));
        await explain.Input.FlushAsync(TestContext.Current.CancellationToken);
        (await explain.LineAsync())!.ShouldContain("\"Running\"");

        await explain.Input.WriteLineAsync(Objects.Event("MODIFIED", Objects.Paused()));
        await explain.Input.FlushAsync(TestContext.Current.CancellationToken);
        (await explain.LineAsync())!.ShouldContain("\"AwaitingApproval\"");

        var outcome = await explain.FinishAsync();
        outcome.Output.ShouldBeEmpty();
        outcome.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Plain_objects_are_explained_when_the_watch_falls_quiet()
    {
        using var explain = ExplainProcess.Start("--json");
        await explain.Input.WriteAsync(Objects.Rollout().ToJsonString());
        await explain.Input.FlushAsync(TestContext.Current.CancellationToken);
        (await explain.LineAsync())!.ShouldContain("\"Running\"");
        await explain.Input.WriteAsync(Objects.Paused().ToJsonString());
        await explain.Input.FlushAsync(TestContext.Current.CancellationToken);
        (await explain.LineAsync())!.ShouldContain("\"AwaitingApproval\"");
    }

    [Fact]
    public async Task An_event_may_arrive_in_pieces()
    {
        using var explain = ExplainProcess.Start("--json");
        var bytes = Encoding.UTF8.GetBytes(Objects.PrettyEvent("ADDED", Objects.Paused("größer-\\\"}{")));
        foreach (var piece in bytes.Chunk(37))
        {
            await explain.Input.BaseStream.WriteAsync(piece, TestContext.Current.CancellationToken);
            await explain.Input.BaseStream.FlushAsync(TestContext.Current.CancellationToken);
        }

        (await explain.LineAsync())!.ShouldContain("\"AwaitingApproval\"");
    }

    [Theory]
    [InlineData("{\"kind\": \"Rollout\",\n  \"metadata\": ]}", "stdin:2:15: ")]
    [InlineData("{\"kind\": \"Rollout\"", "stdin:1:")]
    [InlineData("{}\n\n  nonsense", "stdin:3:3: an object was expected")]
    [InlineData("{} {\"a\": \"b}\n", "stdin:1:")]
    [InlineData("[1]", "stdin:1:1: an object was expected")]
    [InlineData("[{}, {\"kind\": \"List\", \"items\": [7]}]", "stdin:1:1: ")]
    [InlineData("{\"a\": \"\\ud800\", \"kind\": \"\\ud800\"}", "stdin:1:1: text that is not Unicode")]
    [InlineData("kind: Rollout\nmetadata: {name: x\nspec: 1\n", "stdin:")]
    [InlineData("kind: Rollout\n---\nmetadata:\n\tname: x\n", "stdin:2:")]
    [InlineData("a: &a [x]\nb: *a\n", "stdin:2:4: aliases are not read")]
    [InlineData("just some words", "stdin:1:1: an object was expected")]
    public async Task Malformed_input_is_refused_in_one_line_that_says_where(string input, string begin)
    {
        var outcome = await ExplainProcess.RunAsync(input, "--json");
        outcome.Errors.ShouldStartWith(begin);
        outcome.Errors.TrimEnd('\n', '\r').ShouldNotContain('\n');
        outcome.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_understood_before_the_fault_stays_printed()
    {
        var outcome = await ExplainProcess.RunAsync(
            Objects.Event("ADDED", Objects.Paused()) + "\n{\"type\": ADDED}",
            "--json"
        );
        outcome.Lines.ShouldHaveSingleItem().ShouldContain("AwaitingApproval");
        outcome.Errors.ShouldStartWith("stdin:2:10: ");
        outcome.ExitCode.ShouldBe(1);

        var plain = await ExplainProcess.RunAsync(Objects.Paused().ToJsonString() + " oops", "--json");
        plain.Lines.ShouldHaveSingleItem().ShouldContain("AwaitingApproval");
        plain.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_and_values_nested_too_deeply_are_refused()
    {
        byte[] bad = [.. "{\"kind\": \""u8, 0xFF, 0xFE, .. "\"}"u8];
        var encoding = await ExplainProcess.RunAsync(bad, "--json");
        encoding.Errors.ShouldStartWith("stdin:1:1: text that is not UTF-8");
        encoding.ExitCode.ShouldBe(1);

        var deep = await ExplainProcess.RunAsync(new string('[', 100_000) + new string(']', 100_000), "--json");
        deep.Errors.ShouldStartWith("stdin:1:");
        deep.ExitCode.ShouldBe(1);

        var deepYaml = await ExplainProcess.RunAsync("a: " + new string('[', 5000) + new string(']', 5000), "--json");
        deepYaml.Errors.ShouldStartWith("stdin:1:");
        deepYaml.ExitCode.ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t\n")]
    [InlineData("# nothing but a comment\n---\n")]
    public async Task Empty_input_gets_a_kind_sentence(string input)
    {
        var outcome = await ExplainProcess.RunAsync(input);
        outcome.Output.ShouldBeEmpty();
        outcome.Errors.ShouldStartWith("Nothing came in.");
        outcome.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Input_without_a_Rollout_is_named()
    {
        var outcome = await ExplainProcess.RunAsync(
            Objects
                .List(
                    "List",
                    Objects.ReplicaSet("b2", 2),
                    Objects.ReplicaSet("a1", 2),
                    new JsonObject { ["kind"] = "Node" }
                )
                .ToJsonString()
        );
        outcome.Output.ShouldBeEmpty();
        outcome.Errors.ShouldBe("There is no Rollout in it. Found: Node (1), ReplicaSet (2).\n");
        outcome.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_watch_that_ended_in_an_error_says_why()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["message"] = "too old resource version",
            ["code"] = 410,
        };
        var outcome = await ExplainProcess.RunAsync(
            Objects.Event("ADDED", Objects.Paused()) + Objects.Event("ERROR", status),
            "--json"
        );
        outcome.Lines.Length.ShouldBe(1);
        outcome.Errors.ShouldContain("too old resource version");
        outcome.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_missing_file_and_a_folder_are_faults_of_one_line()
    {
        foreach (var path in new[] { Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString()), Path.GetTempPath() })
        {
            var outcome = await ExplainProcess.RunAsync("", path, "--json");
            outcome.Errors.ShouldStartWith(path);
            outcome.Errors.TrimEnd().ShouldNotContain('\n');
            outcome.ExitCode.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Arguments_that_it_does_not_know_are_refused_and_help_is_given()
    {
        (await ExplainProcess.RunAsync("", "--yaml")).ExitCode.ShouldBe(2);
        (await ExplainProcess.RunAsync("", "a", "b")).ExitCode.ShouldBe(2);
        var help = await ExplainProcess.RunAsync("", "--help");
        help.Output.ShouldContain("usage: explain [FILE|-] [--json]");
        help.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_huge_stream_is_not_kept_in_memory()
    {
        using var explain = ExplainProcess.Start("--json");
        var bulky = Objects.Paused();
        bulky["metadata"]!["annotations"]!["note"] = new string('x', 20_000);
        var begin = Objects.Event("ADDED", bulky);
        await explain.Input.WriteLineAsync(begin);
        (await explain.LineAsync())!.ShouldContain("AwaitingApproval");
        for (var i = 0; i < 10_000; i++) // 200 MB
        {
            await explain.Input.WriteLineAsync(begin);
        }

        await explain.Input.WriteLineAsync(Objects.Event("DELETED", bulky));
        await explain.Input.FlushAsync(TestContext.Current.CancellationToken);
        (await explain.LineAsync())!.ShouldContain("Cancelled");
        using var process = Process.GetProcessById(explain.Id);
        process.PeakWorkingSet64.ShouldBeLessThan(200L * 1024 * 1024);
        (await explain.FinishAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Ctrl_C_ends_it_at_once_and_keeps_what_was_printed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals");
        using var explain = ExplainProcess.Start("--json");
        await explain.Input.WriteLineAsync(Objects.Event("ADDED", Objects.Paused()));
        await explain.Input.FlushAsync(TestContext.Current.CancellationToken);
        (await explain.LineAsync())!.ShouldContain("AwaitingApproval");
        using var kill = Process.Start("kill", ["-INT", explain.Id.ToString(CultureInfo.InvariantCulture)]);
        (await explain.ExitAsync()).ShouldBe(130);
    }
}
