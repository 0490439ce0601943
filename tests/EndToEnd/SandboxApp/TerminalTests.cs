using System.Diagnostics;

namespace Devflow.ChatOps.Tests.EndToEnd.SandboxApp;

/// <summary>The commands for a terminal that the page shows, pasted as they are.</summary>
[Collection(OneAtATime.Name)]
public sealed class TerminalTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_commands_of_the_page_work_and_a_promote_behind_Devflows_back_is_told_on_the_card()
    {
        Assert.SkipUnless(IsInstalled("kubectl") && IsInstalled("sh"), "kubectl is not installed here.");
        using var data = new DataFolder();
        await using var sandbox = await SandboxProcess.RunAsync(data.Path);
        using var page = new PageClient(sandbox.Page);
        var start = await page.UntilAsync(view => view is { IsSettled: true, Live: "1.0.0" });
        var lines = start.Json["commands"]!.AsArray().Select(command => (string)command!["line"]!).ToList();
        var (export, watch, promote) = (lines[0], lines[1], lines[2]);

        using var watching = Start($"{export}; exec {watch}");
        var first = await watching.StandardOutput.ReadLineAsync(Stop);
        first!.ShouldStartWith("NAMESPACE");
        await page.MergeAsync("good");
        await page.UntilAsync(view => view.Release == "awaiting approval");
        using var promoting = Start($"{export}; {promote}");
        await promoting.WaitForExitAsync(Stop);
        promoting.ExitCode.ShouldBe(0, await promoting.StandardError.ReadToEndAsync(Stop));

        var live = await page.UntilAsync(view =>
            view is { IsSettled: true, Live: "2.0.0" } && view.Says("2.0.0 went live without approval")
        );
        live.Says("⚠️ my-app · production · 2.0.0 · live").ShouldBeTrue();
        watching.Kill();
        var seen = await watching.StandardOutput.ReadToEndAsync(Stop);
        // Desired, current, up to date, available: the preview stood beside the live version.
        seen.Split('\n')
            .ShouldContain(line => Columns(line).SequenceEqual(new[] { "production", "my-app", "2", "4", "2" }));
    }

    private static IEnumerable<string> Columns(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(5);

    private static Process Start(string script)
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        return Process.Start(start)!;
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
