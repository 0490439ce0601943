using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.Action.World;

namespace Devflow.ChatOps.Tests.Action.Program;

/// <summary>A GitHub App writes, with a token for that repository alone.</summary>
public sealed class AppTests : IAsyncLifetime
{
    private ActionWorld world = null!;

    public async ValueTask InitializeAsync() => world = await ActionWorld.StartAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Theory]
    [InlineData("commit", """{"contents":"write"}""")]
    [InlineData("pull-request", """{"contents":"write","pull_requests":"write"}""")]
    public async Task The_token_is_for_one_repository_and_for_no_more_than_is_needed(string mode, string permissions)
    {
        using var app = new GitHubApp(77, "devflow-app[bot]", "acme/gitops", "acme/secrets");
        world.GitHub.World.AddApp(app);
        var end = await RunAsync(app, ("mode", mode));
        end.ExitCode.ShouldBe(0, end.Log);
        var asked = JsonNode.Parse(world.GitHub.Log.Calls.Single(call => call.Path.EndsWith("/access_tokens")).Body)!;
        asked["repositories"]!.ToJsonString().ShouldBe("""["gitops"]""");
        asked["permissions"]!.ToJsonString().ShouldBe(permissions);
        world.GitHub.Log.Calls.Skip(2).ShouldAllBe(call => call.Login == "devflow-app[bot]");
        // The token is masked before it is used; the App's key from the start.
        var masks = end.Commands.Where(command => command.Name == "add-mask").Select(command => command.Text).ToList();
        masks.Count(text => text.StartsWith("ghs_")).ShouldBe(2);
        masks.ShouldBeUnique();
    }

    [Fact]
    public async Task What_is_wrong_with_an_App_has_its_code()
    {
        using var elsewhere = new GitHubApp(77, "a[bot]", "acme/other");
        world.GitHub.World.AddApp(elsewhere);
        await FailsAsync(elsewhere, "app_not_installed");

        using var reader = new GitHubApp(78, "b[bot]", "acme/gitops") { Contents = GitHubAccess.Read };
        world.GitHub.World.AddApp(reader);
        await FailsAsync(reader, "permission_missing");

        using var unknown = new GitHubApp(79, "c[bot]", "acme/gitops");
        await FailsAsync(unknown, "bad_credentials");
        world.Read().ShouldBe(ActionWorld.Before);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Whoever_looks_into_the_log_sees_what_is_waited_for(int call)
    {
        using var app = new GitHubApp(77, "devflow-app[bot]", "acme/gitops");
        world.GitHub.World.AddApp(app);
        world.GitHub.Faults = asked =>
            asked.Number == call ? new GitHubFault.Answer(429, "Too fast", TimeSpan.FromSeconds(1)) : null;
        var end = await RunAsync(app);
        end.ExitCode.ShouldBe(0, end.Log);
        end.Log.ShouldContain("Asking again in 1 s.");
    }

    [Fact]
    public async Task A_GitHub_that_stumbles_is_asked_again()
    {
        using var app = new GitHubApp(77, "devflow-app[bot]", "acme/gitops");
        world.GitHub.World.AddApp(app);
        world.GitHub.Faults = call => call.Number is 1 or 3 ? new GitHubFault.Answer(502, "Bad gateway") : null;
        var end = await RunAsync(app);
        end.ExitCode.ShouldBe(0, end.Log);
    }

    [Fact]
    public async Task A_GitHub_that_wants_to_be_left_alone_is_left_alone_for_as_long_as_it_says()
    {
        using var app = new GitHubApp(77, "devflow-app[bot]", "acme/gitops");
        world.GitHub.World.AddApp(app);
        var limit = TimeSpan.FromSeconds(1);
        world.GitHub.Faults = call =>
            call.Number == 1 ? new GitHubFault.Answer(403, "You have exceeded a secondary rate limit", limit) : null;
        (await RunAsync(app)).ExitCode.ShouldBe(0);

        world.GitHub.Log.Clear();
        world.GitHub.Faults = _ => new GitHubFault.Answer(429, "Too many requests", TimeSpan.FromHours(1));
        var end = await RunAsync(app);
        (end.ExitCode, end.Outputs["reason-code"]).ShouldBe((1, "rate_limited"), end.Log);
        end.Annotations("error").ShouldHaveSingleItem().ShouldMatch(@" Again at \d\d:\d\d:\d\d UTC\.$");
        world.GitHub.Log.Calls.Count.ShouldBe(1);
    }

    private async Task FailsAsync(GitHubApp app, string code)
    {
        var end = await RunAsync(app);
        end.ExitCode.ShouldBe(1, end.Log);
        end.Outputs["reason-code"].ShouldBe(code, end.Log);
        end.Outputs["decision"].ShouldBe("failed");
    }

    private Task<ActionEnd> RunAsync(GitHubApp app, params (string, string)[] inputs) =>
        world.RunAsync([("app-id", app.Id.ToString()), ("private-key", app.PrivateKey), .. inputs]);
}
