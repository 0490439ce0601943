using System.Text.Json;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.GitOps.Releasing;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.GitOps.GitHub;

public sealed class InstallationTokenTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly GitHubApp app = new(4711, "devflow[bot]", "acme/gitops", "acme/other");
    private GitHubWorld world = null!;
    private GitHubApi api = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_asked_for_once_by_many_and_names_repository_and_purpose()
    {
        var tokens = Tokens();

        var given = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ => tokens.GetAsync("acme/gitops", AppPermissions.WriteContents, Cancellation))
        );

        given.Distinct().ShouldHaveSingleItem();
        var asked = JsonDocument.Parse(Asked.ShouldHaveSingleItem().Body).RootElement;
        asked.GetProperty("repositories").EnumerateArray().Single().GetString().ShouldBe("gitops");
        asked.GetProperty("permissions").GetRawText().ShouldBe("""{"contents":"write"}""");
    }

    [Fact]
    public async Task Another_repository_or_purpose_has_another_token()
    {
        var tokens = Tokens();

        string[] given =
        [
            await tokens.GetAsync("acme/gitops", AppPermissions.WriteContents, Cancellation),
            await tokens.GetAsync("acme/gitops", AppPermissions.WriteContentsAndPulls, Cancellation),
            await tokens.GetAsync("acme/other", AppPermissions.WriteContents, Cancellation),
        ];

        given.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task A_token_is_kept_until_five_minutes_before_its_end()
    {
        var tokens = Tokens();
        var first = await tokens.GetAsync("acme/gitops", AppPermissions.WriteContents, Cancellation);

        time.Advance(TimeSpan.FromMinutes(54));
        (await tokens.GetAsync("ACME/gitops", AppPermissions.WriteContents, Cancellation)).ShouldBe(first);

        time.Advance(TimeSpan.FromMinutes(1));
        (await tokens.GetAsync("acme/gitops", AppPermissions.WriteContents, Cancellation)).ShouldNotBe(first);
    }

    [Fact]
    public async Task A_token_that_was_withdrawn_is_replaced_once()
    {
        var tokens = Tokens();
        var host = new RestHost(tokens.Connect("acme/gitops", AppPermissions.WriteContents));
        world.RemoveToken(await tokens.GetAsync("acme/gitops", AppPermissions.WriteContents, Cancellation));

        (await host.FindTipAsync("acme/gitops", "main", Cancellation)).ShouldNotBeNull();
        Asked.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_second_refusal_is_an_answer()
    {
        api.Faults = call =>
            call.Path.Contains("/branches/", StringComparison.Ordinal)
                ? new GitHubFault.Answer(401, "Bad credentials")
                : null;
        var host = new RestHost(Tokens().Connect("acme/gitops", AppPermissions.WriteContents));

        var refusal = await Should.ThrowAsync<GitHostException>(() =>
            host.FindTipAsync("acme/gitops", "main", Cancellation)
        );

        refusal.Code.ShouldBe(ReleaseCodes.BadCredentials);
        Asked.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_failure_is_not_kept()
    {
        var tokens = Tokens();
        api.Faults = call =>
            call.Path.EndsWith("/access_tokens", StringComparison.Ordinal)
                ? new GitHubFault.Answer(422, "The permissions requested are not granted to this installation.")
                : null;
        var refusal = await Should.ThrowAsync<GitHostException>(() =>
            tokens.GetAsync("acme/gitops", AppPermissions.WriteContents, Cancellation)
        );
        refusal.Message.ShouldContain("contents: write");

        api.Faults = null;
        (await tokens.GetAsync("acme/gitops", AppPermissions.WriteContents, Cancellation)).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("/installation")]
    [InlineData("/access_tokens")]
    public async Task An_answer_that_is_none_passes_and_is_not_kept(string path)
    {
        var tokens = Tokens();
        api.Faults = call =>
            call.Path.EndsWith(path, StringComparison.Ordinal)
                ? new GitHubFault.Nonsense("""{"login":"guest"}""")
                : null;
        var refusal = await Should.ThrowAsync<GitHostException>(() =>
            tokens.GetAsync("acme/gitops", AppPermissions.WriteContents, Cancellation)
        );
        (refusal.Code, refusal.IsPassing).ShouldBe((ReleaseCodes.GitHubUnavailable, true));

        api.Faults = null;
        (await tokens.GetAsync("acme/gitops", AppPermissions.WriteContents, Cancellation)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_limit_that_lasts_is_told_at_once_with_its_end()
    {
        api.Faults = _ => new GitHubFault.Answer(
            403,
            "You have exceeded a secondary rate limit",
            TimeSpan.FromMinutes(1)
        );

        var refusal = await Should.ThrowAsync<GitHostException>(() =>
            Tokens().GetAsync("acme/gitops", AppPermissions.WriteContents, Cancellation)
        );

        (refusal.Code, refusal.RetryAfter).ShouldBe((ReleaseCodes.RateLimited, TimeSpan.FromMinutes(1)));
        api.Log.Calls.Count.ShouldBe(1);
    }

    public async ValueTask InitializeAsync()
    {
        world = new GitHubWorld(time);
        world.AddApp(app);
        foreach (var name in app.Repositories)
        {
            world.AddRepository(name).Commit("main", "Begin", [KeyValuePair.Create("README.md", (string?)"hello")]);
        }

        api = await GitHubApi.StartAsync(world, cancellation: Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        app.Dispose();
    }

    private IReadOnlyList<GitHubCall> Asked =>
        [.. api.Log.Calls.Where(call => call.Path.EndsWith("/access_tokens", StringComparison.Ordinal))];

    private InstallationTokens Tokens() =>
        new(new AppCredentials("4711", app.PrivateKey), api.Address, api.GraphQlAddress, new RushingTime(time));
}
