using Microsoft.Playwright;

namespace Devflow.ChatOps.Tests.EndToEnd.SandboxApp;

/// <summary>Headless Chromium, where there is one on this machine.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private Browser(IPlaywright playwright, IBrowser browser) =>
        (this.playwright, this.browser) = (playwright, browser);

    /// <summary>What the page complained about in its console, and errors that nobody caught.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Starts it, or skips the test with the reason.</summary>
    public static async Task<Browser> StartAsync()
    {
        var path = Find();
        Assert.SkipWhen(path is null, "There is no Chromium on this machine (apt-get install chromium).");
        var playwright = await Playwright.CreateAsync();
        try
        {
            var chromium = await playwright.Chromium.LaunchAsync(
                new BrowserTypeLaunchOptions
                {
                    ExecutablePath = path,
                    Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
                }
            );
            return new Browser(playwright, chromium);
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>A window of its own.</summary>
    /// <param name="headers">Sent with every request, as a proxy would.</param>
    public async Task<IPage> OpenAsync(
        Uri address,
        int width,
        int height,
        ColorScheme scheme = ColorScheme.Light,
        IReadOnlyDictionary<string, string>? headers = null
    )
    {
        var context = await browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = scheme,
                Locale = "en-GB",
                ExtraHTTPHeaders = headers,
            }
        );
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        page.Console += (_, said) =>
        {
            if (said.Type is "error" or "warning")
            {
                Complaints.Add($"{said.Type}: {said.Text}");
            }
        };
        page.PageError += (_, fault) => Complaints.Add(fault);
        await page.GotoAsync(address.ToString());
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
}
