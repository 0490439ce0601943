using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

/// <summary>What a GitHub knows beside Git outlives it.</summary>
public sealed class WorldFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("github-");

    private string Kept => Path.Combine(folder.FullName, "github.json");

    [Fact]
    public async Task Another_one_goes_on_with_the_same_runs_pull_requests_comments_and_deployments()
    {
        var bare = Path.Combine(folder.FullName, "gitops.git");
        GitHubRepository before;
        await using (var gitHub = await GitHubUnderTest.StartAsync(bare))
        {
            before = gitHub.Repository;
            before.Branch("topic", "main");
            before.Commit("topic", "Better", [new("a.yaml", "a: 2\n")]);
            before.Pulls.Open("topic", "main", "Better", "Why", "bob-gh");
            before.Pulls.Merge(1, "alice-gh");
            await CheckRunTests.CreateAsync(gitHub, CheckRunTests.Run(gitHub, "completed"));
            var comment = new JsonObject { ["body"] = "Said" };
            await gitHub.RestAsync(HttpMethod.Post, "/issues/1/comments", comment, "app");
            var wish = new JsonObject { ["ref"] = "main", ["required_contexts"] = new JsonArray() };
            var (_, deployed) = await gitHub.RestAsync(HttpMethod.Post, "/deployments", wish, "app");
            await gitHub.RestAsync(
                HttpMethod.Post,
                $"/deployments/{deployed!["id"]}/statuses",
                new JsonObject { ["state"] = "success" },
                "app"
            );
            GitHubWorldFile.Save(gitHub.World, Kept);
        }

        await using var again = await GitHubUnderTest.StartAsync(bare);
        GitHubWorldFile.Load(again.World, Kept);

        var after = again.Repository;
        Text(after.Pulls.All).ShouldBe(Text(before.Pulls.All));
        Text(after.Checks.All).ShouldBe(Text(before.Checks.All));
        Text(after.Comments.All).ShouldBe(Text(before.Comments.All));
        Text(after.Deployments.All).ShouldBe(Text(before.Deployments.All));
        after.Deployments.All.ShouldHaveSingleItem().State.ShouldBe("success");
        after.Checks.All.ShouldHaveSingleItem().Buttons.ShouldHaveSingleItem().Identifier.ShouldBe("promote");
        var next = await CheckRunTests.CreateAsync(again, CheckRunTests.Run(again));
        next.ShouldBeGreaterThan(after.Deployments.All[0].Statuses[0].Id);
    }

    [Fact]
    public void What_is_no_such_file_is_told()
    {
        File.WriteAllText(Kept, "[]");
        var fault = Should.Throw<InvalidDataException>(() =>
            GitHubWorldFile.Load(new GitHubWorld(TimeProvider.System), Kept)
        );
        fault.Message.ShouldContain($"{Kept} holds no GitHub");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static string Text<T>(IReadOnlyList<T> items) => System.Text.Json.JsonSerializer.Serialize(items);
}
