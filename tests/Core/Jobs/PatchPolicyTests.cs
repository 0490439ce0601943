using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>What was allowed when somebody asked is asked about again before its patch is sent again.</summary>
public sealed class PatchPolicyTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    public PatchPolicyTests() => world.HoldsPatches = true;

    [Fact]
    public void What_is_as_it_was_may_be_sent_again()
    {
        world.Promote().IsOk.ShouldBeTrue();

        Refused().ShouldBeNull();
    }

    [Theory]
    [InlineData("lock", "locked")]
    [InlineData("freeze", "frozen_until")]
    [InlineData("right", "not_allowed")]
    [InlineData("votes", "needs_votes")]
    [InlineData("age", "stale")]
    public void What_has_changed_since_stops_a_promote(string change, string code)
    {
        world.Environment = world.Environment with { Promote = world.Environment.Promote with { Votes = 2 } };
        world.Promote("bob").Code.ShouldBe("needs_votes");
        world.Promote().IsOk.ShouldBeTrue();
        Refused().ShouldBeNull();
        switch (change)
        {
            case "lock":
                world.Lock = Lock();
                break;
            case "freeze":
                world.Environment = world.Environment with
                {
                    Freeze =
                    [
                        new FreezeWindow(
                            new FreezeSpan.Once(world.Now.AddMinutes(-1).DateTime, world.Now.AddHours(1).DateTime),
                            "UTC",
                            "sale"
                        ),
                    ],
                };
                break;
            case "right":
                world.Environment = world.Environment with
                {
                    Promote = world.Environment.Promote with { By = ["olga"] },
                };
                break;
            case "votes":
                world.Environment = world.Environment with
                {
                    Promote = world.Environment.Promote with { ExpireAfter = TimeSpan.FromMinutes(1) },
                };
                world.Now = world.Now.AddMinutes(1);
                break;
            case "age":
                world.Now += Commanding.HoldsFor;
                break;
        }

        Refused()!.Code.ShouldBe(code);
    }

    [Fact]
    public void A_full_promote_and_a_retry_are_asked_about_too()
    {
        world.Promote("root", full: true).IsOk.ShouldBeTrue();
        world.Lock = Lock();
        Refused()!.Code.ShouldBe("locked");

        var aborted = JobWorld.Waiting();
        aborted.Rollout.Abort(aborted.Now);
        aborted.LookAfter(60);
        aborted.Rollout.ScaledDown(2);
        aborted.HoldsPatches = true;
        aborted.Retry().IsOk.ShouldBeTrue();
        Refused(aborted).ShouldBeNull();
        aborted.Lock = Lock();
        Refused(aborted)!.Code.ShouldBe("locked");
    }

    [Fact]
    public void A_way_back_is_never_too_late_and_open_under_a_lock()
    {
        world.RollBack().IsOk.ShouldBeTrue();
        world.Lock = Lock();
        world.Now = world.Now.AddHours(1);

        Refused().ShouldBeNull();
    }

    [Fact]
    public void A_promote_of_which_nobody_knows_who_asked_is_not_sent_again()
    {
        world.Promote();

        PatchPolicy.Refuse(Patch(world), null, world.Current, world.Here)!.Code.ShouldBe("stale");
    }

    [Fact]
    public void A_lock_drops_a_promote_that_has_not_reached_the_cluster_and_tells_so()
    {
        world.Promote();
        PutOff(ClusterFaultKind.TooManyRequests);

        world.Do(new Wish.TakeLock("incident", null), "bob", look: false).IsOk.ShouldBeTrue();

        world.Current.Outbox.Any(entry => entry.Effect is Effect.PatchRollout).ShouldBeFalse();
        world.Current.Promotion.ShouldBeNull();
        world.Told.ShouldContain("Not done: Locked by bob (incident)");
    }

    [Theory]
    [InlineData("on its way")]
    [InlineData("unreadable")]
    [InlineData("happened")]
    [InlineData("rollback")]
    public void A_lock_leaves_a_patch_alone_that_may_have_happened_or_is_a_way_back(string why)
    {
        if (why == "rollback")
        {
            world.RollBack();
        }
        else
        {
            world.Promote();
        }

        PutOff(why == "on its way" ? ClusterFaultKind.Timeout : ClusterFaultKind.TooManyRequests);
        if (why == "happened")
        {
            world.Rollout.Unpause();
        }

        world
            .Do(new Wish.TakeLock("incident", null), "bob", look: false, readable: why != "unreadable")
            .IsOk.ShouldBeTrue();

        world.Current.Outbox.Any(entry => entry.Effect is Effect.PatchRollout).ShouldBeTrue();
    }

    [Fact]
    public void A_patch_waits_as_long_as_the_cluster_asks_and_twice_as_long_after_each_failure()
    {
        world.Promote();
        var waits = new List<double>();
        for (var failure = 1; failure <= 7; failure++)
        {
            PutOff(ClusterFaultKind.Unavailable);
            waits.Add((Entry.NotBefore!.Value - world.Now).TotalSeconds);
        }

        foreach (var (wait, doubled) in waits.Zip([1, 2, 4, 8, 16, 30, 30]))
        {
            wait.ShouldBeInRange(doubled * 0.75, Math.Min(30, doubled * 1.25));
        }

        PutOff(ClusterFaultKind.TooManyRequests, TimeSpan.FromSeconds(45));
        Entry.NotBefore.ShouldBe(world.Now.AddSeconds(45));
        PutOff(ClusterFaultKind.TooManyRequests, TimeSpan.FromHours(1));
        Entry.NotBefore.ShouldBe(world.Now.AddMinutes(1), "a rollback must not wait for an hour");
        Entry.LastError.ShouldBe("no");
        Entry.Attempts.ShouldBe(10);
        Entry.Asked!.By.PersonName.ShouldBe("alice");
        var again = world.Current.WithPatch(Entry.Effect.Id, Patch(world), world.Now).Outbox[0];
        again.NotBefore.ShouldBeNull();
        again.Attempts.ShouldBe(10);
        again.Asked.ShouldBe(Entry.Asked);
    }

    private OutboxEntry Entry => EntryOf(world);

    private void PutOff(ClusterFaultKind kind, TimeSpan? retryAfter = null) =>
        world.Put(
            world.Current.PatchPutOff(
                Entry.Effect.Id,
                new ClusterFault(kind, "no", retryAfter),
                kind != ClusterFaultKind.TooManyRequests,
                world.Now
            )
        );

    private ReleaseLock Lock() => new("shop", "production", "incident", JobWorld.Person("bob"), world.Now, null);

    private static OutboxEntry EntryOf(JobWorld world) =>
        world.Current.Outbox.Single(entry => entry.Effect is Effect.PatchRollout);

    private static RolloutPatch Patch(JobWorld world) => ((Effect.PatchRollout)EntryOf(world).Effect).Patch;

    private Refusal? Refused(JobWorld? of = null)
    {
        of ??= world;
        return PatchPolicy.Refuse(Patch(of), EntryOf(of).Asked, of.Current, of.Here);
    }
}
