using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>The audit says of every patch what it was, who asked for it and what became of it.</summary>
public sealed class PatchAuditTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    [Fact]
    public void A_promote_is_written_down_with_its_hash_and_precondition()
    {
        world.Do(new Wish.Promote(), key: "key");

        var patch = world.Sent.ShouldHaveSingleItem();
        var entry = world.Audit["command:key:patch:ok"];
        entry.Who.ShouldBe("alice");
        entry.Action.ShouldBe("patch promote");
        entry.Outcome.ShouldBe("ok");
        entry.JobId.ShouldBe(world.Current.Id.ToString());
        entry.PodHash.ShouldBe(FakeRollout.Hash(2).ToString());
        entry.Patch.ShouldStartWith("rollouts/status shop/shop: pauseConditions=null, of the pause since ");
        entry.Patch.ShouldEndWith($"pod hash {patch.Hash}, resourceVersion {patch.ResourceVersion}");
    }

    [Fact]
    public void Ways_back_and_retries_are_written_down_too()
    {
        world.RollBack("olga").IsOk.ShouldBeTrue();
        var abort = world.Audit.Values.Single(entry => entry.Action == "patch abort");
        abort.Who.ShouldBe("olga");
        abort.Patch.ShouldContain("abort=true");
        world.Rollout.Abort(world.Now);
        world.LookAfter(60);
        world.Rollout.ScaledDown(2);
        world.Retry().IsOk.ShouldBeTrue();
        world.Audit.Values.Single(entry => entry.Action == "patch retry").Patch.ShouldContain("abort=false");

        var live = JobWorld.Live();
        live.RollBack().IsOk.ShouldBeTrue();
        live.Audit.Values.Single(entry => entry.Action == "patch undo")
            .Patch.ShouldContain($"spec.template of pod hash {FakeRollout.Hash(1)}");
    }

    [Fact]
    public void A_patch_that_was_refused_in_the_end_is_written_down_with_the_reason()
    {
        world.HoldsPatches = true;
        world.Do(new Wish.Promote(), key: "key");

        var ended = world.Current.PatchEnded(Commanding.PatchId("key"), new Refusal.Aborted(null), world.Now);

        var audit = ended.Outbox.Select(entry => entry.Effect).OfType<Effect.AppendAudit>().ShouldHaveSingleItem();
        audit.Id.ShouldBe("command:key:patch:aborted");
        audit.Entry.Outcome.ShouldBe("aborted");
        audit.Entry.Reason.ShouldStartWith("The release was aborted");
    }

    [Fact]
    public void A_patch_that_something_else_overtook_is_written_down_as_such()
    {
        world.HoldsPatches = true;
        world.Do(new Wish.Promote(), key: "key");

        world.RollBack().IsOk.ShouldBeTrue();

        var audit = world.Current.Outbox.Select(entry => entry.Effect).OfType<Effect.AppendAudit>().Single();
        audit.Id.ShouldBe("command:key:patch:overtaken");
        audit.Entry.Patch.ShouldContain("pauseConditions=null");
    }
}
