using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;
using static Devflow.ChatOps.Tests.Core.Messages.CardWorld;

namespace Devflow.ChatOps.Tests.Core.Messages;

/// <summary>Whole cards, as a reader sees them.</summary>
public sealed class ReleaseCardTests
{
    private const string Facts = """
        *Image* `registry.example.com/my-app:v2`
        *Source* commit 0123456 (https://github.com/acme/my-app/commit/0123456789abcdef0123456789abcdef01234567) · by dave (author), Erin (merged it) · GitOps fedcba9 (https://github.com/acme/gitops/commit/fedcba9876543210fedcba9876543210fedcba98) · run (https://github.com/acme/my-app/actions/runs/4711)
        *Replaces* `v1` · pod hash `6d4b`
        """;
    private const string Open = "[Open production] → https://my-app.example.com/";
    private const string Footer = "Job `000000a1` | `prod/shop/my-app` | verified 11:59:55";

    [Fact]
    public void A_running_release_shows_its_steps_and_the_way_back() =>
        Show(Running)
            .ShouldBe(
                $"""
                # 🚀 my-app · production · v2 · in progress
                *Preview ready: 1 of 2 pods available.*
                ✅ *Applied* · taken up as 6d4b · 11:50:00
                🔄 *Preview ready* · 1 of 2 pods available · 11:51:00
                ⚪ *Verify*
                ⚪ *Promote switch*
                ⚪ *Post verify*
                ⚪ *Completed*
                {Facts}
                [Roll back danger] Roll back my-app production? / my-app production: from v2 to v1. How: abort the update; the old version keeps the traffic.
                {Open}
                {Footer}
                """
            );

    [Fact]
    public void A_release_that_waits_shows_who_approved_and_who_must() =>
        Show(Awaiting.WithVote("alice"))
            .ShouldBe(
                $"""
                # ✋ my-app · production · v2 · waiting for approval
                *The preview is ready. platform must approve; v1 keeps the traffic until then.*
                🗳️ *Approvals* 1 of 2: alice
                ✅ *Applied* · taken up as 6d4b · 11:50:00
                ✅ *Preview ready* · 2 of 2 pods available · 11:51:00
                ✋ *Verify* · waiting for approval · 11:52:00
                ⚪ *Promote switch*
                ⚪ *Post verify*
                ⚪ *Completed*
                {Facts}
                [Promote primary] Promote my-app production? / my-app production: v2 takes over the traffic from v1. It needs 2 approvals and has 1; yours is one.
                [Roll back danger] Roll back my-app production? / my-app production: from v2 to v1. How: abort the update; the old version keeps the traffic.
                {Open}
                {Footer}
                """
            );

    [Fact]
    public void A_failed_preview_names_the_pods_reason_and_what_Git_asks_for()
    {
        var job = Aborted with { RetryGoesLiveUntil = Now.AddSeconds(25) };
        Show(job with { Release = job.Release! with { Attempt = 2 } })
            .ShouldBe(
                $"""
                # ❌ my-app · production · v2 · failed
                *Preview ready failed: RolloutAborted: deadline exceeded (ImagePullBackOff: no such tag). v1 keeps the traffic.*
                ⚠️ *Git* still asks for v2: revert its commit, retry, or release a fix.
                ⚠️ *Retry goes live at once*, without a pause, until 12:00:25: its pods are still up.
                ✅ *Applied* · taken up as 6d4b · 11:50:00
                ❌ *Preview ready* · RolloutAborted: deadline exceeded (ImagePullBackOff: no such tag) · 11:51:00
                ⚪ *Verify*
                ⚪ *Promote switch*
                ⚪ *Post verify*
                ⚪ *Completed*
                {Facts} · *attempt 2*
                [Roll back danger] Roll back my-app production? / my-app production: from v2 to v1. How: the cluster is back already; only Git still asks for it.
                [Retry] Retry my-app production? / my-app production: v2 is tried again, as attempt 3. WARNING: until 12:00:25 UTC it goes live at once, without a pause.
                {Open}
                {Footer}
                """
            );
    }

    [Fact]
    public void A_live_release_says_how_long_it_can_be_taken_back_at_once() =>
        Show(Succeeded.UndoableUntil(Now.AddSeconds(30)))
            .ShouldBe(
                $"""
                # ✅ my-app · production · v2 · live
                *v2 is live and stable.*
                👍 *Promoted* by alice at 11:52:00
                ⏪ *Instant rollback* to v1 until 12:00:30
                ✅ *Applied* · taken up as 6d4b · 11:50:00
                ✅ *Preview ready* · 2 of 2 pods available · 11:51:00
                ✅ *Verify* · promoted · 11:52:00
                ✅ *Promote switch* · the active Service points to it · 11:53:00
                ⏭️ *Post verify* · no post-promotion analysis configured · 11:54:00
                ✅ *Completed* · stable and Healthy · 11:55:00
                {Facts}
                [Roll back danger] Roll back my-app production? / my-app production: from v2 to v1. How: undo; the old version is still up and takes over at once.
                {Open}
                {Footer}
                """
            );

    [Fact]
    public void A_rollback_that_Git_does_not_know_of_is_told_loudly() =>
        Show(RollingBack(Aborted, RollbackPath.Abort, clusterDone: true))
            .ShouldBe(
                $"""
                # 🚨 my-app · production · v2 · rolled back, Git not written
                *The cluster is back on v1.*
                🚨 *Git not written.* The cluster is rolled back, but Git `acme/gitops/apps/my-app` still asks for v2: revert its commit there, or v2 comes back.
                ⏪ *Rolled back* by bob at 11:58:00: errors since 11:50
                ✅ *Applied* · taken up as 6d4b · 11:50:00
                ❌ *Preview ready* · RolloutAborted: deadline exceeded (ImagePullBackOff: no such tag) · 11:51:00
                ⚪ *Verify*
                ⚪ *Promote switch*
                ⚪ *Post verify*
                ⚪ *Completed*
                {Facts}
                {Open}
                {Footer}
                """
            );

    [Fact]
    public void A_registered_release_shows_what_was_asked_for_and_has_nothing_to_roll_back() =>
        Show(Registered(JobStatus.Pending, JobTexts.WaitsForArgo))
            .ShouldBe(
                """
                # ⚪ my-app · production · v2 · registered
                *Waiting for Argo CD to see the commit.*
                ⚪ *Applied* · Waiting for Argo CD to see the commit.
                ⚪ *Preview ready*
                ⚪ *Verify*
                ⚪ *Promote switch*
                ⚪ *Post verify*
                ⚪ *Completed*
                *Image* `registry.example.com/my-app:v2`
                *Source* commit 0123456 (https://github.com/acme/my-app/commit/0123456789abcdef0123456789abcdef01234567) · by dave (author), Erin (merged it) · GitOps fedcba9 (https://github.com/acme/gitops/commit/fedcba9876543210fedcba9876543210fedcba98) · run (https://github.com/acme/my-app/actions/runs/4711)
                [Open production] → https://my-app.example.com/
                Job `000000a1` | `prod/shop/my-app` | not verified against the cluster yet
                """
            );

    [Fact]
    public void A_first_install_has_no_way_back()
    {
        var job = Running with { BaseImages = [] };
        var card = Card(job with { Release = job.Release! with { FirstInstall = true, Base = PodHash.None } });
        MessageText
            .Lines(card, "*First install*")
            .ShouldBe(["*First install*: nothing to go back to · pod hash `6d4b`"]);
        MessageText.Buttons(card).ShouldBe(["Open production"]);
    }

    [Fact]
    public void A_release_that_nobody_announced_says_so()
    {
        var card = Card(Running with { Request = null, Source = JobSource.External });
        MessageText
            .Lines(card, "*Source*")
            .ShouldBe(["*Source* unknown: it was seen in the cluster, nobody had announced it"]);
        MessageText.Lines(card, "*Image*").ShouldBe(["*Image* `registry.example.com/my-app:v2`"]);
    }

    [Fact]
    public void A_baseline_has_no_card() =>
        Should.Throw<ArgumentException>(() => Card(Succeeded with { Source = JobSource.Baseline }));

    [Fact]
    public void The_fallback_text_is_the_whole_story_in_a_line() =>
        Card(Awaiting)
            .Text.ShouldBe(
                "my-app production v2: waiting for approval. The preview is ready. platform must approve; v1 keeps the traffic until then."
            );

    [Fact]
    public void All_block_ids_change_with_the_revision()
    {
        static string?[] Ids(Job job) => [.. Card(job).Blocks.Select(block => (string?)block!["block_id"])];
        Ids(Awaiting).ShouldBe(Ids(Awaiting));
        Ids(Awaiting with { Revision = 8 }).Intersect(Ids(Awaiting)).ShouldBeEmpty();
    }
}
