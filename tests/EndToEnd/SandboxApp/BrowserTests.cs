using Devflow.ChatOps.Tests.EndToEnd.Deploy;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Devflow.ChatOps.Tests.EndToEnd.SandboxApp;

/// <summary>
/// The page as people use it. With <c>DEVFLOW_SCREENSHOTS=1</c> it also takes the pictures of the documentation.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class BrowserTests
{
    private static readonly LocatorAssertionsToBeVisibleOptions soon = new() { Timeout = 60_000 };
    private static readonly LocatorAssertionsToContainTextOptions soonSaid = new() { Timeout = 60_000 };

    [Fact]
    public async Task A_release_is_merged_waits_is_promoted_with_the_button_and_completes()
    {
        await using var browser = await Browser.StartAsync();
        using var data = new DataFolder();
        await using var sandbox = await SandboxProcess.RunAsync(data.Path);
        var page = await browser.OpenAsync(sandbox.Page, 1440, 900);
        var app = page.GetByRole(AriaRole.Article, new() { Name = "my-app production" });

        await Expect(app.GetByText("Healthy", new() { Exact = true })).ToBeVisibleAsync(soon);
        await app.GetByRole(AriaRole.Button, new() { Name = "Good version" }).ClickAsync();
        await Expect(CardTitle(page, "my-app · production · 2.0.0 · waiting for approval")).ToBeVisibleAsync(soon);
        await Expect(app.GetByText("awaiting approval")).ToBeVisibleAsync(soon);
        await Expect(page.GetByText("replied to a thread")).ToBeVisibleAsync(soon);
        await Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("Press Promote on its card", soonSaid);
        // Before GitHub has told who made it, nobody could approve it.
        await Expect(page.GetByText("Brings").First).ToBeVisibleAsync(soon);
        await Expect(page.GetByText("Configuration").First).ToBeVisibleAsync(soon);
        await Screenshots.TakeAsync(page, "sandbox-approval.png");

        await page.GetByRole(AriaRole.Button, new() { Name = "Promote", Exact = true }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Promote my-app production?" });
        await Expect(dialog).ToContainTextAsync("2.0.0 takes over the traffic from 1.0.0.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(app.GetByText("Paused", new() { Exact = true })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Promote", Exact = true }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Promote" }).ClickAsync();
        await Expect(CardTitle(page, "my-app · production · 2.0.0 · live")).ToBeVisibleAsync(soon);
        await Expect(app.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Completed" }))
            .ToHaveTextAsync("Completed: Succeeded", new() { Timeout = 60_000 });
        await Expect(app.Locator(".countdown")).ToContainTextAsync("instant rollback", soonSaid);
        await Screenshots.TakeAsync(page, "sandbox-completed.png");

        await TheConsoleTellsItToWhoeverIsPickedAsync(page);
        browser.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task With_the_keyboard_alone_carol_is_refused_and_only_she_is_told()
    {
        await using var browser = await Browser.StartAsync();
        using var data = new DataFolder();
        await using var sandbox = await SandboxProcess.RunAsync(data.Path);
        var page = await browser.OpenAsync(sandbox.Page, 390, 844, ColorScheme.Dark);
        var announced = page.GetByRole(AriaRole.Log);
        var app = page.GetByRole(AriaRole.Article, new() { Name = "my-app production" });

        await Expect(app.GetByText("Healthy", new() { Exact = true })).ToBeVisibleAsync(soon);
        await app.GetByRole(AriaRole.Button, new() { Name = "Good version" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(CardTitle(page, "2.0.0 · waiting for approval")).ToBeVisibleAsync(soon);
        await Expect(announced).ToContainTextAsync("devflow: ✋ my-app · production · 2.0.0 · waiting for approval");

        await page.GetByRole(AriaRole.Radio, new() { Name = "alice" }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.GetByRole(AriaRole.Radio, new() { Name = "carol" })).ToBeCheckedAsync();
        await page.GetByLabel("Message or slash command").FocusAsync();
        await page.Keyboard.TypeAsync("/promote my-app");
        await page.Keyboard.PressAsync("Enter");
        var messages = page.GetByRole(AriaRole.Region, new() { Name = "Messages" });
        await Expect(messages.GetByText("You may not promote here")).ToBeVisibleAsync(soon);
        // A service that is slow says first that it is on it, to her alone as well.
        await Expect(messages.GetByText("Only visible to you").First).ToBeVisibleAsync();
        await Expect(announced).ToContainTextAsync("You may not promote here");

        await page.GetByRole(AriaRole.Radio, new() { Name = "bob" }).CheckAsync(new() { Force = true });
        await Expect(messages.GetByText("You may not promote here")).ToBeHiddenAsync();
        await Expect(CardTitle(page, "2.0.0 · waiting for approval")).ToBeVisibleAsync();

        // Nothing sticks out to the side on a phone.
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390);
        browser.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_somebody_types_never_becomes_markup()
    {
        await using var browser = await Browser.StartAsync();
        using var data = new DataFolder();
        await using var sandbox = await SandboxProcess.RunAsync(data.Path);
        var page = await browser.OpenAsync(sandbox.Page, 1000, 700);
        const string hostile = "<img src=x onerror=document.title='gone'><b>bold</b>";

        await page.GetByLabel("Message or slash command").FillAsync(hostile);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        var messages = page.GetByRole(AriaRole.Region, new() { Name = "Messages" });
        await Expect(messages.GetByText(hostile)).ToBeVisibleAsync(soon);
        (await messages.Locator(".body img, .body b").CountAsync()).ShouldBe(0);
        (await page.TitleAsync()).ShouldBe("Devflow ChatOps sandbox");
        browser.Complaints.ShouldBeEmpty();
    }

    private static async Task TheConsoleTellsItToWhoeverIsPickedAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Radio, new() { Name = "carol" }).CheckAsync();
        var console = await page.RunAndWaitForPopupAsync(() =>
            page.GetByRole(AriaRole.Link, new() { Name = "console" }).ClickAsync()
        );
        await Expect(console.GetByText("signed in as carol")).ToBeVisibleAsync(soon);
        var row = console.GetByRole(AriaRole.Row).Filter(new() { HasText = "my-app" });
        await Expect(row).ToContainTextAsync("live");
        await row.GetByRole(AriaRole.Link, new() { Name = "2.0.0" }).ClickAsync();
        await Expect(console.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToContainTextAsync("my-app · production · 2.0.0");
        await Expect(console.GetByText("alice promoted 2.0.0.")).ToBeVisibleAsync();
        await Screenshots.TakeAsync(console, "console-release.png");
    }

    private static ILocator CardTitle(IPage page, string text) =>
        page.GetByRole(AriaRole.Heading, new() { Name = text, Exact = false });
}

/// <summary>Pictures for the documentation, taken only when asked for.</summary>
internal static class Screenshots
{
    public static async Task TakeAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("DEVFLOW_SCREENSHOTS") == "1")
        {
            await page.EvaluateAsync(
                "() => { const list = document.querySelector('#messages'); if (list) list.scrollTop = 0; }"
            );
            await page.Mouse.MoveAsync(0, 0);
            await page.ScreenshotAsync(
                new()
                {
                    Path = RepositoryFiles.PathOf($"docs/images/{name}"),
                    Animations = ScreenshotAnimations.Disabled,
                }
            );
        }
    }
}
