using Devflow.ChatOps.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.Releasing;

/// <summary>The past that counts is that of the files that name the image.</summary>
public sealed class PathHistoryTests
{
    [Theory]
    [InlineData(Way.GraphQl, 3)]
    [InlineData(Way.GraphQl, 30)]
    [InlineData(Way.Rest, 3)]
    [InlineData(Way.Rest, 30)]
    public async Task Other_apps_commits_push_no_tombstone_out_of_sight(Way way, int others)
    {
        await using var world = await StartAsync(way);
        world.GitOps.Commit(
            "main",
            "Back\n\nDevflow-App: shop\nDevflow-Environment: production\nDevflow-Rolled-Back: registry.example.com/shop:1.1.0",
            [new(Kustomized, Kustomization("1.0.0") + "# back\n")]
        );
        for (var at = 0; at <= BranchSnapshot.HistoryLength; at++)
        {
            world.GitOps.Commit("main", $"Other {at}", [new($"apps/other/{at % others}.yaml", $"a: {at}\n")]);
        }

        (await world.RunAsync(Order("1.1.0") with { Files = [] }))
            .ShouldBeOfType<ReleaseOutcome.Refused>()
            .Code.ShouldBe(ReleaseCodes.RolledBack);
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(30, 4)]
    public async Task It_costs_a_request_only_where_many_files_are_searched(int others, int requests)
    {
        await using var world = await StartAsync(Way.GraphQl);
        var files = Enumerable.Range(0, others).Select(at => KeyValuePair.Create($"apps/{at}.yaml", (string?)"a: 1\n"));
        world.GitOps.Commit("main", "Others", files);

        await world.CommitAsync(Order("1.1.0") with { Files = [] });

        world.Api.Log.Calls.Count.ShouldBe(requests, string.Join('\n', world.Api.Log.Calls));
    }

    [Fact]
    public void Of_many_files_it_is_that_of_their_folders()
    {
        string[] few = ["b/1.yaml", "a/1.yaml", "a/1.yaml"];
        PathHistory.PathsOf(few).ShouldBe(["a/1.yaml", "b/1.yaml"]);
        var inTwo = Enumerable.Range(0, 20).Select(at => $"apps/{at % 2}/{at}.yaml");
        PathHistory.PathsOf(inTwo).ShouldBe(["apps/0", "apps/1"]);
        var inTwenty = Enumerable.Range(0, 20).Select(at => $"apps/{at}/values.yaml");
        PathHistory.PathsOf(inTwenty).ShouldBe(["apps"]);
        var everywhere = Enumerable.Range(0, 20).Select(at => $"{at}/values.yaml");
        PathHistory.PathsOf(everywhere).ShouldBe([""]);
    }

    [Theory]
    [InlineData("dcba", "dcba")]
    [InlineData("dcba", "db", "ca")]
    [InlineData("dcba", "da", "cba", "b")]
    [InlineData("fedcba", "fc", "eca", "db")]
    public void Several_become_one_in_the_order_of_the_branch(string expected, params string[] histories)
    {
        // Later letters are later commits, a second apart.
        var date = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var merged = PathHistory.Merge([
            .. histories.Select(history =>
                (IReadOnlyList<PastCommit>)
                    [
                        .. history.Select(letter => new PastCommit(
                            CommitSha.Parse(new string(letter, 40)),
                            $"{letter}",
                            date.AddSeconds(letter)
                        )),
                    ]
            ),
        ]);
        string.Concat(merged.Select(commit => commit.Message)).ShouldBe(expected);
    }

    [Fact]
    public void What_two_share_orders_them_whatever_the_dates_say()
    {
        var date = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        PastCommit At(char letter, int second) =>
            new(CommitSha.Parse(new string(letter, 40)), $"{letter}", date.AddSeconds(second));
        var (old, late, shared) = (At('a', 9), At('c', 1), At('b', 5));
        var merged = PathHistory.Merge([
            [late, shared],
            [shared, old],
        ]);
        string.Concat(merged.Select(commit => commit.Message)).ShouldBe("cba");
    }
}
