using System.Text.Json;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.GitHub;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.Functions.Support;
using Microsoft.Extensions.Time.Testing;
using Stand = Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>
/// GitHub as it is read over HTTP, by an App that may do no more than it needs: caches, pages, limits and faults. What the
/// answers tell is in <see cref="Stands.StandReadingTests"/>.
/// </summary>
public sealed class GitHubReaderTests : IAsyncLifetime
{
    private const string Place = "acme/my-app";

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ListLogger<GitHubReader> log = new();
    private readonly GitHubApp app = new(4711, "devflow[bot]", Place)
    {
        Permissions = new GitHubPermissions
        {
            Contents = GitHubAccess.Read,
            PullRequests = GitHubAccess.Read,
            Members = GitHubAccess.Read,
        },
    };
    private GitHubApi api = null!;
    private GitHubRepository repository = null!;
    private GitHubReader reader = null!;
    private string first = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var world = new GitHubWorld(time);
        world.AddApp(app);
        world.Directory.PutTeam("acme", "platform", "alice-gh", "bob-gh");
        repository = world.AddRepository(Place, null);
        first = repository.Commit("main", "Begin", [new("values.yaml", "replicas: 1\n")]);
        api = await GitHubApi.StartAsync(world, cancellation: Stop);
        reader = New();
    }

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        app.Dispose();
    }

    [Fact]
    public async Task Members_of_a_team_are_asked_for_once_a_minute_with_a_token_for_members_alone()
    {
        (await reader.TeamMembersAsync("acme/platform", Stop)).Value().Order().ShouldBe(["alice-gh", "bob-gh"]);
        api.World.Directory.PutTeam("acme", "platform", "alice-gh");
        time.Advance(TimeSpan.FromSeconds(59));
        (await reader.TeamMembersAsync("Acme/Platform", Stop)).Value().Count.ShouldBe(2);
        time.Advance(TimeSpan.FromSeconds(1));
        (await reader.TeamMembersAsync("acme/platform", Stop)).Value().ShouldBe(["alice-gh"]);

        Asked("/orgs/acme/teams/platform/members").ShouldBe(2);
        Granted().ShouldBe(["""{"members":"read"}"""]);
    }

    [Fact]
    public async Task A_team_that_is_unchanged_costs_nothing_of_the_rate_limit()
    {
        await reader.TeamMembersAsync("acme/platform", Stop);
        time.Advance(TimeSpan.FromMinutes(1));
        (await reader.TeamMembersAsync("acme/platform", Stop)).Value().Count.ShouldBe(2);

        api.Log.Ends.Where(end => end.Call.Path.EndsWith("/members", StringComparison.Ordinal))
            .Select(end => end.Status)
            .ShouldBe([200, 304]);
    }

    [Fact]
    public async Task A_team_of_many_is_read_to_its_end()
    {
        var all = Enumerable.Range(1, 230).Select(number => $"user-{number}").ToArray();
        api.World.Directory.PutTeam("acme", "crowd", all);

        (await reader.TeamMembersAsync("acme/crowd", Stop)).Value().Count.ShouldBe(230);
    }

    [Theory]
    [InlineData("acme/nobody", GitHubFaultKind.NotFound)]
    [InlineData("other/platform", GitHubFaultKind.NotAuthorized)]
    public async Task A_team_that_is_not_there_or_not_ours_to_see_is_a_fault(string team, GitHubFaultKind kind)
    {
        (await reader.TeamMembersAsync(team, Stop)).Why().Kind.ShouldBe(kind);
        log.Lines.ShouldHaveSingleItem().ShouldContain("team members");
    }

    [Fact]
    public async Task A_comparison_is_read_page_by_page_and_no_further_than_is_promised()
    {
        var head = first;
        for (var number = 1; number <= 310; number++)
        {
            head = repository.Commit("main", $"{number}", [new("values.yaml", $"replicas: {number}\n")]);
        }

        var told = (await reader.CompareAsync(Place, first, head, GitComparison.MostCommits, Stop)).Value();

        told.Total.ShouldBe(310);
        told.Commits.Length.ShouldBe(GitComparison.MostCommits);
        told.Commits.Select(commit => commit.Sha).Distinct().Count().ShouldBe(told.Commits.Length);
    }

    [Fact]
    public async Task A_commit_has_the_pull_request_that_brought_it_once_that_is_merged()
    {
        repository.Branch("topic", "main");
        var written = repository.Commit("topic", "Better", [new("values.yaml", "replicas: 5\n")], by: "Bob");
        var open = repository.Pulls.Open("topic", "main", "Better", "Why", "bob-gh");
        (await reader.PullsOfAsync(Place, written, Stop)).Value().ShouldBeEmpty();
        repository.Pulls.Merge(open.Number, "alice-gh");

        (await reader.PullsOfAsync(Place, written, Stop)).Value().ShouldBe([open.Number]);
        Granted().ShouldBe(["""{"pull_requests":"read"}"""]);
    }

    [Fact]
    public async Task While_GitHub_asks_to_wait_nothing_more_is_asked_of_that_owner()
    {
        api.Faults = call =>
            call.Path.Contains("/compare/", StringComparison.Ordinal)
                ? new Stand.GitHubFault.TooFast(TimeSpan.FromSeconds(90))
                : null;

        var why = (await reader.CompareAsync(Place, first, first, GitComparison.MostCommits, Stop)).Why();
        (why.Kind, why.RetryAfter).ShouldBe((GitHubFaultKind.RateLimited, TimeSpan.FromSeconds(90)));
        api.Faults = null;
        var calls = api.Log.Calls.Count;

        (await reader.CommitAsync(Place, first, Stop)).Why().Kind.ShouldBe(GitHubFaultKind.RateLimited);
        (await reader.TeamMembersAsync("acme/platform", Stop)).Why().RetryAfter.ShouldBe(TimeSpan.FromSeconds(90));
        api.Log.Calls.Count.ShouldBe(calls);

        time.Advance(TimeSpan.FromSeconds(90));
        (await reader.CommitAsync(Place, first, Stop)).Value().Commit.Sha.ShouldBe(first);
        (await reader.TeamMembersAsync("acme/platform", Stop)).Value().Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(401, GitHubFaultKind.NotAuthorized)]
    [InlineData(403, GitHubFaultKind.NotAuthorized)]
    [InlineData(404, GitHubFaultKind.NotFound)]
    [InlineData(422, GitHubFaultKind.Refused)]
    [InlineData(502, GitHubFaultKind.Unavailable)]
    public async Task Refusals_are_told_apart(int status, GitHubFaultKind kind)
    {
        api.Faults = call =>
            call.Path.Contains("/commits/", StringComparison.Ordinal)
                ? new Stand.GitHubFault.Answer(status, "No")
                : null;

        var why = (await reader.CommitAsync(Place, first, Stop)).Why();

        why.Kind.ShouldBe(kind);
        why.Message.ShouldNotContain("ghs_");
    }

    [Fact]
    public async Task A_connection_that_breaks_is_a_fault_that_passes()
    {
        api.Faults = call =>
            call.Path.Contains("/commits/", StringComparison.Ordinal) ? new Stand.GitHubFault.Cut() : null;

        (await reader.CommitAsync(Place, first, Stop)).Why().IsTransient.ShouldBeTrue();
    }

    private GitHubReader New() => new(api.AccessOf(app, time), time, log);

    private int Asked(string path) => api.Log.Calls.Count(call => call.Path == path);

    /// <summary>What the tokens were asked to be good for, each once.</summary>
    private IReadOnlyList<string> Granted() =>
        [
            .. api
                .Log.Calls.Where(call => call.Path.EndsWith("/access_tokens", StringComparison.Ordinal))
                .Select(call => JsonElement.Parse(call.Body).GetProperty("permissions").GetRawText())
                .Distinct(),
        ];
}

/// <summary>Short ways to read an answer.</summary>
internal static class GitHubAnswers
{
    public static T Value<T>(this GitHubAnswer<T> answer) =>
        answer is GitHubAnswer<T>.Fault fault
            ? throw new InvalidOperationException($"{fault.Why.Kind}: {fault.Why.Message}")
            : ((GitHubAnswer<T>.Ok)answer).Value;

    public static Devflow.ChatOps.Core.Ports.GitHubFault Why<T>(this GitHubAnswer<T> answer) =>
        answer.ShouldBeOfType<GitHubAnswer<T>.Fault>().Why;
}
