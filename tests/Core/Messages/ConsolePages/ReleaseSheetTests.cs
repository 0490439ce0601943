using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Console;
using Devflow.ChatOps.Core.Rollouts;
using static Devflow.ChatOps.Tests.Core.Messages.CardWorld;

namespace Devflow.ChatOps.Tests.Core.Messages.ConsolePages;

/// <summary>A release on a page: the words of its card, without any markup.</summary>
public sealed class ReleaseSheetTests
{
    [Fact]
    public void It_says_what_the_card_says()
    {
        var sheet = ReleaseSheet.Of(Awaiting.WithVote("alice"), Target, Now);

        sheet.Row.Status.ShouldBe("waiting for approval");
        sheet.Row.Tone.ShouldBe(Tone.Waiting);
        sheet.Headline.ShouldBe("The preview is ready. platform must approve; v1 keeps the traffic until then.");
        sheet.Notices.ShouldContain("🗳️ Approvals 1 of 2: alice");
        sheet
            .Steps.Select(step => $"{step.Label}: {step.Status} {step.Said}".TrimEnd())
            .ShouldBe([
                "Applied: Succeeded taken up as 6d4b",
                "Preview ready: Succeeded 2 of 2 pods available",
                "Verify: Waiting waiting for approval",
                "Promote switch: Pending",
                "Post verify: Pending",
                "Completed: Pending",
            ]);
        sheet
            .Facts.Select(fact => $"{fact.Label} {fact.Value}".TrimEnd())
            .ShouldBe([
                "Image registry.example.com/my-app:v2",
                "Replaces v1",
                "Source commit 0123456",
                "GitOps commit fedcba9",
                "Rollout prod/shop/my-app",
                "Pod hash 6d4b",
                "Attempt 1",
                $"Job {Id}",
                "Verified",
            ]);
        sheet
            .Facts[2]
            .Page.ShouldBe(new Uri("https://github.com/acme/my-app/commit/0123456789abcdef0123456789abcdef01234567"));
    }

    [Fact]
    public void Markup_in_texts_from_outside_stays_what_it_is_for_the_page_to_escape()
    {
        var hostile = Awaiting with { Trouble = "CrashLoopBackOff: <b>*bold*</b> [x](http://evil.example)" };

        var sheet = ReleaseSheet.Of(hostile, Target, Now);

        sheet.Row.Tone.ShouldBe(Tone.Bad);
        sheet.Notices.ShouldContain(
            "🚨 Trouble CrashLoopBackOff: <b>*bold*</b> [x](http://evil.example). A promote is refused while this lasts."
        );
    }

    [Fact]
    public void A_release_whose_environment_left_the_catalog_is_still_shown()
    {
        var sheet = ReleaseSheet.Of(Succeeded, null, Now);

        sheet.Headline.ShouldBe("stable and Healthy The catalog has no such app and environment any more.");
        sheet.Notices.ShouldBeEmpty();
        sheet.Steps.Count.ShouldBe(6);
        sheet.Steps[^1].Status.ShouldBe(StepStatus.Succeeded);
    }

    [Fact]
    public void A_release_that_is_only_registered_has_a_sheet()
    {
        var sheet = ReleaseSheet.Of(Registered(JobStatus.Pending, ""), Target, Now);

        sheet.Row.Tone.ShouldBe(Tone.Quiet);
        sheet.Headline.ShouldBe("Waiting for Argo CD to see the commit.");
        sheet.Facts.ShouldContain(fact => fact.Value == "registry.example.com/my-app:v2");
    }
}
