using System.Text.Json;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Slack;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using static Devflow.ChatOps.Tests.Functions.Slack.SlackStand;

namespace Devflow.ChatOps.Tests.Functions.Slack;

public sealed class SlackClientOddAnswerTests
{
    [Theory]
    [InlineData(200, "<html>Sign in to the network</html>", SlackFaultKind.Uncertain)]
    [InlineData(200, "", SlackFaultKind.Uncertain)]
    [InlineData(200, "[]", SlackFaultKind.Uncertain)]
    [InlineData(200, "{}", SlackFaultKind.Uncertain)]
    [InlineData(200, """{"ok":true}""", SlackFaultKind.Uncertain)]
    [InlineData(200, """{"ok":true,"ts":1531420618.000100}""", SlackFaultKind.Uncertain)]
    [InlineData(200, """{"ok":"true","ts":"1"}""", SlackFaultKind.Refused)]
    [InlineData(200, """{"ok":false}""", SlackFaultKind.Refused)]
    [InlineData(200, """{"ok":false,"error":{"deep":[]}}""", SlackFaultKind.Refused)]
    [InlineData(401, "", SlackFaultKind.NotAuthorized)]
    [InlineData(403, "<html/>", SlackFaultKind.NotAuthorized)]
    [InlineData(404, "not here", SlackFaultKind.Refused)]
    [InlineData(500, "{}", SlackFaultKind.Uncertain)]
    [InlineData(503, "", SlackFaultKind.Uncertain)]
    public async Task An_answer_that_is_not_Slacks_is_no_success(int status, string body, SlackFaultKind kind)
    {
        await using var odd = await OddSlack.AnsweringAsync(status, body);

        (await odd.Client.PostAsync(Post("op"), Patience)).Why().Kind.ShouldBe(kind);
    }

    [Fact]
    public async Task A_429_without_a_time_waits_half_a_minute()
    {
        await using var odd = await OddSlack.AnsweringAsync(429, "");

        (await odd.Client.PostAsync(Post("op"), Patience)).Why().RetryAfter.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_endless_answer_is_not_read_to_its_end()
    {
        await using var odd = await OddSlack.StartAsync(async context =>
        {
            var chunk = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
        });

        (await odd.Client.PostAsync(Post("op"), Patience)).Why().Kind.ShouldBe(SlackFaultKind.Uncertain);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var odd = await OddSlack.StartAsync(context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });

        (await odd.Client.PostAsync(Post("op"), Patience)).Why().ShouldBe(new(SlackFaultKind.Refused, "http_302"));
        (await odd.Client.RespondAsync(new Uri(odd.Address, "commands/x"), "hi", Patience))
            .Why()
            .Error.ShouldBe("http_302");

        odd.Requests.Select(request => request.Path).ShouldBe(["/api/chat.postMessage", "/commands/x"]);
    }

    [Fact]
    public async Task Neither_the_token_nor_a_response_url_is_in_a_fault_or_in_the_log()
    {
        const string secret = "T1/2/very-secret";
        var echo = JsonSerializer.Serialize(
            new
            {
                ok = false,
                error = $"bad token {OddSlack.Token}",
                response_metadata = new { messages = new[] { $"[ERROR] {OddSlack.Token} is wrong" } },
            }
        );
        foreach (var status in new[] { 200, 400, 401, 404, 429, 500 })
        {
            await using var odd = await OddSlack.AnsweringAsync(status, echo);
            string[] errors =
            [
                (await odd.Client.PostAsync(Post("op"), Patience)).Why().Error,
                (await odd.Client.GroupMembersAsync("S1", Patience)).Why().Error,
                (await odd.Client.RespondAsync(new Uri("https://example.com/" + secret), "hi", Patience)).Why().Error,
            ];
            await odd.Client.RespondAsync(new Uri(odd.Address, "commands/" + secret), "hi", Patience);

            var texts = string.Join('\n', [.. errors, .. odd.Log.Lines]);
            texts.ShouldNotContain("a-secret");
            texts.ShouldNotContain("very-secret");
            odd.Log.Lines.Count.ShouldBe(4);
        }
    }

    [Fact]
    public async Task A_response_url_gets_an_ephemeral_text_and_no_token()
    {
        await using var odd = await OddSlack.AnsweringAsync(200, "ok", "text/plain");

        (await odd.Client.RespondAsync(new Uri(odd.Address, "commands/T1/2/x"), "a & b", Patience)).Value();

        var request = odd.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/commands/T1/2/x");
        request.Authorization.ShouldBeEmpty();
        var sent = JsonDocument.Parse(request.Body).RootElement;
        sent.GetProperty("text").GetString().ShouldBe("a & b");
        sent.GetProperty("response_type").GetString().ShouldBe("ephemeral");
        sent.GetProperty("replace_original").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("http://hooks.slack.com/commands/1")]
    [InlineData("https://hooks.slack.com:8443/commands/1")]
    [InlineData("https://me@hooks.slack.com/commands/1")]
    [InlineData("https://hooks.slack.com.example.com/commands/1")]
    [InlineData("https://xhooks.slack.com/commands/1")]
    [InlineData("https://slack.com/commands/1")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/commands/1")]
    public async Task A_response_url_of_another_host_is_refused(string address)
    {
        await using var odd = await OddSlack.AnsweringAsync(200, "ok");

        (await odd.Client.RespondAsync(new Uri(address, UriKind.RelativeOrAbsolute), "hi", Patience))
            .Why()
            .Kind.ShouldBe(SlackFaultKind.Refused);
    }

    [Theory]
    [InlineData("other/1")]
    [InlineData("commands/../api/chat.postMessage")]
    [InlineData("commandsandmore/1")]
    public async Task The_configured_address_covers_what_is_below_it_and_nothing_beside_it(string path)
    {
        await using var odd = await OddSlack.AnsweringAsync(200, "ok");

        (await odd.Client.RespondAsync(new Uri(odd.Address, path), "hi", Patience))
            .Why()
            .Kind.ShouldBe(SlackFaultKind.Refused);

        odd.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("expired_url", "expired_url")]
    [InlineData("<html>No such page</html>", "http_404")]
    public async Task A_used_up_response_url_says_so(string body, string error)
    {
        await using var odd = await OddSlack.AnsweringAsync(404, body, "text/plain");

        (await odd.Client.RespondAsync(new Uri(odd.Address, "commands/1"), "hi", Patience))
            .Why()
            .ShouldBe(new SlackFault(SlackFaultKind.Refused, error));
    }

    [Theory]
    [InlineData("""{"id":"U1","team_id":"T1"}""", SlackAccount.Member)]
    [InlineData("""{"id":"U1","team_id":"T9","enterprise_user":{"teams":["T1","T9"]}}""", SlackAccount.Member)]
    [InlineData("""{"id":"U1","team_id":"T1","deleted":true}""", SlackAccount.Deactivated)]
    [InlineData("""{"id":"U1","team_id":"T1","is_bot":true}""", SlackAccount.Bot)]
    [InlineData("""{"id":"U1","team_id":"T1","is_workflow_bot":true}""", SlackAccount.Bot)]
    [InlineData("""{"id":"U1","team_id":"T1","is_restricted":true}""", SlackAccount.Guest)]
    [InlineData("""{"id":"U1","team_id":"T1","is_ultra_restricted":true}""", SlackAccount.Guest)]
    [InlineData("""{"id":"U1","team_id":"T1","is_stranger":true}""", SlackAccount.Stranger)]
    [InlineData("""{"id":"U1","team_id":"T9"}""", SlackAccount.Stranger)]
    [InlineData("""{"id":"U1","team_id":"T9","enterprise_user":{"teams":[9]}}""", SlackAccount.Stranger)]
    [InlineData("""{"id":"U1"}""", SlackAccount.Stranger)]
    public async Task Who_may_not_act_is_told_from_who_may(string user, SlackAccount kind)
    {
        await using var odd = await OddSlack.AnsweringAsync(200, $$"""{"ok":true,"user":{{user}}}""", teams: ["T1"]);

        (await odd.Client.AccountAsync("U1", Patience)).Value().ShouldBe(kind);
    }

    [Fact]
    public async Task Half_an_answer_about_an_account_is_none()
    {
        await using var odd = await OddSlack.AnsweringAsync(200, """{"ok":true,"user":{}}""");

        (await odd.Client.AccountAsync("U1", Patience)).Why().Kind.ShouldBe(SlackFaultKind.Unavailable);
    }

    [Theory]
    [InlineData("http://slack.example.com/api/")]
    [InlineData("ftp://slack.com/api/")]
    public void A_token_is_not_sent_in_the_clear(string address)
    {
        var options = new SlackOptions { ApiAddress = new Uri(address), BotToken = OddSlack.Token };

        Should.Throw<ArgumentException>(() =>
            new SlackClient(
                options,
                new SlackGovernor(TimeProvider.System),
                TimeProvider.System,
                NullLogger<SlackClient>.Instance
            )
        );
    }
}
