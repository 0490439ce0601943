using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Devflow.ChatOps.Tests.EndToEnd.SandboxApp;

/// <summary>Starting and stopping the sandbox, as a process.</summary>
[Collection(OneAtATime.Name)]
public sealed class RunTests
{
    [Fact]
    public async Task After_Ctrl_C_a_second_start_goes_on_where_the_first_one_was()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals");
        using var data = new DataFolder();
        await using (var first = await SandboxProcess.RunAsync(data.Path))
        {
            first.Printed.ShouldContain("a new world");
            first.Printed.ShouldContain($"export KUBECONFIG={data.File("kubeconfig")}");
            using var page = new PageClient(first.Page);
            await page.UntilAsync(view => view is { IsSettled: true, Live: "1.0.0" });
            await page.MergeAsync("good");
            await page.UntilAsync(view => view.Says("2.0.0 · waiting for approval"));
            (await first.InterruptAsync()).ShouldBe(0);
            first.Printed.ShouldContain("Stopped.");
        }

        await using var second = await SandboxProcess.RunAsync(data.Path);
        second.Printed.ShouldContain("going on where it was");
        using var again = new PageClient(second.Page);
        var view = await again.NowAsync();
        view.Phase.ShouldBe("Paused");
        view.Count("2.0.0 · waiting for approval").ShouldBe(1);

        // The service's store came along: it knows the Job, and promotes the very pause that it saw before.
        await again.UntilAsync(now => now.KnowsWhoMadeIt);
        await again.TypeAsync("/promote my-app");
        await again.UntilAsync(now =>
            now is { IsSettled: true, Live: "2.0.0", Release: "succeeded" } && now.Says("alice promoted 2.0.0.")
        );
        await again.MergeAsync("good");
        await again.UntilAsync(now => now.Asked == "3.0.0");
    }

    [Fact]
    public async Task Also_after_a_kill_it_goes_on_with_one_card()
    {
        using var data = new DataFolder();
        await using (var first = await SandboxProcess.RunAsync(data.Path))
        {
            using var page = new PageClient(first.Page);
            await page.UntilAsync(view => view is { IsSettled: true, Live: "1.0.0" });
            await page.MergeAsync("slow");
            await page.UntilAsync(view => view is { Asked: "2.0.0-slow", Messages.Count: > 0 });
            await first.KillAsync();
        }

        await using var second = await SandboxProcess.RunAsync(data.Path);
        using var again = new PageClient(second.Page);
        await again.UntilAsync(view => view.Release == "awaiting approval" && view.KnowsWhoMadeIt);
        await again.TypeAsync("/promote my-app");
        var view = await again.UntilAsync(now =>
            now is { Live: "2.0.0-slow", Release: "succeeded" } && now.Says("2.0.0-slow · live")
        );
        view.Count("<h3").ShouldBe(1);
    }

    [Fact]
    public async Task With_fresh_it_starts_over_and_leaves_alone_what_is_not_its_own()
    {
        using var data = new DataFolder();
        await using (var first = await SandboxProcess.RunAsync(data.Path))
        {
            using var page = new PageClient(first.Page);
            await page.TypeAsync("remember this");
            await page.UntilAsync(view => view.Says("remember this"));
            await first.KillAsync();
        }

        await File.WriteAllTextAsync(data.File("notes.txt"), "mine", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(data.File("git/old"), "", TestContext.Current.CancellationToken);
        await using var second = await SandboxProcess.RunAsync(data.Path, "--fresh");
        second.Printed.ShouldContain("a new world");
        using var again = new PageClient(second.Page);
        var view = await again.NowAsync();
        view.Messages.ShouldBeEmpty();
        File.Exists(data.File("notes.txt")).ShouldBeTrue();
        File.Exists(data.File("git/old")).ShouldBeFalse();
        File.Exists(data.File("git/gitops.git/HEAD")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_sentence_before_anything_is_written()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        using var data = new DataFolder();
        await using var sandbox = SandboxProcess.Start("--port", port, "--data", data.Path);
        (await sandbox.ExitAsync()).ShouldBe(1);
        sandbox
            .Printed.Trim()
            .ShouldBe($"Port {port} is in use; stop what listens there, or choose another port with --port.");
        Directory.Exists(data.Path).ShouldBeFalse();
    }

    [Fact]
    public async Task Two_sandboxes_do_not_share_a_folder()
    {
        using var data = new DataFolder();
        await using var first = await SandboxProcess.RunAsync(data.Path);
        await using var second = SandboxProcess.Start("--port", "0", "--data", data.Path, "--fresh");
        (await second.ExitAsync()).ShouldBe(1);
        second.Printed.ShouldContain($"Another sandbox uses {data.Path}");
        using var page = new PageClient(first.Page);
        (await page.NowAsync()).Phase.ShouldNotBe("Missing");
    }

    [Fact]
    public async Task What_cannot_be_read_is_told_with_the_way_out()
    {
        using var data = new DataFolder();
        Directory.CreateDirectory(data.Path);
        foreach (var name in new[] { "cluster.json", "slack.json" })
        {
            await File.WriteAllTextAsync(data.File(name), "{ torn", TestContext.Current.CancellationToken);
        }

        await using var sandbox = SandboxProcess.Start("--port", "0", "--data", data.Path);
        (await sandbox.ExitAsync()).ShouldBe(1);
        sandbox.Printed.ShouldContain("start over with --fresh.");
        sandbox.Printed.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("There is no option --prot.", "--prot", "1")]
    [InlineData("--port needs a number from 0 to 65535.", "--port", "http")]
    [InlineData("--port needs a number from 0 to 65535.", "--port")]
    [InlineData("--data needs a folder.", "--data")]
    public async Task Arguments_that_it_does_not_understand_are_answered_with_the_usage(
        string problem,
        params string[] arguments
    )
    {
        await using var sandbox = SandboxProcess.Start(arguments);
        (await sandbox.ExitAsync()).ShouldBe(1);
        sandbox.Printed.ShouldContain(problem);
        sandbox.Printed.ShouldContain("--fresh       start over");
    }
}
