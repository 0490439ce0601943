using Devflow.ChatOps.Core.Messages.Slack;

namespace Devflow.ChatOps.Tests.Core.Messages;

public sealed class MrkdwnTests
{
    [Theory]
    [InlineData("a <!channel> & <@U1> b", "a &lt;!channel&gt; &amp; &lt;@U1&gt; b")]
    [InlineData("*bold* _italic_ ~gone~", "∗bold∗ ˍitalicˍ ∼gone∼")]
    [InlineData("my_app 2*3 a~b", "my_app 2*3 a~b")]
    [InlineData("run `rm -rf`", "run ˋrm -rfˋ")]
    [InlineData(":tada: at 12:30:45", ":\u2060tada: at 12:30:45")]
    [InlineData("two\nlines\u202e and\u200b\u0007 more", "two lines and more")]
    [InlineData(null, "")]
    public void Outside_text_is_shown_and_never_read_as_markup(string? text, string expected) =>
        Mrkdwn.Text(text).ShouldBe(expected);

    [Fact]
    public void A_code_span_cannot_be_left() => Mrkdwn.Code("a`*b*`<!here>\n``").ShouldBe("`aˋ*b*ˋ&lt;!here&gt; ˋˋ`");

    [Fact]
    public void An_empty_text_makes_no_code_and_no_bold()
    {
        Mrkdwn.Code(" \u200b").ShouldBe("");
        Mrkdwn.Bold("\n").ShouldBe("");
    }

    [Theory]
    [InlineData("&&&&", 11, "&amp;&amp;…")]
    [InlineData("&&", 10, "&amp;&amp;")]
    [InlineData("abcdef", 4, "abc…")]
    [InlineData("ab😀cd", 4, "ab…")]
    public void A_limit_counts_the_escapes_and_cuts_nothing_in_two(string text, int longest, string expected) =>
        Mrkdwn.Text(text, longest).ShouldBe(expected);

    [Fact]
    public void A_link_keeps_its_label_and_its_address_apart() =>
        Mrkdwn
            .Link(new Uri("https://example.com/a?b=1&c=<|>"), "x|y>z")
            .ShouldBe("<https://example.com/a?b=1&amp;c=%3C%7C%3E|x|y&gt;z>");

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("file:///etc/passwd")]
    public void Only_web_addresses_become_links(string address) =>
        Mrkdwn.Link(new Uri(address), "label").ShouldBe("label");

    [Fact]
    public void Only_ids_become_mentions()
    {
        Mrkdwn.User("U01ALICE").ShouldBe("<@U01ALICE>");
        Mrkdwn.User("U1> <!channel").ShouldBe("");
        Mrkdwn.Group("S0PLATFORM").ShouldBe("<!subteam^S0PLATFORM>");
        Mrkdwn.Group("s|x").ShouldBe("");
    }

    [Fact]
    public void A_moment_shows_the_day_where_the_time_alone_is_not_clear()
    {
        var now = new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
        Mrkdwn.Moment(now.AddHours(-1), now).ShouldBe("<!date^1795604400^{time_secs}|2026-11-25 11:00:00 UTC>");
        Mrkdwn
            .Moment(now.AddDays(-1), now)
            .ShouldBe("<!date^1795521600^{date_short_pretty} {time}|2026-11-24 12:00:00 UTC>");
        Mrkdwn.Moment(DateTimeOffset.MinValue, now).ShouldBe("0001-01-01 00:00:00 UTC");
    }
}
