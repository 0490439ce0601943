using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Tests.Core.Messages;

/// <summary>What the card says of what a release brings.</summary>
public sealed class ReleaseCardContentsTests
{
    private const string Head = "0123456789abcdef0123456789abcdef01234567";
    private const string Base = "1123456789abcdef0123456789abcdef01234567";

    private static readonly ReleaseContents contents = new(Head, Base, "fedcba9876543210fedcba9876543210fedcba98")
    {
        ReadAt = CardWorld.Now,
        GitOpsReadAt = CardWorld.Now,
        Commits = [new(Head, "Sell <b> & *more*", "alice-gh", 12), new(Base, "Tidy up", "Mallory", null)],
        TotalCommits = 60,
        Pulls = [new(12, "Sell <b> & *more*", "alice-gh", "bob-gh")],
        TotalPulls = 1,
        Files =
        [
            new("apps/my-app/kustomization.yaml", "modified", [], 0),
            new("apps/my-app/values.yaml", "modified", ["- replicas: 2", "+ replicas: 3"], 0),
            new("apps/my-app/`odd`.yaml", "removed", ["- a: 1", "- b: 1", "- c: 1", "- d: 1", "- e: 1"], 7),
        ],
        TotalFiles = 3,
    };

    [Fact]
    public void Pull_requests_commits_of_their_own_and_configuration_are_listed_with_links()
    {
        Lines(contents)
            .ShouldBe([
                $"*Brings* 60 commits in 1 pull request · compare (https://github.com/acme/my-app/compare/{Base}...{Head})",
                "• #12 (https://github.com/acme/my-app/pull/12) Sell &lt;b&gt; &amp; ∗more∗ (alice-gh, merged by bob-gh)",
                $"• 1123456 (https://github.com/acme/my-app/commit/{Base}) Tidy up (Mallory)",
                "• and 58 more commits",
                "*Configuration* 2 files beside the image",
                "• `apps/my-app/values.yaml` `- replicas: 2` `+ replicas: 3`",
                "• `apps/my-app/ˋoddˋ.yaml` removed `- a: 1` `- b: 1` `- c: 1` `- d: 1` and 8 more lines",
            ]);
    }

    [Fact]
    public void The_same_source_with_nothing_but_another_image_is_told_in_two_lines()
    {
        var same = new ReleaseContents(Head, Head, null)
        {
            ReadAt = CardWorld.Now,
            GitOpsReadAt = CardWorld.Now,
            Files = [contents.Files[0]],
            TotalFiles = 1,
        };

        Lines(same)
            .ShouldBe(["*Brings* the source commit that was live before", "*Configuration* nothing but the image"]);
    }

    [Fact]
    public void An_older_version_says_what_goes()
    {
        var older = new ReleaseContents(Head, Base, null) { ReadAt = CardWorld.Now, Behind = 2 };

        Lines(older).ShouldHaveSingleItem().ShouldStartWith("*Brings* an older commit: 2 commits that were live go");
    }

    [Fact]
    public void Where_the_base_is_not_known_only_the_last_commit_is_listed_and_that_is_said()
    {
        var first = new ReleaseContents(Head, null, null)
        {
            ReadAt = CardWorld.Now,
            Commits = [new(Head, "First", "alice-gh", null)],
            TotalCommits = 1,
        };

        Lines(first)
            .ShouldBe([
                "*Brings* the last commit only: what was live before is not known",
                $"• 0123456 (https://github.com/acme/my-app/commit/{Head}) First (alice-gh)",
            ]);
    }

    [Fact]
    public void That_GitHub_does_not_tell_is_said_with_the_reason()
    {
        Lines(new ReleaseContents(Head, Base, null) { Problem = "GitHub did not answer in time." })
            .ShouldHaveSingleItem()
            .ShouldBe(
                "⚠️ GitHub did not tell yet what this release brings and who made it (GitHub did not answer in time.). I keep asking."
            );
    }

    [Fact]
    public void A_release_of_another_commit_does_not_show_what_was_read_for_the_former()
    {
        Lines(contents with { Head = Base }).ShouldBeEmpty();
    }

    private static List<string> Lines(ReleaseContents contents)
    {
        var with = CardWorld.Show(CardWorld.Awaiting with { Contents = contents }).Split('\n');
        var without = CardWorld.Show(CardWorld.Awaiting).Split('\n').ToHashSet();
        return [.. with.Select(line => line.Trim()).Where(line => !without.Contains(line) && line.Length > 0)];
    }
}
