using Devflow.ChatOps.Tests.EndToEnd.World;

namespace Devflow.ChatOps.Tests.EndToEnd.ConsolePages;

/// <summary>Nobody is believed but the proxies that the settings name, and those whom they name need the right to look.</summary>
public sealed class SignInTests
{
    private static readonly string[] pages = ["console", "console/stuck", "console/jobs/x", "console/nowhere"];

    [Fact]
    public async Task Without_a_configured_proxy_nobody_is_signed_in_whatever_they_say()
    {
        await using var world = await StartAsync(
            new() { ["Devflow:Console:IdentityHeader"] = null, ["Devflow:Console:Proxies:0"] = null }
        );

        await ShouldAllBeRefusedAsync(world, "alice-gh", 403, "no sign-in proxy is configured");
    }

    [Fact]
    public async Task A_header_from_an_address_that_is_no_proxy_is_not_believed()
    {
        await using var world = await StartAsync(new() { ["Devflow:Console:Proxies:0"] = "10.0.0.0/8" });

        await ShouldAllBeRefusedAsync(world, "alice-gh", 403, "did not come from one of the sign-in proxies");
    }

    [Fact]
    public async Task Nor_is_what_a_caller_says_of_the_address_they_call_from()
    {
        await using var world = await StartAsync(new() { ["Devflow:Console:Proxies:0"] = "10.0.0.0/8" });
        using var visitor = new ConsoleVisitor(world, "alice-gh");

        (await visitor.OpenAsync("console", ("X-Forwarded-For", "10.1.2.3"))).Status.ShouldBe(403);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public async Task Whom_the_proxy_does_not_name_is_not_signed_in(string? login)
    {
        await using var world = await StartAsync([]);

        await ShouldAllBeRefusedAsync(world, login, 401, "You are not signed in.");
    }

    [Fact]
    public async Task A_header_that_is_there_twice_names_nobody()
    {
        await using var world = await StartAsync([]);
        using var visitor = new ConsoleVisitor(world, "alice-gh");

        var answer = await visitor.OpenAsync("console", (ConsoleVisitor.IdentityHeader, "bob-gh"));

        answer.Status.ShouldBe(401, answer.Text);
    }

    [Fact]
    public async Task Everyone_means_the_people_of_the_catalog()
    {
        await using var world = await StartAsync([]);
        using var carol = new ConsoleVisitor(world, "carol-gh");

        await ShouldAllBeRefusedAsync(world, "somebody", 403, "You may not look at releases here");
        (await carol.OpenAsync("console")).Status.ShouldBe(200);
        (await carol.OpenAsync("console")).Text.ShouldContain("signed in as carol");
        (await carol.OpenAsync("console/nowhere")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Where_the_catalog_names_viewers_only_they_and_admins_may_look()
    {
        await using var world = await StartAsync([], viewers: "[oncall]");
        using var alice = new ConsoleVisitor(world, "alice-gh");

        await ShouldAllBeRefusedAsync(world, "carol-gh", 403, "ask somebody from oncall or platform");
        (await alice.OpenAsync("console")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_header_may_tell_the_names_of_the_catalog_instead_of_logins()
    {
        await using var world = await StartAsync(new() { ["Devflow:Console:Identity"] = "person" });
        using var alice = new ConsoleVisitor(world, "alice");

        (await alice.OpenAsync("console")).Text.ShouldContain("signed in as alice");
        await ShouldAllBeRefusedAsync(world, "alice-gh", 401, "You are not signed in.");
    }

    [Fact]
    public async Task The_address_that_Azure_adds_counts_under_the_Functions_host_and_not_elsewhere()
    {
        await using var world = await StartAsync([]);
        using var alice = new ConsoleVisitor(world, "alice-gh");

        (await alice.OpenAsync("console", ("X-Forwarded-For", "203.0.113.9"))).Status.ShouldBe(
            200,
            "here the connection is the proxy's own"
        );
    }

    private static Task<ReleaseWorld> StartAsync(Dictionary<string, string?> settings, string? viewers = null) =>
        ReleaseWorld.StartAsync(
            new WorldOptions
            {
                RunsLoop = false,
                Settings = settings,
                Viewers = viewers,
            }
        );

    private static async Task ShouldAllBeRefusedAsync(ReleaseWorld world, string? login, int status, string why)
    {
        using var visitor = new ConsoleVisitor(world, login);
        foreach (var page in pages)
        {
            var answer = await visitor.OpenAsync(page);
            answer.Status.ShouldBe(status, $"{page}: {answer.Text}");
            answer.Text.ShouldContain(why);
            answer.Text.ShouldNotContain("my-app");
        }

        var pressed = await visitor.SubmitAsync("console/stuck/my-app/production", "x");
        pressed.Status.ShouldBe(status, pressed.Text);
        (await world.Store.OpenCommandsAsync(ReleaseWorld.RefOf(world.App), CancellationToken.None)).ShouldBeEmpty();
    }
}
