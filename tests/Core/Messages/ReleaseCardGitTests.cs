using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using static Devflow.ChatOps.Tests.Core.Messages.CardWorld;

namespace Devflow.ChatOps.Tests.Core.Messages;

/// <summary>What a card says of Git while a rollback is under way, and what can be pressed.</summary>
public sealed class ReleaseCardGitTests
{
    public static TheoryData<GitState, string, string> States =>
        new()
        {
            { GitState.Writing, "✍️", "✍️ *Git* `acme/gitops/apps/my-app` is being put back to v1." },
            {
                GitState.Written,
                "📝",
                "📝 *Git written.* Git `acme/gitops/apps/my-app` asks for v1 again by `c0ffee1`."
            },
            {
                GitState.Overtaken,
                "⚠️",
                "⚠️ *Git not written.* Git `acme/gitops/apps/my-app` asks for v3 by now, by `c0ffee1`; it is left so."
            },
            {
                GitState.Proposed,
                "🚨",
                "🚨 *Git pending.* Git `acme/gitops/apps/my-app` asks for v2 until its pull request (https://github.com/acme/gitops/pull/7) is merged. "
                    + "Until then the rollback holds only as long as Argo CD does not heal or sync: that brings the bad version back."
            },
            {
                GitState.NotWritten,
                "🚨",
                "🚨 *Git not written.* Git `acme/gitops/apps/my-app` still asks for v2: GitHub: 503 no. I keep trying."
            },
        };

    [Theory]
    [MemberData(nameof(States))]
    public void It_says_how_Git_stands(GitState state, string sign, string line) =>
        MessageText.Lines(Card(InGit(state)), sign).ShouldBe([line]);

    [Theory]
    [InlineData(PullEnd.Closed, "was closed unmerged. Reopen and merge it, or have another one opened:")]
    [InlineData(PullEnd.Merged, "was merged without effect. Have another one opened:")]
    [InlineData(
        PullEnd.NotFound,
        "is not found any more (its base was changed, or the repository has another name). Put that right and merge it, or have another one opened:"
    )]
    public void That_the_pull_request_ended_in_vain_is_said_with_what_to_do(PullEnd how, string line)
    {
        var job = InGit(GitState.NotWritten);
        job = job with { Rollback = job.Rollback! with { PullEnded = how } };

        MessageText
            .Lines(Card(job), "🚨")
            .ShouldHaveSingleItem()
            .ShouldBe(
                "🚨 *Git not written.* Git `acme/gitops/apps/my-app` still asks for v2, and its pull request (https://github.com/acme/gitops/pull/7) "
                    + $"{line} make Git agree, /devflow agree my-app production."
            );
        MessageText.Buttons(Card(job)).ShouldContain("Make Git agree");
    }

    [Fact]
    public void That_only_the_image_went_back_is_said_with_the_reason()
    {
        var job = InGit(GitState.Written);
        job = job with { Rollback = job.Rollback! with { ImageOnly = "somebody has changed its files since" } };

        MessageText
            .Lines(Card(job), "📝")
            .ShouldHaveSingleItem()
            .ShouldEndWith(
                "Only the image went back, because somebody has changed its files since: the configuration may differ, and then another pod hash follows."
            );
    }

    [Fact]
    public void After_an_abort_Git_can_be_made_to_agree_where_it_can_be_written()
    {
        var aborted = Aborted with { WritesGit = true };

        MessageText
            .Lines(Card(aborted), "⚠️")
            .ShouldContain("⚠️ *Git* still asks for v2: make Git agree, retry, or release a fix.");
        MessageText.Buttons(Card(aborted)).ShouldContain("Make Git agree");
        MessageText.Buttons(Card(Aborted)).ShouldNotContain("Make Git agree");
    }

    [Theory]
    [InlineData(GitState.NotWritten, true)]
    [InlineData(GitState.Writing, false)]
    [InlineData(GitState.Written, false)]
    public void What_could_not_be_written_can_be_tried_at_once(GitState state, bool offered) =>
        MessageText.Buttons(Card(InGit(state))).Contains("Make Git agree").ShouldBe(offered);

    [Fact]
    public void What_somebody_must_mend_is_said_as_that()
    {
        var job = InGit(GitState.NotWritten);
        job = job with { Rollback = job.Rollback! with { GitNeedsPerson = true, GitProblem = "GitHub: 403 no" } };

        MessageText
            .Lines(Card(job), "🚨")
            .ShouldHaveSingleItem()
            .ShouldEndWith(
                "GitHub: 403 no. Somebody must mend that; then make Git agree, /devflow agree my-app production. I look again every half hour."
            );
    }

    [Fact]
    public void After_an_undo_too_Git_can_be_made_to_agree() =>
        MessageText.Buttons(Card(InGit(GitState.NotWritten) with { HasLeft = true })).ShouldContain("Make Git agree");

    private static Job InGit(GitState state)
    {
        var job = RollingBack(Succeeded, RollbackPath.Undo, clusterDone: true);
        return job with
        {
            WritesGit = true,
            Rollback = job.Rollback! with
            {
                Git = state,
                GitCommit = "c0ffee1234567890",
                GitVersion = state == GitState.Overtaken ? "v3" : "",
                GitProblem = state == GitState.NotWritten ? "GitHub: 503 no." : "",
                PullRequest = new Uri("https://github.com/acme/gitops/pull/7"),
            },
        };
    }
}
