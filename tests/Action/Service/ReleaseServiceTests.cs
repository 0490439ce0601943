using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Reporting;
using Devflow.ChatOps.Action.Runner;
using Devflow.ChatOps.Action.Service;
using Devflow.ChatOps.Tests.Action.World;

namespace Devflow.ChatOps.Tests.Action.Service;

public sealed class ReleaseServiceTests : IDisposable
{
    private const string Created = """{"code":"ok","text":"","job":{"id":"j-1","status":"Pending","steps":[]}}""";

    private static readonly JobAnnouncement announcement = new()
    {
        App = "my-app",
        Environment = "production",
        Image = "registry.example.com/my-app",
        Tag = "v2",
        GitopsCommit = new string('a', 40),
        RunId = "9001",
        RunAttempt = 1,
    };

    private readonly ScriptedHttp script = new();
    private readonly JumpingTime clock = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly StringWriter log = new() { NewLine = "\n" };
    private readonly HttpClient http;
    private readonly ReleaseService service;

    public ReleaseServiceTests()
    {
        http = new HttpClient(script);
        var access = new ServiceAccess(
            new Uri("https://devflow.example.com/base/"),
            "our devflow",
            new Uri("https://token.example.com/give?version=2"),
            "request-token",
            9001
        );
        service = new ReleaseService(http, access, new WorkflowLog(log), clock);
    }

    public void Dispose()
    {
        http.Dispose();
        script.Dispose();
        log.Dispose();
    }

    [Fact]
    public async Task A_release_is_announced_with_a_token_for_our_audience()
    {
        var token = Token("one", minutes: 5);
        GiveToken(token).Then(201, Created);
        (await AnnounceAsync()).ShouldBeOfType<Answer<JobView>.Told>().Value.Id.ShouldBe("j-1");
        var (asked, posted) = (script.Sent.First(), script.Sent.Last());
        asked.Url.AbsoluteUri.ShouldBe("https://token.example.com/give?version=2&audience=our%20devflow");
        asked.Authorization.ShouldBe("bearer request-token");
        posted.Url.AbsoluteUri.ShouldBe("https://devflow.example.com/base/api/jobs");
        posted.Authorization.ShouldBe($"Bearer {token}");
        posted.Key.ShouldBe("run-1");
        JsonNode
            .DeepEquals(
                JsonNode.Parse(posted.Body),
                JsonNode.Parse(
                    $$"""
                    {"app":"my-app","environment":"production","image":"registry.example.com/my-app","tag":"v2",
                     "gitopsCommit":"{{new string('a', 40)}}","runId":"9001","runAttempt":1}
                    """
                )
            )
            .ShouldBeTrue(posted.Body);
        log.ToString().ShouldBe($"::add-mask::{token}\n");
    }

    [Fact]
    public async Task What_may_pass_is_asked_again_with_the_same_key_and_body()
    {
        GiveToken()
            .Then(503)
            .ThenNoConnection()
            .Then(429, retryAfter: TimeSpan.FromSeconds(20))
            .Then(500)
            .Then(201, Created);
        var start = clock.GetUtcNow();
        (await AnnounceAsync()).ShouldBeOfType<Answer<JobView>.Told>();
        var posts = script.Sent.Where(request => request.Method == HttpMethod.Post).ToList();
        posts.Count.ShouldBe(5);
        posts.Select(post => (post.Key, post.Body)).Distinct().ShouldHaveSingleItem();
        (clock.GetUtcNow() - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task It_is_given_up_after_a_number_of_times()
    {
        GiveToken();
        for (var attempt = 0; attempt < ReleaseService.Attempts; attempt++)
        {
            script.Then(502, "<html>");
        }

        (await AnnounceAsync()).ShouldBeOfType<Answer<JobView>.Unreachable>().Message.ShouldContain("HTTP 502");
    }

    [Fact]
    public async Task A_refusal_is_told_with_its_code_and_asked_once()
    {
        GiveToken().Then(403, """{"status":403,"title":"no","detail":"Not this app.","code":"not_allowed"}""");
        (await AnnounceAsync()).ShouldBe(new Answer<JobView>.Refused("not_allowed", "Not this app."));
    }

    [Fact]
    public async Task A_key_that_was_used_for_another_body_is_answered_with_what_came_of_that()
    {
        GiveToken().Then(409, """{"code":"idempotency_key_reused"}""").Then(200, Created);
        (await AnnounceAsync()).ShouldBeOfType<Answer<JobView>.Told>().Value.Id.ShouldBe("j-1");
        script.Sent.Last().Url.AbsolutePath.ShouldBe("/base/api/commands/run-1");
    }

    [Fact]
    public async Task What_is_not_finished_at_once_is_asked_for()
    {
        GiveToken().Then(202).Then(202).Then(200, Created);
        (await AnnounceAsync()).ShouldBeOfType<Answer<JobView>.Told>();
        script.Sent.Last().Url.AbsolutePath.ShouldBe("/base/api/commands/run-1");
    }

    [Fact]
    public async Task A_token_that_is_not_taken_is_fetched_anew_once()
    {
        GiveToken(Token("one", 5)).Then(401);
        GiveToken(Token("two", 5)).Then(401, """{"code":"unauthorized","detail":"Who?"}""");
        (await AnnounceAsync()).ShouldBe(new Answer<JobView>.Refused("unauthorized", "Who?"));
    }

    [Fact]
    public async Task A_token_is_used_until_shortly_before_its_end()
    {
        GiveToken(Token("one", minutes: 5)).Then(200, """{"id":"j-1"}""").Then(200, """{"id":"j-1"}""");
        await ReadAsync();
        clock.Advance(TimeSpan.FromMinutes(3));
        await ReadAsync();
        clock.Advance(TimeSpan.FromSeconds(61));
        GiveToken(Token("two", minutes: 10)).Then(200, """{"id":"j-1"}""");
        await ReadAsync();
        script.Sent.Last().Authorization.ShouldBe($"Bearer {Token("two", 10)}");
    }

    [Fact]
    public async Task Without_a_token_nothing_is_asked_of_the_service()
    {
        script.Then(403);
        (await AnnounceAsync()).ShouldBeOfType<Answer<JobView>.Unreachable>().Message.ShouldContain("OIDC");
        script.Sent.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(200, "<html>")]
    [InlineData(200, "null")]
    [InlineData(302, "")]
    public async Task What_is_no_Devflow_is_said(int status, string body)
    {
        GiveToken().Then(status, body);
        var refused = (await AnnounceAsync()).ShouldBeOfType<Answer<JobView>.Refused>();
        ReasonCodes.All.Keys.ShouldContain(
            status == 200 ? refused.Code : refused.Code.Replace($"{status}", "<status>", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_key_is_of_the_form_that_the_service_takes_and_differs_with_what_is_released()
    {
        string[] keys =
        [
            AnnouncementKey.Of(1, 1, "a", "b", ["c:1"]),
            AnnouncementKey.Of(1, 2, "a", "b", ["c:1"]),
            AnnouncementKey.Of(2, 1, "a", "b", ["c:1"]),
            AnnouncementKey.Of(1, 1, "ab", "", ["c:1"]),
            AnnouncementKey.Of(1, 1, "a", "b", ["c:2"]),
            AnnouncementKey.Of(long.MaxValue, int.MaxValue, "ä ö", "b", ["c:1", "d:1"]),
        ];
        keys.ShouldBeUnique();
        keys.ShouldAllBe(key => key.Length <= 100 && key.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
        AnnouncementKey.Of(1, 1, "a", "b", ["c:1"]).ShouldBe(keys[0]);
    }

    private Task<Answer<JobView>> AnnounceAsync() =>
        service.AnnounceAsync(announcement, "run-1", TestContext.Current.CancellationToken);

    private async Task ReadAsync() =>
        (await service.ReadAsync("j-1", TestContext.Current.CancellationToken)).ShouldBeOfType<Answer<JobView>.Told>();

    private ScriptedHttp GiveToken(string? token = null) =>
        script.Then(200, $$"""{"value":"{{token ?? Token("x", 60)}}"}""");

    private static string Token(string name, int minutes)
    {
        var end = new DateTimeOffset(2026, 11, 25, 12, minutes % 60, 0, TimeSpan.Zero).AddHours(minutes / 60);
        var payload = $$"""{"jti":"{{name}}","exp":{{end.ToUnixTimeSeconds()}}}""";
        return $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.c2ln";
    }
}
