using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Sandbox.GitHub;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.Releasing;

/// <summary>One pull request per app and environment.</summary>
public sealed class PullRequestTests
{
    private const string Branch = "devflow/shop/production";

    public static TheoryData<Way> Ways => new(Way.GraphQl, Way.Rest);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task It_is_opened_on_a_branch_of_its_own(Way way)
    {
        await using var world = await StartAsync(way);
        world.GitOps.Protections["main"] = GitHubProtection.Ruleset();

        var open = (await ProposeAsync(world, "1.1.0")).ShouldBeOfType<ReleaseOutcome.PullRequestOpened>();

        open.Number.ShouldBe(1);
        open.Url.AbsolutePath.ShouldBe("/acme/gitops/pull/1");
        open.CommitSha.Value.ShouldBe(world.GitOps.Git.Head(Branch));
        world.GitOps.Read("main", Kustomized).ShouldBe(Kustomization("1.0.0"));
        world.GitOps.Read(Branch, Kustomized).ShouldBe(Kustomization("1.1.0"));
        var pull = world.GitOps.Pulls.All.ShouldHaveSingleItem();
        (pull.Head, pull.Base, pull.Title).ShouldBe((Branch, "main", "shop (production): 1.0.0 -> 1.1.0"));
        ReleaseTrailers.Parse(pull.Title + "\n\n" + pull.Body).Run.ShouldBe(Order("1.1.0").Run);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_next_release_takes_it_over_on_top_of_the_base_as_it_is_by_then(Way way)
    {
        await using var world = await StartAsync(way);
        await ProposeAsync(world, "1.1.0");
        world.GitOps.Commit("main", "Moved", [new("other", "1")]);

        var open = (await ProposeAsync(world, "1.2.0", run: 8)).ShouldBeOfType<ReleaseOutcome.PullRequestOpened>();

        open.Number.ShouldBe(1);
        // Through REST a move that cannot be wrong is a fast-forward from the tip that was seen, so that the tip is a parent too.
        world.GitOps.Log(Branch)[0].Parents[0].ShouldBe(world.GitOps.Git.Head("main")!);
        world.GitOps.Log(Branch)[0].Parents.Count.ShouldBe(way == Way.GraphQl ? 1 : 2);
        world.GitOps.Read(Branch, Kustomized).ShouldBe(Kustomization("1.2.0"));
        world.GitOps.Pulls.All.ShouldHaveSingleItem().Title.ShouldBe("shop (production): 1.0.0 -> 1.2.0");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_same_again_changes_nothing(Way way)
    {
        await using var world = await StartAsync(way);
        var first = await ProposeAsync(world, "1.1.0");
        world.Api.Log.Clear();

        (await ProposeAsync(world, "1.1.0"))
            .ShouldBeOfType<ReleaseOutcome.PullRequestOpened>()
            .CommitSha.ShouldBe(first.ShouldBeOfType<ReleaseOutcome.PullRequestOpened>().CommitSha);

        world.Api.Log.Calls.ShouldNotContain(call => call.MovesBranch || call.Method == "PATCH");
    }

    [Fact]
    public async Task An_older_run_does_not_take_it_over()
    {
        await using var world = await StartAsync(Way.GraphQl);
        await ProposeAsync(world, "1.2.0", run: 8);
        (await ProposeAsync(world, "1.1.0", run: 7)).ShouldBeOfType<ReleaseOutcome.Superseded>();
        world.GitOps.Read(Branch, Kustomized).ShouldBe(Kustomization("1.2.0"));
    }

    [Fact]
    public async Task After_it_was_closed_another_is_opened()
    {
        await using var world = await StartAsync(Way.GraphQl);
        await ProposeAsync(world, "1.1.0");
        world.GitOps.Pulls.Change(1, pull => pull with { State = "closed" });
        (await ProposeAsync(world, "1.2.0", run: 8))
            .ShouldBeOfType<ReleaseOutcome.PullRequestOpened>()
            .Number.ShouldBe(2);
    }

    [Theory]
    [InlineData("/git/refs")]
    [InlineData("/pulls")]
    public async Task Lost_answers_make_no_second_one(string path)
    {
        await using var world = await StartAsync(Way.GraphQl);
        world.Once(
            call => call.Method == "POST" && call.Path.EndsWith(path, StringComparison.Ordinal),
            new GitHubFault.CutAfterWork()
        );
        (await ProposeAsync(world, "1.1.0")).ShouldBeOfType<ReleaseOutcome.PullRequestOpened>().Number.ShouldBe(1);
        world.GitOps.Pulls.All.Count.ShouldBe(1);
        world.GitOps.Log(Branch).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_token_that_may_not_open_it_is_told()
    {
        await using var world = await StartAsync(Way.GraphQl);
        world.Api.World.AddToken(new GitHubToken("t", "t[bot]") { PullRequests = GitHubAccess.Read });
        (await world.RunAsync(Order("1.1.0") with { Mode = ReleaseMode.PullRequest }, "t"))
            .ShouldBeOfType<ReleaseOutcome.Failed>()
            .Code.ShouldBe(ReleaseCodes.PermissionMissing);
    }

    [Fact]
    public async Task Several_apps_have_one_each_however_they_are_called()
    {
        await using var world = await StartAsync(Way.GraphQl);
        string[] apps = ["shop", "shop.web", "shop-web", "shop~web", "shop..web", ".shop", "shop.lock", "店"];
        foreach (var app in apps)
        {
            (await world.RunAsync(Order("1.1.0") with { App = app, Mode = ReleaseMode.PullRequest }))
                .ShouldBeOfType<ReleaseOutcome.PullRequestOpened>(app)
                .Number.ShouldBe(Array.IndexOf(apps, app) + 1);
        }

        var heads = world.GitOps.Pulls.All.Select(pull => pull.Head).Reverse().ToList();
        heads[..3].ShouldBe([Branch, "devflow/shop.web/production", "devflow/shop-web/production"]);
        heads.Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(apps.Length);
        heads[3].ShouldMatch("^devflow/shop-web-[0-9a-f]{8}/production$");
        heads[^1].ShouldMatch("^devflow/[0-9a-f]{8}/production$");
    }

    [Fact]
    public async Task A_branch_with_a_release_of_another_app_is_left_alone()
    {
        await using var world = await StartAsync(Way.GraphQl);
        var theirs = ReleaseMessage.Trailers(Order("9.9.9") with { App = "cart" }).Below("Theirs");
        world.GitOps.Commit(Branch, theirs, [new("cart.yaml", "a: 1\n")]);

        var failed = (await ProposeAsync(world, "1.1.0")).ShouldBeOfType<ReleaseOutcome.Failed>();

        failed.Code.ShouldBe(ReleaseCodes.BranchTaken);
        failed.Message.ShouldContain("carries a release of cart (production)");
        world.GitOps.Read(Branch, "cart.yaml").ShouldNotBeNull();
    }

    [Fact]
    public async Task Its_text_stays_within_what_GitHub_takes()
    {
        await using var world = await StartAsync(Way.GraphQl);
        var folder = new string('f', 200);
        world.GitOps.Commit(
            "main",
            "Many",
            Enumerable
                .Range(0, 400)
                .Select(at =>
                    KeyValuePair.Create($"{folder}/{at}.yaml", (string?)"image: registry.example.com/shop:1.0.0\n")
                )
        );
        var template = new string('t', 300) + "\n" + string.Concat(Enumerable.Repeat("Devflow-App: x\n", 6000));

        (
            await world.RunAsync(
                Order("1.1.0") with
                {
                    Files = [folder],
                    Mode = ReleaseMode.PullRequest,
                    MessageTemplate = template,
                }
            )
        ).ShouldBeOfType<ReleaseOutcome.PullRequestOpened>();

        var pull = world.GitOps.Pulls.All.ShouldHaveSingleItem();
        pull.Title.Length.ShouldBeLessThanOrEqualTo(256);
        pull.Body.Length.ShouldBeLessThanOrEqualTo(65_536);
        ReleaseTrailers.Parse("Title\n\n" + pull.Body).App.ShouldBe("shop");
    }

    private static Task<ReleaseOutcome> ProposeAsync(ReleaseWorld world, string tag, int run = 7) =>
        world.RunAsync(Order(tag, run) with { Mode = ReleaseMode.PullRequest });
}
