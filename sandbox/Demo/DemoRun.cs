using System.Diagnostics;
using System.Globalization;
using Devflow.ChatOps.Sandbox.World;

namespace Devflow.ChatOps.Sandbox.Demo;

/// <summary>The demo as a process: a world of its own in a temporary folder, on free ports, which is gone afterwards.</summary>
internal static class DemoRun
{
    /// <summary>0 when everything went as it must, 1 with the reason when not.</summary>
    public static async Task<int> RunAsync(SandboxArguments.Demo arguments)
    {
        var data = Directory.CreateTempSubdirectory("devflow-demo-");
        try
        {
            var watch = Stopwatch.StartNew();
            Console.WriteLine(
                "A release from merge to rollback, with the real service between stand-ins of Slack and Kubernetes."
            );
            await PlayAsync(data.FullName, arguments.Verbose);
            Console.WriteLine();
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"All as expected, in {watch.Elapsed.TotalSeconds:0.0} s.")
            );
            return 0;
        }
        catch (Exception fault) when (fault is DemoSurprise or SandboxCannotStartException)
        {
            await Console.Error.WriteLineAsync($"\nThe demo failed. {fault.Message}");
            return 1;
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task PlayAsync(string data, bool isVerbose)
    {
        using var folder = new SandboxFolder(data);
        await using var world = await SandboxWorld.StartAsync(
            folder,
            SandboxPace.ForDemo,
            isVerbose,
            CancellationToken.None
        );
        await using var narrator = new DemoNarrator(world, Console.Out);
        using var watch = new DemoWatch(world);
        await new DemoScript(new DemoStage(world, narrator, watch), narrator).PlayAsync();
    }
}
