using System.Text;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Tests.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.Independent;

/// <summary>The loop against a GitHub that somebody else wrote, so that not only our own reading of GitHub is tested.</summary>
public sealed class EmulateTests(SharedEmulate shared) : IClassFixture<SharedEmulate>
{
    [Fact]
    public async Task A_release_is_committed_and_then_unchanged_and_then_superseded()
    {
        var emulate = await shared.GetAsync();
        var order = await NewOrderAsync(emulate);
        var host = new GitHubHost(emulate.Connect());
        await SeedAsync(host, order.Repository, [Kustomized]);
        var committer = new ReleaseCommitter(host, TimeProvider.System);

        var done = (await committer.RunAsync(order, Cancellation)).ShouldBeOfType<ReleaseOutcome.Committed>();
        (await committer.RunAsync(order, Cancellation)).ShouldBe(new ReleaseOutcome.Unchanged(done.CommitSha));
        var older = order with { Images = [Image("1.0.5")], Run = order.Run with { Number = 6 } };
        (await committer.RunAsync(older, Cancellation)).ShouldBe(
            new ReleaseOutcome.Superseded(order.Run, done.CommitSha)
        );
        (await TextAsync(host, order.Repository, Kustomized)).ShouldBe(Kustomization("1.1.0"));
    }

    [Fact]
    public async Task Twenty_at_once_make_twenty_commits()
    {
        var emulate = await shared.GetAsync();
        var order = await NewOrderAsync(emulate);
        var host = new GitHubHost(emulate.Connect());
        var files = Enumerable.Range(0, 20).Select(app => $"apps/{app}/kustomization.yaml").ToList();
        await SeedAsync(host, order.Repository, files);

        var outcomes = await Task.WhenAll(
            files.Select(file =>
                new ReleaseCommitter(new RestHost(emulate.Connect()), TimeProvider.System).RunAsync(
                    order with
                    {
                        App = file,
                        Files = [file],
                    },
                    Cancellation
                )
            )
        );

        outcomes
            .Select(outcome => outcome.ShouldBeOfType<ReleaseOutcome.Committed>().CommitSha)
            .Distinct()
            .Count()
            .ShouldBe(20);
        var seen = await host.ReadAsync(
            new BranchQuery(order.Repository, "main", FileSelection.Parse(["apps"])),
            Cancellation
        );
        seen.Files.Count.ShouldBe(20);
        seen.Files.ShouldAllBe(file =>
            Encoding.UTF8.GetString(file.Content) == Kustomization("1.1.0", "registry.example.com/shop")
        );
        seen.History.Select(commit => ReleaseTrailers.Parse(commit.Message).App)
            .Where(app => app is not null)
            .ShouldBe(files, ignoreOrder: true);
    }

    [Fact]
    public async Task A_pull_request_is_opened_and_brought_up_to_date()
    {
        var emulate = await shared.GetAsync();
        var order = await NewOrderAsync(emulate);
        var host = new GitHubHost(emulate.Connect());
        await SeedAsync(host, order.Repository, [Kustomized]);
        var committer = new ReleaseCommitter(host, TimeProvider.System);
        var proposal = order with { Mode = ReleaseMode.PullRequest };

        var outcome = await committer.RunAsync(proposal, Cancellation);
        var first = outcome.ShouldBeOfType<ReleaseOutcome.PullRequestOpened>($"{outcome}");
        var next = proposal with { Images = [Image("1.2.0")], Run = order.Run with { Number = 8 } };
        outcome = await committer.RunAsync(next, Cancellation);
        var second = outcome.ShouldBeOfType<ReleaseOutcome.PullRequestOpened>($"{outcome}");

        second.Number.ShouldBe(first.Number);
        second.CommitSha.ShouldNotBe(first.CommitSha);
        (await TextAsync(host, order.Repository, Kustomized)).ShouldBe(Kustomization("1.0.0"));
    }

    private static async Task<ReleaseOrder> NewOrderAsync(Emulate emulate) =>
        Order("1.1.0") with
        {
            Repository = await emulate.NewRepositoryAsync(),
        };

    private static async Task SeedAsync(GitHubHost host, string repository, IReadOnlyList<string> files)
    {
        var tip = (await host.FindTipAsync(repository, "main", Cancellation))!;
        var content = Encoding.UTF8.GetBytes(Kustomization("1.0.0"));
        var commit = new NewCommit(
            repository,
            "main",
            tip.Sha,
            tip.Tree,
            "Seed",
            [.. files.Select(file => new RepositoryFile(file, "100644", content))]
        );
        // GraphQL is tried first, as always, and found missing.
        (await host.CommitAsync(commit, Cancellation)).ShouldBeOfType<CommitAnswer.Created>();
    }

    private static async Task<string> TextAsync(GitHubHost host, string repository, string file)
    {
        var seen = await host.ReadAsync(new BranchQuery(repository, "main", FileSelection.Parse([file])), Cancellation);
        return Encoding.UTF8.GetString(seen.Files.ShouldHaveSingleItem().Content);
    }
}
