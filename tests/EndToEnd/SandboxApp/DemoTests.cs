namespace Devflow.ChatOps.Tests.EndToEnd.SandboxApp;

/// <summary>The demo, as somebody runs it who wants to see a release without doing anything.</summary>
[Collection(OneAtATime.Name)]
public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_shows_good_and_bad_releases_and_ends_with_0()
    {
        await using var demo = SandboxProcess.Start("demo");
        var code = await demo.ExitAsync();
        var printed = demo.Printed;
        code.ShouldBe(0, printed);

        // In this order, whatever else is printed between.
        string[] steps =
        [
            "1. The app is installed",
            "2. A good release",
            "bob      merges to main",
            "Paused, BlueGreenPause",
            "my-app · production · 2.0.0 · waiting for approval",
            "carol    types /promote my-app",
            "refused  not_allowed: ",
            "refused  self_approval: ",
            "alice    types /promote my-app",
            "my-app · production · 2.0.0 · live",
            "3. A broken release",
            "my-app · production · 3.0.0-broken · failed",
            "ImagePullBackOff",
            "alice    types /rollback my-app",
            "3.0.0-broken · rolled back",
            "4. A good release that is taken back at once",
            "my-app · production · 4.0.0 · waiting for approval",
            "alice    presses Promote",
            "refused  stale: ",
            "my-app · production · 4.0.0 · live",
            "bob      types /rollback my-app",
            "4.0.0 · rolled back",
            "All as expected",
        ];
        var at = 0;
        foreach (var step in steps)
        {
            var next = printed.IndexOf(step, at, StringComparison.Ordinal);
            next.ShouldBeGreaterThanOrEqualTo(0, $"“{step}” is missing after character {at} of\n{printed}");
            at = next;
        }
    }

    [Theory]
    [InlineData("demo", "--port")]
    [InlineData("demo", "now")]
    public async Task The_demo_says_what_it_does_not_know(params string[] arguments)
    {
        await using var demo = SandboxProcess.Start(arguments);
        (await demo.ExitAsync()).ShouldBe(1);
        demo.Printed.ShouldContain($"The demo knows no {arguments[1]}.");
        demo.Printed.ShouldContain("dotnet run --project sandbox -- demo");
    }
}
