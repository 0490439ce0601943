using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.EndToEnd.SandboxApp;

/// <summary>A sandbox process that the tests of a class share.</summary>
public sealed class OneSandbox : IAsyncLifetime
{
    private readonly DataFolder data = new();
    private SandboxProcess? sandbox;

    internal string Folder => data.Path;

    internal PageClient Page() => new(sandbox!.Page);

    public async ValueTask InitializeAsync()
    {
        sandbox = await SandboxProcess.RunAsync(data.Path);
        using var page = Page();
        await page.UntilAsync(view => view is { IsSettled: true, Live: "1.0.0" });
    }

    public async ValueTask DisposeAsync()
    {
        if (sandbox is not null)
        {
            await sandbox.DisposeAsync();
        }

        data.Dispose();
    }
}

/// <summary>The page's server: what it hands out, to whom, and what it makes of hostile input.</summary>
[Collection(OneAtATime.Name)]
public sealed class PageTests(OneSandbox sandbox) : IClassFixture<OneSandbox>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/page.css", "text/css")]
    [InlineData("/page.js", "text/javascript")]
    [InlineData("/favicon.svg", "image/svg+xml")]
    [InlineData("/favicon.ico", "image/svg+xml")]
    public async Task Files_come_with_a_policy_that_lets_nothing_else_in(string path, string type)
    {
        using var page = sandbox.Page();
        using var answer = await page.Http.GetAsync(path, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'none'; script-src 'self';");
        policy.ShouldNotContain("unsafe");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
    }

    [Fact]
    public async Task The_page_loads_nothing_from_elsewhere()
    {
        using var page = sandbox.Page();
        foreach (var path in new[] { "/", "/page.css", "/channel.css", "/cluster.css", "/page.js", "/channel.js" })
        {
            (await page.Http.GetStringAsync(path, Stop)).ShouldNotContain("://");
        }
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Host", "evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Other_pages_cannot_act_here(string header, string value)
    {
        using var page = sandbox.Page();
        using var request = new HttpRequestMessage(HttpMethod.Post, "act/merge");
        request.Content = JsonContent.Create(new JsonObject { ["app"] = "my-app", ["kind"] = "good" });
        request.Headers.Add(header, value);
        if (header == "Origin")
        {
            page.Http.DefaultRequestHeaders.Remove("Origin");
        }

        using var answer = await page.Http.SendAsync(request, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await page.NowAsync()).Asked.ShouldBe("1.0.0");
    }

    [Fact]
    public async Task Hostile_text_stays_text_for_everybody()
    {
        const string hostile = "<img src=x onerror=alert(1)> <!channel> & <https://evil.example|click>";
        using var page = sandbox.Page();
        await page.TypeAsync(hostile, "U03CAROL");
        var view = await page.UntilAsync(now => now.All.Contains("onerror", StringComparison.Ordinal));
        var shown = view.Messages.Single(message => message.Contains("onerror"));
        shown.ShouldContain("&lt;img src=x onerror=alert(1)&gt; &lt;!channel&gt; &amp; ");
        shown.ShouldNotContain("<img");
        shown.ShouldNotContain("<a ");
        shown.ShouldNotContain("slack-mention");
    }

    [Fact]
    public async Task An_answer_to_a_hostile_command_is_for_one_person_and_stays_text()
    {
        using var page = sandbox.Page();
        await page.TypeAsync("/promote <script>alert(1)</script>", "U03CAROL");
        var view = await page.UntilAsync(
            now => now.All.Contains("&lt;script&gt;", StringComparison.Ordinal),
            "U03CAROL"
        );
        view.All.ShouldNotContain("<script>");
        (await page.NowAsync()).All.ShouldNotContain("script");
    }

    [Theory]
    [InlineData("merge", """{"app":"other","kind":"good"}""", 409)]
    [InlineData("merge", """{"app":"my-app","kind":"17"}""", 409)]
    [InlineData("command", """{"person":"U09NOBODY","text":"/promote my-app"}""", 409)]
    [InlineData("command", """{"person":"U01ALICE","text":"  "}""", 409)]
    [InlineData("press", """{"person":"U01ALICE","ts":"1.2","version":0,"blockId":"a","actionId":"b"}""", 409)]
    [InlineData("merge", "{", 400)]
    [InlineData("command", "{}", 400)]
    public async Task What_makes_no_sense_is_refused(string what, string body, int status)
    {
        using var page = sandbox.Page();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await page.Http.PostAsync($"act/{what}", content, Stop);
        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task The_terminal_commands_name_the_kubeconfig_of_this_sandbox()
    {
        using var page = sandbox.Page();
        var view = await page.NowAsync();
        var lines = view.Json["commands"]!.AsArray().Select(command => (string)command!["line"]!).ToList();
        lines[0].ShouldBe($"export KUBECONFIG={Path.Combine(sandbox.Folder, "kubeconfig")}");
        lines.ShouldContain("kubectl get rollouts -A -w");
        File.Exists(Path.Combine(sandbox.Folder, "kubeconfig")).ShouldBeTrue();
    }
}
