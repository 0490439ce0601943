using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using static Devflow.ChatOps.Tests.Core.Messages.CardWorld;

namespace Devflow.ChatOps.Tests.Core.Messages;

public sealed class ReleaseCardButtonTests
{
    [Fact]
    public void A_button_carries_what_its_reader_saw()
    {
        var promote = MessageText.Button(Card(Awaiting), "Promote");
        ((string?)promote["action_id"]).ShouldBe(CardActions.Promote);
        CardActions
            .Read((string?)promote["value"])
            .ShouldBe(
                (
                    new Sight(Id, 1, Awaiting.Release!.Hash, FromButton: true) { Pause = Awaiting.Release.PauseStart },
                    null
                )
            );
    }

    [Fact]
    public void And_since_when_the_pause_has_lasted_that_they_saw()
    {
        var pause = new DateTimeOffset(2026, 3, 5, 10, 0, 7, 120, TimeSpan.FromHours(1));
        var job = Awaiting with { Release = Awaiting.Release! with { PauseStart = pause } };

        var value = CardActions.ValueOf(job, RollbackPath.UndoInGit);

        CardActions.Read(value)!.Value.Sight.Pause.ShouldBe(pause);
        value.Length.ShouldBeLessThan(250, "Slack takes 2,000");
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(",null", true)]
    [InlineData(",\"2026-03-05T09:00:07.1200000Z\"", true)]
    [InlineData(",\"yesterday\"", false)]
    [InlineData(",null,null", false)]
    public void A_button_of_an_older_card_does_not_tell_the_pause_and_counts_all_the_same(string rest, bool counts) =>
        (CardActions.Read($"[\"{Id}\",\"1\",\"abc\",null{rest}]") is not null).ShouldBe(counts);

    [Theory]
    [InlineData(30, RollbackPath.Undo)]
    [InlineData(0, RollbackPath.Release)]
    public void A_rollback_carries_the_path_that_its_question_names(int secondsLeft, RollbackPath path)
    {
        var button = MessageText.Button(Card(Succeeded.UndoableUntil(Now.AddSeconds(secondsLeft))), "Roll back");
        ((string?)button["action_id"]).ShouldBe(CardActions.RollBack);
        CardActions.Read((string?)button["value"])!.Value.Path.ShouldBe(path);
        ((string?)button["confirm"]!["style"]).ShouldBe("danger");
    }

    [Fact]
    public void Every_button_that_acts_asks_first()
    {
        var buttons = new[] { Awaiting, Succeeded, Aborted, Running }
            .SelectMany(job => MessageText.Buttons(Card(job)).Select(label => MessageText.Button(Card(job), label)))
            .Where(button => (string?)button["action_id"] != CardActions.OpenLink)
            .ToList();
        buttons.Count.ShouldBe(6);
        buttons.ShouldAllBe(button =>
            ((string?)button["confirm"]!["text"]!["text"])!.StartsWith("my-app production: ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Without_an_address_there_is_no_link() =>
        MessageText
            .Buttons(Card(Awaiting, With(it => it with { EnvironmentUrl = null })))
            .ShouldBe(["Promote", "Roll back"]);
}
