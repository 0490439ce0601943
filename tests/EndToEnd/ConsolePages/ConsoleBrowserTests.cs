using Devflow.ChatOps.Tests.EndToEnd.SandboxApp;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Devflow.ChatOps.Tests.EndToEnd.ConsolePages;

/// <summary>The console in a real browser, which keeps to its content security policy.</summary>
[Collection(OneAtATime.Name)]
public sealed class ConsoleBrowserTests
{
    private static readonly Dictionary<string, string> asAlice = new() { [ConsoleVisitor.IdentityHeader] = "alice-gh" };

    [Fact]
    public async Task What_is_stuck_is_found_from_the_first_page_and_tried_again_with_its_button()
    {
        await using var browser = await Browser.StartAsync();
        await using var stage = await StuckStage.WithCommandAsync();
        var page = await browser.OpenAsync(new Uri(stage.World.ServiceAddress, "console"), 1100, 700, headers: asAlice);

        await page.GetByRole(AriaRole.Link, new() { Name = "1 thing is stuck after many tries." }).ClickAsync();
        var place = page.GetByRole(AriaRole.Main);
        await Expect(place).ToContainTextAsync("promote asked for by alice since");
        await Screenshots.TakeAsync(page, "console-stuck.png");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again: my-app production" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Trying again for my-app production: 1 command.");
        await stage.PassAsync(TimeSpan.FromMinutes(1));
        await page.GetByRole(AriaRole.Link, new() { Name = "Stuck" }).ClickAsync();
        await Expect(place).ToContainTextAsync("Nothing is stuck");
        stage.World.Patches().ShouldHaveSingleItem().Status.ShouldBe(200);
        browser.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task On_a_telephone_in_the_dark_nothing_is_cut_off()
    {
        await using var browser = await Browser.StartAsync();
        await using var stage = await StuckStage.WithPatchAsync();
        var job = (await stage.World.JobAsync())!;

        foreach (var path in new[] { "console", "console/stuck", $"console/jobs/{job.Id}" })
        {
            var page = await browser.OpenAsync(
                new Uri(stage.World.ServiceAddress, path),
                390,
                844,
                ColorScheme.Dark,
                asAlice
            );
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(
                390,
                path
            );
        }

        browser.Complaints.ShouldBeEmpty();
    }
}
