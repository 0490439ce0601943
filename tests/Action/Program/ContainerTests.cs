using System.Diagnostics;
using Devflow.ChatOps.Tests.Action.World;

namespace Devflow.ChatOps.Tests.Action.Program;

/// <summary>How the container runs it: a read-only root, and signals.</summary>
public sealed class ContainerTests : IAsyncLifetime
{
    private ActionWorld world = null!;

    public async ValueTask InitializeAsync() => world = await ActionWorld.StartAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    /// <summary>Only the folder of the runner's files can be written; the rest of the machine cannot, to this process.</summary>
    [Fact]
    public async Task It_works_on_a_read_only_root()
    {
        if (!await MayUnshareAsync())
        {
            Assert.Skip("This user may not make mount namespaces.");
        }

        const string script =
            "mount --make-rprivate / && mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind / "
            + "&& ! touch /tmp/devflow-read-only 2>/dev/null && exec \"$@\"";
        var variables = world.Variables();
        variables["HOME"] = "/nowhere";
        // A shell drops variables with hyphens in their names; env sets them again behind it.
        string[] again = [.. variables.Select(variable => $"{variable.Key}={variable.Value}")];
        var end = await world.RunAsync(
            variables,
            ["unshare", "--mount", "sh", "-c", script, world.Folder, "env", .. again]
        );
        end.ExitCode.ShouldBe(0, end.Log);
        end.Outputs["decision"].ShouldBe("committed");
        end.Summary.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task It_writes_no_file_but_those_that_the_runner_names()
    {
        var variables = world.Variables();
        variables["HOME"] = Directory.CreateDirectory(Path.Combine(world.Folder, "home")).FullName;
        variables["TMPDIR"] = Directory.CreateDirectory(Path.Combine(world.Folder, "tmp")).FullName;
        var before = Files();
        (await world.RunAsync(variables)).ExitCode.ShouldBe(0);
        Files().ShouldBe(before);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_cancelled_run_says_where_it_stands(string signal)
    {
        var held = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        world.GitHub.Faults = _ =>
        {
            asked.TrySetResult();
            return new Sandbox.GitHub.GitHubFault.Hold(held.Task);
        };
        var variables = world.Variables();
        await using var process = ActionProcess.Start(variables);
        await asked.Task.WaitAsync(world.Stop);
        await process.InterruptAsync(signal);
        var end = await world.EndAsync(process, variables);
        held.SetResult();
        end.ExitCode.ShouldBe(130, end.Log);
        (end.Outputs["reason-code"], end.Outputs["decision"]).ShouldBe(("cancelled", "failed"));
        end.Annotations("error").ShouldHaveSingleItem().ShouldContain("whether the commit is there");
    }

    private string[] Files() =>
        [.. Directory.EnumerateFileSystemEntries(world.Folder, "*", SearchOption.AllDirectories).Order()];

    private static async Task<bool> MayUnshareAsync()
    {
        if (!File.Exists("/usr/bin/unshare"))
        {
            return false;
        }

        var start = new ProcessStartInfo("/usr/bin/unshare", ["--mount", "mount", "--make-rprivate", "/"])
        {
            RedirectStandardError = true,
        };
        using var probe = Process.Start(start)!;
        await probe.WaitForExitAsync();
        return probe.ExitCode == 0;
    }
}
