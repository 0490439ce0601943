using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>
/// The Job is saved, and the process is killed before the command's outcome is: what its giver is told by whoever decides
/// the command again.
/// </summary>
public sealed class AppliedCommandTests
{
    private const string Key = "slack:1";

    [Fact]
    public void A_promote_that_was_applied_is_told_again_in_its_own_words_and_changes_nothing()
    {
        var world = JobWorld.Waiting();
        var first = world.Do(new Wish.Promote(), key: Key);
        var writes = world.Writes;
        world.Do(new Wish.Promote(), key: Key, look: false).ShouldBe(first);
        first.Text.ShouldContain("alice promoted");
        world.Writes.ShouldBe(writes);
        world.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public void While_the_patch_is_on_its_way_nothing_is_told()
    {
        var world = JobWorld.Waiting();
        world.HoldsPatches = true;
        world.Do(new Wish.Promote(), key: Key);
        Again(world, new Wish.Promote()).Outcome.ShouldBeNull();
        world.Put(world.Current.PatchEnded(Commanding.PatchId(Key), null, world.Now));
        Again(world, new Wish.Promote()).Outcome!.Text.ShouldContain("alice promoted");
    }

    [Fact]
    public void A_patch_that_was_refused_after_all_is_told_as_the_refusal()
    {
        var world = JobWorld.Waiting();
        world.HoldsPatches = true;
        world.Do(new Wish.Promote(), key: Key).IsOk.ShouldBeTrue();
        world.Put(world.Current.PatchEnded(Commanding.PatchId(Key), new Refusal.Aborted(null), world.Now));
        Again(world, new Wish.Promote()).Outcome!.Code.ShouldBe(new Refusal.Aborted(null).Code);
    }

    [Fact]
    public void A_vote_that_was_counted_is_no_promote()
    {
        var world = JobWorld.Waiting();
        world.Environment = world.Environment with { Promote = world.Environment.Promote with { Votes = 2 } };
        var first = world.Do(new Wish.Promote(), key: Key);
        first.IsOk.ShouldBeFalse();
        Again(world, new Wish.Promote()).Outcome.ShouldBe(first);
        world.Current.Votes.Length.ShouldBe(1);
    }

    [Fact]
    public void A_lock_that_was_taken_before_the_Job_could_be_saved_is_this_commands_lock()
    {
        var world = JobWorld.Waiting();
        var wish = new Wish.TakeLock("audit", null);
        world.Lock = new ReleaseLock("shop", "production", "audit", JobWorld.Person("alice"), world.Now, null);
        world.Do(wish, key: Key, look: false).IsOk.ShouldBeTrue();
        world.Current.Lock.ShouldBe(world.Lock);
        // Another command of the same person is not taken for it.
        world.Now = world.Now.AddSeconds(1);
        world.Do(wish, key: "slack:2", look: false).Code.ShouldBe(new Refusal.AlreadyDone("").Code);
    }

    [Fact]
    public void A_lock_that_could_not_be_given_up_before_a_kill_is_given_up_then()
    {
        var world = JobWorld.Waiting();
        world.Do(new Wish.TakeLock("audit", null)).IsOk.ShouldBeTrue();
        var held = world.Lock;
        var first = world.Do(new Wish.Unlock(), key: Key);
        world.Lock = held;
        var again = Again(world, new Wish.Unlock());
        again.Outcome.ShouldBe(first);
        again.Lock.ShouldBe(new LockChange(null));
    }

    private static Decision Again(JobWorld world, Wish wish) =>
        Commanding.Decide(
            new Command(
                Key,
                wish,
                JobWorld.Person("alice"),
                new Origin("slack", "C0"),
                "shop",
                "production",
                new RolloutRef("prod", "shop", "shop"),
                world.Now
            ),
            world.Jobs,
            world.Seen,
            world.Here
        );
}
