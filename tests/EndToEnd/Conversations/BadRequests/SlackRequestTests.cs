using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.Conversations.BadRequests.Requests;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations.BadRequests;

/// <summary>What Slack signed and would never send.</summary>
public sealed class SlackRequestTests(QuietWorld quiet) : IClassFixture<QuietWorld>
{
    private readonly ReleaseWorld world = quiet.World;

    [Fact]
    public async Task Slack_requests_that_are_signed_and_yet_not_of_their_form()
    {
        foreach (var path in new[] { "slack/commands", "slack/interactions" })
        {
            await ShouldBeProblemAsync(await world.SendSignedAsync(path, Utf8("{}"), Json), 415);
            await ShouldBeProblemAsync(await world.SendSignedAsync(path, Utf8("{}"), "text/plain"), 415);
            await ShouldBeProblemAsync(await world.SendSignedAsync(path, Utf8(new string('x', 300_000)), Form), 413);
            await ShouldBeProblemAsync(
                await world.SendSignedAsync(
                    path,
                    Utf8(string.Join('&', Enumerable.Range(0, 2_000).Select(n => $"f{n}=1"))),
                    Form
                ),
                400
            );
            var odd = await world.SendSignedAsync(
                path,
                [.. Utf8("payload=%7B&team_id=%ZZ&text="), .. NotUtf8, 0],
                Form
            );
            ((int)odd.StatusCode).ShouldBeInRange(400, 403);
            odd.Dispose();
            using var empty = await world.SendSignedAsync(path, [], Form);
            ((int)empty.StatusCode).ShouldBeInRange(400, 403);
            using var get = await world.SendAsync(HttpMethod.Get, path, null, null);
            await ShouldBeProblemAsync(get, 405);
        }
    }

    [Fact]
    public async Task A_slash_command_without_its_fields()
    {
        var installation = world.Workspace.Installation;
        var known = $"team_id={installation.TeamId}&api_app_id={installation.AppId}";
        foreach (
            var fields in new[] { "", "&user_id=U1", "&command=/promote", "&user_id=&command=", "&user_id=a&user_id=b" }
        )
        {
            await ShouldBeProblemAsync(await world.SendSignedAsync("slack/commands", Utf8(known + fields), Form), 400);
        }

        await ShouldBeProblemAsync(
            await world.SendSignedAsync("slack/commands", Utf8("user_id=U1&command=/promote"), Form),
            403
        );
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("nothing", 400)]
    [InlineData("{", 400)]
    [InlineData("[]", 403)]
    [InlineData("null", 403)]
    [InlineData("7", 403)]
    [InlineData("{}", 403)]
    [InlineData("""{"type":"block_actions","actions":{}}""", 403)]
    public async Task An_interaction_whose_payload_is_nothing_that_Slack_sends(string payload, int status)
    {
        var answer = await world.SendPayloadAsync(payload);

        answer.Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("""{"type":"view_submission"}""")]
    [InlineData("""{"type":"shortcut"}""")]
    [InlineData("""{"type":"never_heard_of"}""")]
    [InlineData("""{"type":"block_actions"}""")]
    [InlineData("""{"type":"block_actions","actions":[]}""")]
    [InlineData("""{"type":"block_actions","actions":[7]}""")]
    [InlineData("""{"type":"block_actions","actions":[{"action_id":"devflow_promote"}]}""")]
    [InlineData("""{"type":"block_actions","user":7,"channel":[],"actions":[{"action_id":"devflow_promote"}]}""")]
    [InlineData("""{"type":"block_actions","user":{"id":"U01ALICE"},"actions":[{"action_id":"devflow_open"}]}""")]
    public async Task An_interaction_that_is_not_ours_is_acknowledged(string payload)
    {
        var answer = await world.SendPayloadAsync(Known(payload));

        answer.Status.ShouldBe(200);
        answer.Body.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"[\\\"\\\\ud800\\\",\\\"1\\\",\\\"x\\\",null]\"")]
    [InlineData("\"<!channel>\"")]
    [InlineData("\"[\\\"x\\\"]\"")]
    [InlineData("\"[null,null,null,null]\"")]
    [InlineData("7")]
    [InlineData("null")]
    public async Task A_button_whose_value_is_not_ours_is_stale_or_refused_and_never_a_fault(string value)
    {
        var payload = Known(
            $$"""
            {"type":"block_actions","user":{"id":"{{Alice}}","username":"alice"},"channel":{"id":"{{world.App.Channel}}"},
             "trigger_id":"{{Guid.NewGuid()}}","actions":[{"action_id":"{{CardActions.Promote}}","value":{{value}}}]}
            """
        );

        var answer = await world.SendPayloadAsync(payload);

        answer.Status.ShouldBeOneOf(200, 400);
        world.Patches().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deep_payload_is_refused_and_a_text_that_is_no_Unicode_too()
    {
        (await world.SendPayloadAsync(Deep(10_000))).Status.ShouldBe(400);
        (await world.SendPayloadAsync(Known("""{"type":"\ud800"}"""))).Status.ShouldBe(400);
        (await world.SendPayloadAsync("""{"team":{"id":"\ud800"}}""")).Status.ShouldBe(400);
    }

    /// <summary>The payload with the workspace and the app that the service knows.</summary>
    private string Known(string payload)
    {
        var installation = world.Workspace.Installation;
        var open = payload.IndexOf('{', StringComparison.Ordinal) + 1;
        return $$"""{"team":{"id":"{{installation.TeamId}}"},"api_app_id":"{{installation.AppId}}",{{payload[open..]}}""";
    }
}
