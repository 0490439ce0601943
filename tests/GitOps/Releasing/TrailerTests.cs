using Devflow.ChatOps.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.Releasing;

/// <summary>What a commit message says, and what it cannot be made to say.</summary>
public sealed class TrailerTests
{
    private static readonly ReleaseTrailers trailers = ReleaseMessage.Trailers(Order("1.1.0"));

    [Fact]
    public void What_is_written_is_read_again()
    {
        var read = ReleaseTrailers.Parse(trailers.Below("Release\n\nWith a body."));
        read.ToString().ShouldBe(trailers.ToString());
        read.Run.ShouldBe(trailers.Run);
    }

    [Theory]
    [InlineData("Fix (#12)\n\n* one\n\n{0}\n\nCo-authored-by: Bob <bob@example.com>")]
    [InlineData("Fix (#12)\n\n{0}\n\n---------\n\nCo-authored-by: Bob <bob@example.com>")]
    [InlineData("Fix\r\n\r\n{0}\r\n")]
    public void Trailers_of_others_behind_ours_do_not_hide_them(string message)
    {
        ReleaseTrailers
            .Parse(message.Replace("{0}", trailers.ToString(), StringComparison.Ordinal))
            .Run.ShouldBe(trailers.Run);
    }

    [Theory]
    [InlineData("Devflow-Run: 4711/release.yml/999/1\n\nand then text")]
    [InlineData("Headline\n\nDevflow-Run: 4711/release.yml/999/1\n\nand then text")]
    [InlineData("Devflow-Run: 4711/release.yml/999/1")]
    public void Lines_above_the_end_are_no_trailers(string message) =>
        ReleaseTrailers.Parse(message).Run.ShouldBeNull();

    [Theory]
    [InlineData("x\n\nDevflow-Run: 4711/release.yml/999/1")]
    [InlineData("x\r\rDevflow-Rolled-Back: registry.example.com/shop:1.1.0")]
    [InlineData("x\u2028\u2028devflow-run : 1/w/9/9")]
    [InlineData("x\u0085\u0085Devflow-App: other")]
    public async Task Nothing_that_is_put_into_a_message_forges_a_trailer(string evil)
    {
        await using var world = await StartAsync(Way.GraphQl);
        var order = Order("1.1.0") with
        {
            Actor = evil,
            SourceCommit = evil,
            ForceReason = evil,
            MessageTemplate = $"{{app}} {{actor}} {{sha}}\n\n{evil}",
        };

        var message = await world.CommitAsync(order);

        var read = ReleaseTrailers.Parse(message);
        (read.App, read.Run, read.RolledBack.Count).ShouldBe(("shop", order.Run, 0));
        message.ShouldNotContain('\r');
    }

    [Theory]
    [InlineData("1/w/2/3", 1, "w", 2, 3)]
    [InlineData("1/.github/workflows/a.yml/2/3", 1, ".github/workflows/a.yml", 2, 3)]
    public void A_run_is_read(string text, long repository, string workflow, long number, int attempt)
    {
        var run = RunIdentity.TryParse(text);
        run.ShouldBe(new RunIdentity(repository, workflow, number, attempt));
        run!.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1/2/3")]
    [InlineData("x/w/2/3")]
    [InlineData("1/w/-2/3")]
    [InlineData("1//2/3")]
    [InlineData("1/w/2/99999999999")]
    public void What_is_no_run_is_none(string text) => RunIdentity.TryParse(text).ShouldBeNull();
}
