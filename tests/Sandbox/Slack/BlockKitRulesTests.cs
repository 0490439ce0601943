using Devflow.ChatOps.Sandbox.Slack;
using static Devflow.ChatOps.Tests.Sandbox.Slack.SlackWorld;

namespace Devflow.ChatOps.Tests.Sandbox.Slack;

public sealed class BlockKitRulesTests
{
    private const string Label = """{"type":"plain_text","text":"x"}""";

    public static TheoryData<string, string> Faults =>
        new()
        {
            { """[{"type":"section"}]""", "must define either `fields` or `text` [json-pointer:/blocks/0]" },
            { Section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]" },
            { Section(Long(3001)), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]" },
            { Fields(11, "x"), "no more than 10 items allowed [json-pointer:/blocks/0/fields]" },
            { Fields(1, Long(2001)), "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]" },
            { Header(Long(151)), "must be less than 151 characters [json-pointer:/blocks/0/text/text]" },
            {
                """[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]""",
                "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"
            },
            { """[{"type":"header"}]""", "missing required field: text [json-pointer:/blocks/0]" },
            { """[{"type":"marquee"}]""", "unsupported type: marquee [json-pointer:/blocks/0/type]" },
            { """[{}]""", "missing required field: type [json-pointer:/blocks/0]" },
            { """["x"]""", "must be an object [json-pointer:/blocks/0]" },
            { """[{"type":"divider","color":"red"}]""", "invalid additional property: color [json-pointer:/blocks/0]" },
            {
                """[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]""",
                "`block_id` \"a\" already exists for another block [json-pointer:/blocks/1/block_id]"
            },
            {
                $$$$"""[{"type":"divider","block_id":"{{{{Long(256)}}}}"}]""",
                "must be less than 256 characters [json-pointer:/blocks/0/block_id]"
            },
            { $"[{Many(51, """{"type":"divider"}""")}]", "no more than 50 items allowed [json-pointer:/blocks]" },
            { Actions(""), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]" },
            {
                Actions(string.Join(',', Enumerable.Range(0, 26).Select(i => Button($"\"action_id\":\"a{i}\"")))),
                "no more than 25 items allowed [json-pointer:/blocks/0/elements]"
            },
            {
                Actions(Button("\"action_id\":\"a\"") + "," + Button("\"action_id\":\"a\"")),
                "`action_id` \"a\" already exists for another element of this block [json-pointer:/blocks/0/elements/1/action_id]"
            },
            {
                Actions(Button($"\"value\":\"{Long(2001)}\"")),
                "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"
            },
            {
                Actions(Button("\"style\":\"loud\"")),
                "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]"
            },
            {
                Actions(Button("\"url\":\"javascript:alert(1)\"")),
                "must be a valid URL [json-pointer:/blocks/0/elements/0/url]"
            },
            {
                Actions($$$$"""{"type":"button","text":{"type":"plain_text","text":"{{{{Long(76)}}}}"}}"""),
                "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"
            },
            {
                Actions("""{"type":"button","text":{"type":"mrkdwn","text":"x"}}"""),
                "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text/type]"
            },
            {
                Actions(Button($"\"confirm\":{Confirm(101, 1, 1)}")),
                "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]"
            },
            {
                Actions(Button($"\"confirm\":{Confirm(1, 301, 1)}")),
                "must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]"
            },
            {
                Actions(Button($"\"confirm\":{Confirm(1, 1, 31)}")),
                "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/confirm/text]"
            },
            {
                Actions("""{"type":"plain_text_input"}"""),
                "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"
            },
            {
                $$$$"""[{"type":"context","elements":[{{{{Many(11, Label)}}}}]}]""",
                "no more than 10 items allowed [json-pointer:/blocks/0/elements]"
            },
            {
                """[{"type":"image","image_url":"https://example.com/x.png"}]""",
                "missing required field: alt_text [json-pointer:/blocks/0]"
            },
            {
                $$$$"""[{"type":"markdown","text":"{{{{Long(7000)}}}}"},{"type":"markdown","text":"{{{{Long(7000)}}}}"}]""",
                "the text of all markdown blocks must be less than 12001 characters [json-pointer:/blocks]"
            },
            {
                $$$$"""[{"type":"table","rows":[[{{{{Many(21, """{"type":"raw_text","text":"x"}""")}}}}]]}]""",
                "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"
            },
            {
                Actions($$$$"""{"type":"overflow","options":[{"text":{{{{Label}}}},"value":"v"}]}"""),
                "no fewer than 2 items allowed [json-pointer:/blocks/0/elements/0/options]"
            },
        };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void A_fault_is_named_with_its_place(string blocks, string fault) =>
        BlockKitRules.CheckMessage(Blocks(blocks)).ShouldBe([fault]);

    [Fact]
    public void A_good_card_has_no_faults()
    {
        BlockKitRules.CheckMessage(Card("v")).ShouldBeEmpty();
        BlockKitRules.CheckMessage(Blocks(Section(Long(3000)))).ShouldBeEmpty();
        BlockKitRules.CheckMessage(Blocks(Header(Long(150)))).ShouldBeEmpty();
        BlockKitRules.CheckMessage(Blocks(Actions(Button($"\"value\":\"{Long(2000)}\"")))).ShouldBeEmpty();
        BlockKitRules.CheckMessage(Blocks(Actions(Button($"\"confirm\":{Confirm(100, 300, 30)}")))).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_api_answers_invalid_blocks_with_every_place()
    {
        await using var world = await StartAsync();

        var answer = await world.JsonAsync(
            "chat.postMessage",
            new
            {
                channel = Releases,
                text = "x",
                blocks = Blocks("""[{"type":"section"},{"type":"header"}]"""),
            }
        );

        ErrorOf(answer).ShouldBe("invalid_blocks");
        var messages = answer.GetProperty("response_metadata").GetProperty("messages").EnumerateArray();
        messages
            .Select(m => m.GetString())
            .ShouldBe([
                "[ERROR] must define either `fields` or `text` [json-pointer:/blocks/0]",
                "[ERROR] missing required field: text [json-pointer:/blocks/1]",
            ]);
    }

    [Fact]
    public async Task Blocks_that_are_too_long_together_are_refused()
    {
        await using var world = await StartAsync();
        var one = $$$$"""{"type":"section","text":{"type":"mrkdwn","text":"{{{{Long(2900)}}}}"}}""";

        var four = new
        {
            channel = Releases,
            text = "x",
            blocks = Blocks($"[{Many(4, one)}]"),
        };
        var five = new
        {
            channel = Releases,
            text = "x",
            blocks = Blocks($"[{Many(5, one)}]"),
        };

        ErrorOf(await world.JsonAsync("chat.postMessage", four)).ShouldBeNull();
        ErrorOf(await world.JsonAsync("chat.postMessage", five)).ShouldBe("msg_blocks_too_long");
    }

    private static string Long(int length) => new('x', length);

    private static string Many(int count, string item) => string.Join(',', Enumerable.Repeat(item, count));

    private static string Section(string text) =>
        $$$$"""[{"type":"section","text":{"type":"mrkdwn","text":"{{{{text}}}}"}}]""";

    private static string Header(string text) =>
        $$$$"""[{"type":"header","text":{"type":"plain_text","text":"{{{{text}}}}"}}]""";

    private static string Fields(int count, string text) =>
        $$$$"""[{"type":"section","fields":[{{{{Many(count, $"{{\"type\":\"mrkdwn\",\"text\":\"{text}\"}}")}}}}]}]""";

    private static string Actions(string elements) => $$$$"""[{"type":"actions","elements":[{{{{elements}}}}]}]""";

    private static string Button(string more) => $$$$"""{"type":"button","text":{{{{Label}}}},{{{{more}}}}}""";

    private static string Confirm(int title, int text, int confirm) =>
        $$$$"""{"title":{{{{Plain(title)}}}},"text":{{{{Plain(text)}}}},"confirm":{{{{Plain(confirm)}}}},"deny":{{{{Label}}}}}""";

    private static string Plain(int length) => $"{{\"type\":\"plain_text\",\"text\":\"{Long(length)}\"}}";
}
