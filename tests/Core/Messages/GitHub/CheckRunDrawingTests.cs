using System.Text;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Messages.GitHub;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using static Devflow.ChatOps.Tests.Core.Messages.CardWorld;

namespace Devflow.ChatOps.Tests.Core.Messages.GitHub;

/// <summary>What the check run of a release says, and its buttons.</summary>
public sealed class CheckRunDrawingTests
{
    [Fact]
    public void Waiting_for_approval_it_says_what_for_and_offers_to_promote_or_to_roll_back()
    {
        var page = Draw(Awaiting.WithVote("alice"));

        page.State.ShouldBe(CheckRunState.ActionRequired);
        page.Name.ShouldBe("Devflow / my-app / production");
        page.ExternalId.ShouldBe($"{Id}:1:1");
        page.Title.ShouldBe("v2: waiting for approval");
        page.Summary.ShouldContain(
            "✋ **The preview is ready\\. platform must approve; v1 keeps the traffic until then\\.**"
        );
        page.Summary.ShouldContain("- 🗳️ **Approvals** 1 of 2: alice");
        page.Summary.ShouldContain("| ✋ Verify | waiting for approval | 11:52:00 UTC |");
        page.Summary.ShouldContain("[Open production](<https://my-app.example.com/>)");
        page.Text.ShouldContain("| Image | registry\\.example\\.com/my\\-app\\:v2 |");
        page.Text.ShouldContain(
            "[fedcba9](<https://github.com/acme/gitops/commit/fedcba9876543210fedcba9876543210fedcba98>)"
        );
        page.Buttons.Select(button => (button.Label, button.Identifier))
            .ShouldBe([("Promote", "promote"), ("Roll back", "rollback:Abort")]);
    }

    [Fact]
    public void The_six_steps_are_a_table()
    {
        var lines = Draw(Running).Summary.Split('\n');
        var head = Array.IndexOf(lines, "| Step | | Since |");

        lines[head + 1].ShouldBe("| --- | --- | --- |");
        lines[head - 1].ShouldBeEmpty("GitHub takes it for text otherwise");
        lines.Skip(head + 2).TakeWhile(line => line.StartsWith('|')).Count().ShouldBe(6);
    }

    [Fact]
    public void Nobody_can_press_what_would_be_refused_whoever_it_is()
    {
        Labels(Running).ShouldBeEmpty();
        Labels(Awaiting with { Trouble = "CrashLoopBackOff" }).ShouldBe(["Roll back"]);
        Labels(Awaiting with { Status = JobStatus.Superseded }).ShouldBeEmpty();
        Labels(Aborted).ShouldBe(["Retry", "Roll back"]);
        Labels(Aborted with { WritesGit = true }).ShouldBe(["Retry", "Roll back", "Make Git agree"]);
        Labels(Succeeded.UndoableUntil(Now.AddMinutes(5))).ShouldBe(["Roll back"]);
        Labels(Succeeded with { HasLeft = true }).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(RollbackPath.Abort)]
    [InlineData(RollbackPath.GitOnly)]
    [InlineData(RollbackPath.Undo)]
    [InlineData(RollbackPath.UndoInGit)]
    [InlineData(RollbackPath.Release)]
    public void A_button_to_roll_back_tells_the_path_and_names_it_when_pressed(RollbackPath path)
    {
        var job = Awaiting with { WayBack = path, WritesGit = true, InstantRollbackUntil = Now.AddMinutes(5) };
        var button = Draw(job).Buttons.Single(button => button.Label == "Roll back");

        CheckRunButtons.WishOf(button.Identifier).ShouldBe(new Wish.RollBack(Announced: path));
        button.Description.ShouldNotBeEmpty();
    }

    [Fact]
    public void Every_button_keeps_GitHubs_limits()
    {
        Job[] jobs =
        [
            Awaiting,
            Aborted with
            {
                WritesGit = true,
            },
            Aborted with
            {
                RetryGoesLiveUntil = Now.AddSeconds(30),
            },
            .. Enum.GetValues<RollbackPath>()
                .Select(path =>
                    Awaiting with
                    {
                        WayBack = path,
                        WritesGit = true,
                        InstantRollbackUntil = Now.AddHours(1),
                    }
                ),
        ];
        var buttons = jobs.Select(job => Draw(job).Buttons).ToList();

        buttons.ShouldAllBe(row => row.Length <= 3);
        buttons
            .SelectMany(row => row)
            .ShouldAllBe(button =>
                button.Label.Length <= 20 && button.Description.Length <= 40 && button.Identifier.Length <= 20
            );
        buttons.SelectMany(row => row).ShouldAllBe(button => CheckRunButtons.WishOf(button.Identifier) != null);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("rollback:")]
    [InlineData("rollback:9")]
    [InlineData("rollback:Abort,Undo")]
    [InlineData("devflow_promote")]
    public void Buttons_of_others_mean_nothing(string? identifier) => CheckRunButtons.WishOf(identifier).ShouldBeNull();

    [Fact]
    public void A_sync_that_came_too_late_is_a_timeout_and_one_that_failed_is_a_failure()
    {
        CheckRunDrawing
            .StateOf(Registered(JobStatus.SyncFailed, JobTexts.NothingSynced(TimeSpan.FromMinutes(15))))
            .ShouldBe(CheckRunState.TimedOut);
        CheckRunDrawing
            .StateOf(Registered(JobStatus.SyncFailed, "Argo CD could not sync: no such chart"))
            .ShouldBe(CheckRunState.Failure);
    }

    [Fact]
    public void Whatever_the_texts_are_it_is_what_GitHub_takes()
    {
        var long_ = string.Concat(Enumerable.Repeat("“|<b>@all 😀", 10_000));
        var job = Awaiting with
        {
            Images = [.. Enumerable.Repeat(long_, 50)],
            Trouble = long_,
            Contents = new ReleaseContents("0123456789abcdef0123456789abcdef01234567", null, null)
            {
                ReadAt = Now,
                Commits = [.. Enumerable.Repeat(new ReleasedCommit("abcdef0", long_, long_, null), 50)],
                TotalCommits = 900,
                Pulls = [.. Enumerable.Repeat(new ReleasedPull(7, long_, long_, long_), 50)],
                TotalPulls = 80,
                GitOpsReadAt = Now,
                Files = [.. Enumerable.Repeat(new ChangedFile(long_, "modified", [long_, long_], 3), 20)],
                TotalFiles = 20,
            },
        };

        var page = Draw(job);

        Encoding.UTF8.GetByteCount(page.Summary).ShouldBeLessThanOrEqualTo(CheckRunPage.LongestText);
        Encoding.UTF8.GetByteCount(page.Text).ShouldBeLessThanOrEqualTo(CheckRunPage.LongestText);
        // Code is shown as it is.
        Regex.Replace(page.Summary + page.Text, "`[^`]*`", "").ShouldNotContain("<b>");
        page.Text.ShouldContain("and 60 more pull requests");
    }

    [Fact]
    public void What_it_brings_is_listed_with_links()
    {
        var job = Awaiting with
        {
            Contents = new ReleaseContents("0123456789abcdef0123456789abcdef01234567", "fedcba9876543210", null)
            {
                ReadAt = Now,
                Commits = [new ReleasedCommit("abcdef0123", "Fix the *cart*", "carol-gh", null)],
                TotalCommits = 3,
                Pulls = [new ReleasedPull(12, "Faster @search", "dave-gh", "bob-gh")],
                TotalPulls = 1,
            },
        };

        var text = Draw(job).Text;

        text.ShouldContain(
            "**Brings** 3 commits in 1 pull request · [compare](<https://github.com/acme/my-app/compare/"
        );
        text.ShouldContain(
            "(<https://github.com/acme/my-app/pull/12>) Faster \\@\u2060search (dave\\-gh, merged by bob\\-gh)"
        );
        text.ShouldContain("Fix the \\*cart\\* (carol\\-gh)");
    }

    [Fact]
    public void The_pull_request_that_was_merged_is_told_before_everything_is_read()
    {
        var check = new GitHubCheck("acme/my-app", "0123456789abcdef0123456789abcdef01234567")
        {
            Pull = new ReleasedPull(12, "Faster search", "dave-gh", "bob-gh"),
        };

        Draw(Awaiting with { Check = check }).Text.ShouldContain("**Merged with** [");
    }

    private static CheckRunPage Draw(Job job) => CheckRunDrawing.Build(job, new CheckRunId(job.Id, 1, 1), Target, Now);

    private static IEnumerable<string> Labels(Job job) => Draw(job).Buttons.Select(button => button.Label);
}

/// <summary>External ids, and text from outside in GitHub's Markdown.</summary>
public sealed class CheckRunTextTests
{
    [Fact]
    public void An_external_id_is_read_as_it_was_written_and_nothing_else_is()
    {
        var id = new CheckRunId(CardWorld.Id, 2, 13);
        id.ToString().ShouldBe("01931f00-0000-7000-8000-0000000000a1:2:13");
        CheckRunId.TryParse(id.ToString()).ShouldBe(id);
        foreach (
            var other in new[]
            {
                null,
                "",
                "a:1:2",
                $"{CardWorld.Id}:1",
                $"{CardWorld.Id}:1:2:3",
                $"{CardWorld.Id}:-1:2",
                $"{CardWorld.Id}: 1:2",
            }
        )
        {
            CheckRunId.TryParse(other).ShouldBeNull(other);
        }
    }

    [Theory]
    [InlineData("a | b", "a \\| b")]
    [InlineData("<img src=x>", "\\<img src\\=x\\>")]
    [InlineData("**bold** _it_", "\\*\\*bold\\*\\* \\_it\\_")]
    [InlineData("[x](http://y)", "\\[x\\](http\\://y)")]
    [InlineData("line\nline", "line line")]
    [InlineData("@team #12", "\\@\u2060team \\#\u206012")]
    [InlineData("back\\slash", "back\\\\slash")]
    public void Outside_text_is_no_markup(string text, string expected) => Markdown.Text(text).ShouldBe(expected);

    [Fact]
    public void Code_cannot_be_left_and_links_lead_to_the_web_only()
    {
        Markdown.Code("a`b`c").ShouldBe("`aˋbˋc`");
        Markdown
            .Link(new Uri("https://example.com/a(b)?c=<d>"), "x]y")
            .ShouldBe("[x\\]y](<https://example.com/a(b)?c=%3Cd%3E>)");
        Markdown.Link(new Uri("javascript:alert(1)"), "x").ShouldBe("x");
    }

    [Fact]
    public void What_does_not_fit_is_cut_between_lines()
    {
        Markdown.Fit(["aaa", "bbb", "ccc"], 100, "\n").ShouldBe("aaa\nbbb\nccc");
        var cut = Markdown.Fit(["aaa", "bbb", "ccc"], 10, "\n");
        cut.ShouldBe("aaa\n…");
        Encoding.UTF8.GetByteCount(cut).ShouldBeLessThanOrEqualTo(10);
    }
}
