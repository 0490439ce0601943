using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Messages.GitHub;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using static Devflow.ChatOps.Tests.Core.Messages.CardWorld;

namespace Devflow.ChatOps.Tests.Core.Messages.GitHub;

/// <summary>What pull requests are told of the release that brings them.</summary>
public sealed class PullCommentDrawingTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    [Fact]
    public void It_says_in_a_sentence_what_is_waited_for_and_leads_to_the_checks()
    {
        var check = new GitHubCheck("acme/my-app", Commit);

        Draw(Awaiting with { Check = check })
            .ShouldBe(
                $"""
                <!-- devflow:my-app/production {Id} -->
                ✋ **my\-app production, v2\: waiting for approval**

                The preview is ready\. platform must approve; v1 keeps the traffic until then\.

                [Checks](<https://github.com/acme/my-app/commit/{Commit}/checks>) · [Open production](<https://my-app.example.com/>)
                """.ReplaceLineEndings("\n")
            );
    }

    [Fact]
    public void What_moves_on_is_not_told() => Draw(Running).ShouldNotContain("pods");

    [Fact]
    public void A_sentence_that_changes_within_a_status_is_written_again()
    {
        var switched = At(StepName.PostVerify, StepStatus.Failed, "analysis Failed", JobStatus.Failed);
        var back = switched with
        {
            Release = switched.Release! with
            {
                Steps = switched.Release.Steps.SetItem(
                    (int)StepName.PromoteSwitch,
                    switched.Steps[(int)StepName.PromoteSwitch] with
                    {
                        Message = StepTexts.SwitchedBack,
                    }
                ),
            },
        };
        Draw(switched).ShouldContain("roll back now");
        PullCommentDrawing.Saying(back).ShouldNotBe(PullCommentDrawing.Saying(switched));

        PullCommentDrawing
            .Saying(
                At(
                    StepName.Verify,
                    StepStatus.Waiting,
                    StepTexts.AwaitingApproval(pausedByHand: true, null),
                    JobStatus.AwaitingApproval
                )
            )
            .ShouldNotBe(PullCommentDrawing.Saying(Awaiting));
        PullCommentDrawing
            .Saying(Succeeded with { LiveWithoutApproval = true })
            .ShouldNotBe(PullCommentDrawing.Saying(Succeeded));
    }

    [Theory]
    [InlineData(
        "1 of 3 pods available (CrashLoopBackOff: back-off 40s)",
        "2 of 3 pods available (CrashLoopBackOff: back-off 1m20s)"
    )]
    [InlineData(
        "RolloutAborted: deadline exceeded",
        "RolloutAborted: deadline exceeded (ImagePullBackOff: no such tag)"
    )]
    public void Counts_and_details_of_a_reason_are_not_written_again(string one, string other) =>
        PullCommentDrawing
            .Saying(At(StepName.PreviewReady, StepStatus.Failed, one, JobStatus.Failed))
            .ShouldBe(PullCommentDrawing.Saying(At(StepName.PreviewReady, StepStatus.Failed, other, JobStatus.Failed)));

    [Fact]
    public void Neither_another_run_nor_the_card_nor_progress_is_written_again()
    {
        var saying = PullCommentDrawing.Saying(Running);
        var check = new GitHubCheck("acme/my-app", Commit)
        {
            Run = new ShownCheckRun(7, 1, 1, default, CheckRunState.InProgress),
        };
        PullCommentDrawing.Saying(Running with { Check = check }).ShouldBe(saying);
        PullCommentDrawing
            .Saying(At(StepName.PromoteSwitch, StepStatus.Running, "promoted", JobStatus.Running))
            .ShouldBe(saying);
    }

    [Fact]
    public void Whose_successor_came_is_told_as_live() =>
        Draw(Succeeded with { HasLeft = true }).ShouldBe(Draw(Succeeded));

    [Theory]
    [InlineData("-->\n\n@team closes #12 <b>", "\\@\u2060team closes \\#\u206012")]
    [InlineData("fixes acme/my-app#3", "acme/my\\-app\\#\u20603")]
    public void A_reason_from_outside_mentions_nobody_and_closes_nothing(string reason, string expected)
    {
        var said = Draw(At(StepName.Verify, StepStatus.Failed, reason, JobStatus.Failed));

        said.ShouldContain(expected);
        said.Split('\n').Length.ShouldBe(6, "one line of it");
        said.ShouldNotContain("<b>");
    }

    [Fact]
    public void Whatever_the_texts_are_nothing_of_them_is_markup()
    {
        foreach (var status in Enum.GetValues<JobStatus>())
        {
            var world = new HostileWorld((int)status, "[x](http://y) @all <i>");
            // The mark has names of the catalog, which are short and have no markup in them.
            var text = PullCommentDrawing.Build(world.Job(status), world.Target(), Now).Text;
            text.Length.ShouldBeLessThan(60_000, "GitHub takes 65,536");
            text.ShouldNotContain("<i>");
            Regex.IsMatch(text, @"(?<!\\)@").ShouldBeFalse();
        }
    }

    [Fact]
    public void A_former_releases_comment_is_gone_on_with_by_the_one_that_the_cluster_shows_and_by_no_other()
    {
        var (mine, other) = (JobId.New(Now), JobId.New(Now.AddSeconds(1)));
        static PullCommentPage Page(JobId job, bool takesOver = true, string place = "my-app/production") =>
            new(place, job, "text") { TakesOver = takesOver };

        foreach (var (one, another) in new[] { (mine, other), (other, mine) })
        {
            Page(one).MayReplace(Page(another).Body).ShouldBeTrue("whatever the clock says of which they are");
            Page(one, takesOver: false).MayReplace(Page(another).Body).ShouldBeFalse();
            Page(one, takesOver: false).MayReplace(Page(one).Body).ShouldBeTrue();
        }

        Page(mine).MayReplace(Page(mine, place: "my-app/prod").Body).ShouldBeFalse();
        Page(mine).MayReplace("> " + Page(mine).Body).ShouldBeFalse();
        Page(mine).MayReplace("<!-- devflow:my-app/production ").ShouldBeFalse();
        PullCommentDrawing.Build(Awaiting, Target, Now).TakesOver.ShouldBeTrue();
        foreach (
            var former in new[] { Succeeded with { HasLeft = true }, Awaiting with { Status = JobStatus.Superseded } }
        )
        {
            PullCommentDrawing.Build(former, Target, Now).TakesOver.ShouldBeFalse();
        }
    }

    private static string Draw(Job job) => PullCommentDrawing.Build(job, Target, Now).Body;
}
