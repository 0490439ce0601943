using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Reporting;
using Devflow.ChatOps.Action.Service;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Tests.Action.World;

namespace Devflow.ChatOps.Tests.Action.Service;

/// <summary>What the service is told of a run that wrote Git.</summary>
public sealed class AnnouncementTests
{
    private static readonly CommitSha commit = CommitSha.Parse(new string('c', 40));

    [Fact]
    public void A_commit_is_told_with_the_one_before_it_to_which_Git_goes_back()
    {
        var parent = CommitSha.Parse(new string('b', 40));
        var announced = Of(new ReleaseOutcome.Committed(commit, []) { Parent = parent });
        (announced.GitopsCommit, announced.GitopsParent).ShouldBe((commit.Value, parent.Value));
    }

    [Fact]
    public void Where_nothing_was_written_the_way_back_is_not_known()
    {
        var announced = Of(new ReleaseOutcome.Unchanged(commit));
        (announced.GitopsCommit, announced.GitopsParent).ShouldBe((commit.Value, null));
    }

    [Fact]
    public void The_digest_is_told_even_where_only_the_tag_is_written()
    {
        var announced = Of(new ReleaseOutcome.Unchanged(commit), writeDigest: false);
        (announced.Tag, announced.Digest).ShouldBe(("v2", RunVariables.Digest));
    }

    private static JobAnnouncement Of(ReleaseOutcome outcome, bool writeDigest = true)
    {
        var request = new ActionRequest
        {
            Access = new Access.Token("t"),
            Order = new ReleaseOrder
            {
                Repository = "acme/gitops",
                Branch = "main",
                App = "my-app",
                Environment = "production",
                Images =
                [
                    new ImageRelease(ImageName.TryParse("registry.example.com/my-app")!, "v2", RunVariables.Digest),
                ],
                WriteDigest = writeDigest,
                Run = new RunIdentity(1, "release.yml", 2, 3),
            },
        };
        var report = new RunReport(ExitCode.Ok, "", "Done.") { Request = request, Outcome = outcome };
        var access = new ServiceAccess(new Uri("https://d/"), "devflow", new Uri("https://r/"), "t", 9001);
        return Announcement.Of(report, access);
    }
}
