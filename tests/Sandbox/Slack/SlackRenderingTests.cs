using Devflow.ChatOps.Sandbox.Slack;
using Microsoft.Extensions.Time.Testing;
using static Devflow.ChatOps.Tests.Sandbox.Slack.SlackWorld;

namespace Devflow.ChatOps.Tests.Sandbox.Slack;

public sealed class SlackRenderingTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_531_420_618);
    private readonly SlackWorkspace workspace = new(SlackInstallation.Generate(), new FakeTimeProvider(Now));

    public SlackRenderingTests()
    {
        workspace.Put(new SlackUser(Alice, "alice <script>"));
        workspace.Put(new SlackUserGroup(Platform, "platform", []));
        workspace.Put(new SlackChannel(Releases, "releases"));
    }

    [Theory]
    [InlineData("*bold* _it_ ~no~ `a*b*`", "<strong>bold</strong> <em>it</em> <s>no</s> <code>a*b*</code>")]
    [InlineData("*a _b_ c*", "<strong>a <em>b</em> c</strong>")]
    [InlineData("2*3*4 and snake_case_name", "2*3*4 and snake_case_name")]
    [InlineData("*open", "*open")]
    [InlineData("```x < y\nz```", "<pre>x &lt; y\nz</pre>")]
    [InlineData("a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c")]
    [InlineData("&amp;lt;", "&amp;lt;")]
    [InlineData("<@U01ALICE>", "<span class=\"slack-mention\">@alice &lt;script&gt;</span>")]
    [InlineData("<!subteam^S0PLATFORM>", "<span class=\"slack-mention\">@platform</span>")]
    [InlineData("<#C0RELEASES>", "<span class=\"slack-mention\">#releases</span>")]
    [InlineData("<!here>", "<span class=\"slack-mention\">@here</span>")]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;")]
    [InlineData("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;")]
    [InlineData(
        "<https://e.com/?a=1&amp;b=\"|l\"i>",
        "<a href=\"https://e.com/?a=1&amp;b=&quot;\" target=\"_blank\" rel=\"noopener noreferrer\">l&quot;i</a>"
    )]
    [InlineData(
        "<!date^1531420618^{date_short_pretty} {time}|then>",
        "<time datetime=\"2018-07-12T18:36:58Z\">today 18:36</time>"
    )]
    [InlineData("<!date^1531420618^{era}|then>", "<time datetime=\"2018-07-12T18:36:58Z\">then</time>")]
    [InlineData(":white_check_mark: :unknown:", "✅ :unknown:")]
    [InlineData("a\nb", "a<br>b")]
    public void Mrkdwn_becomes_safe_html(string mrkdwn, string html) =>
        new BlockKitHtml(workspace, Now)
            .Render(new SlackContent(mrkdwn))
            .ShouldBe($"<div class=\"slack-section\">{html}</div>");

    [Fact]
    public void A_card_becomes_html_with_working_buttons()
    {
        var card = workspace.Post(Releases, Alice, new SlackContent("card", Card("op-1")));

        var html = new BlockKitHtml(workspace, Now).Render(card.Content);

        html.ShouldContain("<h3 class=\"slack-header\">my-app</h3>");
        html.ShouldContain("<strong>Waiting</strong> for <span class=\"slack-mention\">@alice &lt;script&gt;</span>");
        html.ShouldContain(
            "<button type=\"button\" class=\"slack-button primary\" data-block-id=\"buttons\" data-action-id=\"promote\""
                + " data-confirm-title=\"Promote?\" data-confirm-text=\"To production\" data-confirm-ok=\"Promote\""
                + " data-confirm-deny=\"Cancel\">Promote</button>"
        );
    }

    [Fact]
    public void Hostile_text_stays_text_everywhere()
    {
        const string evil = "\\\"><img src=x onerror=alert(1)>";
        var blocks = Blocks(
            $$$$"""
            [
              {"type":"header","text":{"type":"plain_text","text":"{{{{evil}}}}"}},
              {"type":"context","elements":[{"type":"plain_text","text":"{{{{evil}}}}"},
                {"type":"image","image_url":"https://e.com/{{{{evil}}}}","alt_text":"{{{{evil}}}}"}]},
              {"type":"markdown","text":"{{{{evil}}}}"},
              {"type":"table","rows":[[{"type":"raw_text","text":"{{{{evil}}}}"}]]},
              {"type":"actions","block_id":"{{{{evil}}}}","elements":[{"type":"button","action_id":"{{{{evil}}}}",
                "text":{"type":"plain_text","text":"{{{{evil}}}}"}}]}
            ]
            """
        );
        BlockKitRules.CheckMessage(blocks).ShouldBeEmpty();

        var html = new BlockKitHtml(workspace, Now).Render(new SlackContent("", blocks));

        html.ShouldNotContain("<img src=x");
        html.ShouldNotContain("\"><img");
        // Nine places of the message carry the text.
        (html.Split("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;").Length - 1).ShouldBe(9);
    }

    [Fact]
    public void A_card_becomes_plain_lines()
    {
        var blocks = Blocks(
            """
            [
              {"type":"header","text":{"type":"plain_text","text":"my-app :rocket:"}},
              {"type":"section","text":{"type":"mrkdwn","text":"*1.2* by <@U01ALICE>, see <https://e.com|the job>"},
               "fields":[{"type":"mrkdwn","text":"*Applied*\n12 s"}]},
              {"type":"divider"},
              {"type":"context","elements":[{"type":"mrkdwn","text":"a"},{"type":"plain_text","text":"*b*"}]},
              {"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Promote"}},
                                            {"type":"button","text":{"type":"plain_text","text":"Roll back"}}]}
            ]
            """
        );

        var text = new BlockKitText(workspace, Now).Render(new SlackContent("", blocks));

        text.Split('\n')
            .ShouldBe([
                "# my-app 🚀",
                "1.2 by @alice <script>, see the job (https://e.com)",
                "  Applied",
                "    12 s",
                "---",
                "a  *b*",
                "[Promote] [Roll back]",
            ]);
    }
}
