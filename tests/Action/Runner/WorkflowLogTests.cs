using Devflow.ChatOps.Action.Runner;

namespace Devflow.ChatOps.Tests.Action.Runner;

/// <summary>Whatever text arrives, the runner reads no command out of it that is not ours.</summary>
public sealed class WorkflowLogTests
{
    [Theory]
    [InlineData("::error::x", "· ::error::x")]
    [InlineData("  \t::add-mask::x", "·   \t::add-mask::x")]
    [InlineData("a ##[error]x", "a ## [error]x")]
    [InlineData("\u001b[31m::error::x", "\uFFFD[31m::error::x")]
    [InlineData("fine: a::b", "fine: a::b")]
    public void A_line_is_no_command(string text, string expected) =>
        Written(log => log.Line(text)).ShouldBe([expected]);

    [Theory]
    [InlineData("a\r::error::x")]
    [InlineData("a\n::error::x")]
    [InlineData("a\r\n::error::x")]
    [InlineData("a\u0085::error::x")]
    [InlineData("a\u2028::error::x")]
    public void No_line_end_hides_a_command(string text)
    {
        foreach (var line in Written(log => log.Line(text)))
        {
            RunnerReading.Command(line).ShouldBeNull();
        }
    }

    [Fact]
    public void An_annotation_is_one_command_whatever_it_says()
    {
        var lines = Written(log =>
            log.Error("ti,tle:", "50% ::error::\r\n::add-mask::x", new FilePlace("a,b:c.yaml", 3, 7))
        );
        lines.ShouldBe([
            "::error title=ti%2Ctle%3A,file=a%2Cb%3Ac.yaml,line=3,col=7::50%25 ::error::%0D%0A::add-mask::x",
        ]);
    }

    [Fact]
    public void A_group_of_foreign_lines_takes_no_commands()
    {
        var lines = Written(log => log.Group("a\n::x::", ["::error::x", " ::debug::y"]));
        lines[0].ShouldStartWith("::group::");
        lines[1].ShouldStartWith("::stop-commands::");
        var token = lines[1]["::stop-commands::".Length..];
        token.Length.ShouldBe(32);
        lines[^2].ShouldBe($"::{token}::");
        lines[^1].ShouldBe("::endgroup::");
        lines[2..^2].ShouldAllBe(line => RunnerReading.Command(line) == null);
    }

    [Fact]
    public void A_key_is_masked_line_by_line_without_its_dashes() =>
        Written(log => log.Mask("-----BEGIN X-----\nab%c\r\ndef\n-----END X-----\n"))
            .ShouldBe(["::add-mask::ab%25c", "::add-mask::def"]);

    [Fact]
    public void A_long_message_is_cut_to_what_the_runner_takes() =>
        Written(log => log.Error("t", new string('x', 10_000))).ShouldHaveSingleItem().Length.ShouldBeLessThan(4_096);

    private static string[] Written(Action<WorkflowLog> write)
    {
        using var output = new StringWriter { NewLine = "\n" };
        write(new WorkflowLog(output));
        return output.ToString().TrimEnd('\n').Split('\n');
    }
}
