using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Tests.Functions.Store;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_command_is_written_down_and_makes_its_Rollout_due()
    {
        var command = NewCommand("slack:1") with { Saw = new Sight(JobId.New(Now), 1, Samples.Hash, true) };

        var receipt = await Store.AddAsync(command, null, Stop);

        receipt.IsNew.ShouldBeTrue();
        receipt.Command.ShouldBe(command);
        (await Store.FindCommandAsync("slack:1", Stop)).ShouldBe(command);
        (await Store.FindCommandAsync("slack:2", Stop)).ShouldBeNull();
        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);
        (await LeaseAsync(Web)).Sequence.ShouldBe(1);
    }

    [Fact]
    public async Task A_command_that_arrives_many_times_at_once_is_stored_once()
    {
        var receipts = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(n =>
                    Task.Run(() => Store.AddAsync(NewCommand("slack:1") with { Attempts = n }, [(byte)n], Stop))
                )
        );

        var stored = receipts.Where(receipt => receipt.IsNew).ShouldHaveSingleItem().Command;
        receipts.ShouldAllBe(receipt => receipt.Command == stored);
        (await Store.OpenCommandsAsync(Web, Stop)).ShouldBe([stored]);
        (await Store.SealedResponseUrlAsync("slack:1", Now, Stop)).ShouldBe([(byte)stored.Attempts]);
        (await LeaseAsync(Web)).Sequence.ShouldBe(1);
    }

    [Fact]
    public async Task A_second_arrival_is_answered_with_what_came_of_the_first_and_does_nothing()
    {
        var command = NewCommand("slack:1");
        await Store.AddAsync(command, null, Stop);
        var decided = command with { Outcome = new CommandOutcome("ok", "Promoted"), Answered = true };
        await Store.UpdateAsync(decided, Stop);
        await Store.ReleaseAsync(await LeaseAsync(Web), worked: true, null, Stop);

        var again = await Store.AddAsync(command, [1], Stop);

        again.IsNew.ShouldBeFalse();
        again.Command.ShouldBe(decided);
        (await Store.SealedResponseUrlAsync("slack:1", Now, Stop)).ShouldBeNull();
        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Open_commands_are_those_undecided_and_those_unanswered_oldest_first()
    {
        var first = NewCommand("b");
        Clock.Advance(TimeSpan.FromSeconds(1));
        var second = NewCommand("a") with { Outcome = new CommandOutcome("ok", "done") };
        var third = NewCommand("c") with { Outcome = new CommandOutcome("ok", "done"), Answered = true };
        var elsewhere = NewCommand("d", Mail);
        foreach (var command in new[] { second, third, first, elsewhere })
        {
            await Store.AddAsync(command, null, Stop);
        }

        (await Store.OpenCommandsAsync(Web, Stop)).ShouldBe([first, second]);

        await Store.UpdateAsync(second with { Answered = true }, Stop);
        (await Store.OpenCommandsAsync(Web, Stop)).ShouldBe([first]);
        (await Store.FindCommandAsync("a", Stop))!.Answered.ShouldBeTrue();
    }

    [Fact]
    public async Task A_Rollout_is_due_while_it_has_open_commands_whose_time_has_come()
    {
        var command = NewCommand("k");
        await Store.AddAsync(command, null, Stop);
        await Store.ReleaseAsync(await LeaseAsync(Web), worked: true, null, Stop);
        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);

        await Store.UpdateAsync(command with { Attempts = 1, NotBefore = Now.AddSeconds(5) }, Stop);

        (await Store.DueAsync(Now.AddSeconds(4), [], 10, Stop)).ShouldBeEmpty();
        (await Store.DueAsync(Now.AddSeconds(5), [], 10, Stop)).ShouldBe([Web]);
        (await Store.OpenCommandsAsync(Web, Stop)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_outcome_that_was_written_down_is_not_overwritten()
    {
        var command = NewCommand("k");
        await Store.AddAsync(command, null, Stop);
        var decided = command with { Outcome = new CommandOutcome("ok", "Promoted", JobId.New(Now)) };
        (await Store.UpdateAsync(decided, Stop)).ShouldBeTrue();

        var late = command with { Outcome = new CommandOutcome("conflict", "It kept changing") };
        (await Store.UpdateAsync(late, Stop)).ShouldBeFalse();
        (await Store.UpdateAsync(command with { Attempts = 1, NotBefore = Now }, Stop)).ShouldBeFalse();
        (await Store.UpdateAsync(command with { ResumedAt = Now }, Stop)).ShouldBeFalse("it is not stuck");
        (await Store.FindCommandAsync("k", Stop)).ShouldBe(decided);

        (await Store.UpdateAsync(decided with { Attempts = 1 }, Stop)).ShouldBeTrue();
        (await Store.UpdateAsync(decided with { Answered = true }, Stop)).ShouldBeTrue();
        (await Store.OpenCommandsAsync(Web, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_many_outcomes_at_the_same_time_one_is_written_down()
    {
        var command = NewCommand("k");
        await Store.AddAsync(command, null, Stop);

        var written = await Task.WhenAll(
            Enumerable
                .Range(0, 30)
                .Select(n =>
                    Task.Run(() => Store.UpdateAsync(command with { Outcome = new CommandOutcome("ok", $"{n}") }, Stop))
                )
        );

        var winner = Enumerable.Range(0, 30).Where(n => written[n]).ShouldHaveSingleItem();
        (await Store.FindCommandAsync("k", Stop))!.Outcome!.Text.ShouldBe($"{winner}");
    }

    [Fact]
    public async Task What_comes_late_does_not_close_a_command_that_was_resumed()
    {
        var command = NewCommand("k");
        await Store.AddAsync(command, null, Stop);
        var stuck = command with { Outcome = new CommandOutcome("stuck", "It failed"), Stuck = "it failed" };
        await Store.UpdateAsync(stuck, Stop);
        var resumed = command with { ResumedAt = Now.AddMinutes(1) };

        (await Store.UpdateAsync(resumed, Stop)).ShouldBeTrue();

        (await Store.UpdateAsync(stuck with { Answered = true }, Stop)).ShouldBeFalse();
        (await Store.UpdateAsync(command with { Attempts = 1 }, Stop)).ShouldBeFalse();
        (await Store.OpenCommandsAsync(Web, Stop)).ShouldBe([resumed]);
        (await Store.StuckCommandsAsync(Web, 10, Stop)).ShouldBeEmpty();
        var done = resumed with { Outcome = new CommandOutcome("ok", "Promoted"), Answered = true };
        (await Store.UpdateAsync(done, Stop)).ShouldBeTrue();
        (await Store.FindCommandAsync("k", Stop)).ShouldBe(done);
    }

    [Fact]
    public async Task Updating_a_command_that_was_never_added_is_a_defect() =>
        await Should.ThrowAsync<InvalidOperationException>(() => Store.UpdateAsync(NewCommand("nobody"), Stop));

    [Fact]
    public async Task A_response_url_is_kept_for_thirty_minutes()
    {
        await Store.AddAsync(NewCommand("k"), [1, 2, 3], Stop);
        await Store.AddAsync(NewCommand("none"), null, Stop);

        (await Store.SealedResponseUrlAsync("k", Now.AddMinutes(29), Stop)).ShouldBe([1, 2, 3]);
        (await Store.SealedResponseUrlAsync("k", Now.AddMinutes(30), Stop)).ShouldBeNull();
        (await Store.SealedResponseUrlAsync("none", Now, Stop)).ShouldBeNull();
        (await Store.SealedResponseUrlAsync("unknown", Now, Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_response_url_is_deleted_by_the_writes_that_follow_its_end()
    {
        var command = NewCommand("k");
        await Store.AddAsync(command, [1, 2, 3], Stop);
        await Store.UpdateAsync(command with { Attempts = 1 }, Stop);
        (await Store.SealedResponseUrlAsync("k", Now, Stop)).ShouldNotBeNull();
        var then = Now;
        Clock.Advance(TimeSpan.FromMinutes(31));

        await Store.HintAsync(Mail, Stop);
        // What follows one is done before the next.
        await Store.HintAsync(Mail, Stop);

        // Asked as of the time when it was valid: only the bytes can be missing.
        (await Store.SealedResponseUrlAsync("k", then, Stop)).ShouldBeNull();
        (await Store.FindCommandAsync("k", Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Of_very_many_open_commands_the_oldest_are_read_and_the_others_take_their_turn()
    {
        const int more = 3;
        for (var number = 0; number < ICommands.OpenAtMost + more; number++)
        {
            await Store.AddAsync(NewCommand($"k{number}"), null, Stop);
        }

        var open = await Store.OpenCommandsAsync(Web, Stop);

        open.Select(command => command.Key)
            .ShouldBe(Enumerable.Range(0, ICommands.OpenAtMost).Select(number => $"k{number}"));
        foreach (var command in open.Take(more))
        {
            await Store.UpdateAsync(
                command with
                {
                    Outcome = new CommandOutcome(CommandOutcome.OkCode, "Done."),
                    Answered = true,
                },
                Stop
            );
        }

        (await Store.OpenCommandsAsync(Web, Stop))[^1].Key.ShouldBe($"k{ICommands.OpenAtMost + more - 1}");
        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);
    }
}
