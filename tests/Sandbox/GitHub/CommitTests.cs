using System.Net;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

/// <summary>Commits, what lies between two of them, and what they came with.</summary>
public sealed class CommitTests
{
    [Fact]
    public async Task A_comparison_tells_the_commits_oldest_first_and_the_files_since_the_common_one()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var first = gitHub.Head;
        gitHub.Repository.Branch("old", "main");
        gitHub.Repository.Commit("old", "Aside", [new("aside.yaml", "x\n")]);
        gitHub.Repository.Commit("main", "One", [new("a.yaml", "a: 2\n")]);
        gitHub.Repository.Commit("main", "Two", [new("dir/b.yaml", null), new("dir/c.yaml", "c: 1\n")]);

        var ahead = await GetAsync(gitHub, $"/compare/{first}...main");
        ((string?)ahead["status"], (int?)ahead["ahead_by"], (int?)ahead["behind_by"]).ShouldBe(("ahead", 2, 0));
        Messages(ahead).ShouldBe(["One", "Two"]);
        Files(ahead).ShouldBe(["modified a.yaml +1 -1", "removed dir/b.yaml +0 -1", "added dir/c.yaml +1 -0"]);
        ((string?)ahead["files"]![0]!["patch"]).ShouldBe("@@ -1 +1 @@\n-a: 1\n+a: 2");

        var diverged = await GetAsync(gitHub, "/compare/old...main");
        ((string?)diverged["status"], (int?)diverged["behind_by"]).ShouldBe(("diverged", 1));
        ((string?)diverged["merge_base_commit"]!["sha"]).ShouldBe(first);
        Files(diverged).Count.ShouldBe(3);
        ((string?)(await GetAsync(gitHub, $"/compare/main...{first}"))["status"]).ShouldBe("behind");
        ((string?)(await GetAsync(gitHub, "/compare/main...main"))["status"]).ShouldBe("identical");
    }

    [Fact]
    public async Task A_patch_is_as_Git_writes_it_and_a_file_that_has_moved_has_none()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var commit = gitHub.Repository.Commit(
            "main",
            "Move",
            [new("a.yaml", "a: 1"), new("dir/b.yaml", null), new("moved.yaml", "b: 1\n"), new("new.yaml", "1\n2\n")]
        );

        var told = await GetAsync(gitHub, $"/commits/{commit}");

        Files(told).ShouldBe(["modified a.yaml +1 -1", "renamed moved.yaml +0 -0", "added new.yaml +2 -0"]);
        told["files"]!
            .AsArray()
            .Select(file => (string?)file!["patch"])
            .ShouldBe(["@@ -1 +1 @@\n-a: 1\n+a: 1\n\\ No newline at end of file", null, "@@ -0,0 +1,2 @@\n+1\n+2"]);
        ((string?)told["files"]![1]!["previous_filename"]).ShouldBe("dir/b.yaml");
    }

    [Fact]
    public async Task A_comparison_comes_in_pages_with_the_files_on_the_first()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var first = gitHub.Head;
        for (var i = 0; i < 5; i++)
        {
            gitHub.Repository.Commit("main", $"{i}", [new("a.yaml", $"a: {i + 2}\n")]);
        }

        var page = await GetAsync(gitHub, $"/compare/{first}...main?per_page=2&page=3");
        Messages(page).ShouldBe(["4"]);
        (Files(page).Count, (int?)page["total_commits"]).ShouldBe((0, 5));
        Files(await GetAsync(gitHub, $"/compare/{first}...main?per_page=2")).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("/compare/none...main", HttpStatusCode.NotFound)]
    [InlineData("/compare/main...0123456789012345678901234567890123456789", HttpStatusCode.NotFound)]
    [InlineData("/compare/main", HttpStatusCode.NotFound)]
    [InlineData("/commits/0123456789012345678901234567890123456789", HttpStatusCode.UnprocessableEntity)]
    [InlineData("/commits/0123456789012345678901234567890123456789/pulls", HttpStatusCode.UnprocessableEntity)]
    [InlineData("/pulls/7", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_is_not_told(string path, HttpStatusCode expected)
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        (await gitHub.RestAsync(HttpMethod.Get, path, token: "app")).Status.ShouldBe(expected);
    }

    [Fact]
    public async Task A_commit_says_what_it_changed_and_whose_address_it_has()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        gitHub.World.Directory.PutEmail("bob@example.com", "bob-gh");
        gitHub.Repository.Commit("main", "Change", [new("a.yaml", "a: 1\nb: 2\n")], by: "Bob");
        gitHub.Repository.Commit("main", "By nobody", [new("a.yaml", "a: 1\n")], by: "Eve");

        var known = await GetAsync(gitHub, $"/commits/{gitHub.Repository.Git.Commit(gitHub.Head)!.Parents[0]}");
        ((string?)known["author"]!["login"], (int?)known["stats"]!["total"]).ShouldBe(("bob-gh", 1));
        Files(known).ShouldBe(["modified a.yaml +1 -0"]);
        var unknown = await GetAsync(gitHub, "/commits/main");
        (unknown["author"], (string?)unknown["commit"]!["author"]!["name"]).ShouldBe((null, "Eve"));
    }

    [Theory]
    [InlineData(GitHubMergeMethod.Merge)]
    [InlineData(GitHubMergeMethod.Squash)]
    public async Task The_pull_request_of_a_commit_says_who_wrote_and_who_merged_it(GitHubMergeMethod method)
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        gitHub.World.Directory.PutEmail("bob@example.com", "bob-gh");
        gitHub.Repository.Branch("topic", "main");
        var written = gitHub.Repository.Commit("topic", "Better", [new("a.yaml", "a: 2\n")], by: "Bob");
        var open = gitHub.Repository.Pulls.Open("topic", "main", "Better", "Why", "bob-gh");
        gitHub.Repository.Commit("main", "Meanwhile", [new("other.yaml", "o: 1\n")]);
        gitHub.Repository.Pulls.Merge(open.Number, "alice-gh", method);

        foreach (var commit in new[] { gitHub.Head, written })
        {
            var (_, pulls) = await gitHub.RestAsync(HttpMethod.Get, $"/commits/{commit}/pulls", token: "app");
            ((int?)pulls!.AsArray().ShouldHaveSingleItem()!["number"]).ShouldBe(1);
        }

        var (_, pull) = await gitHub.RestAsync(HttpMethod.Get, "/pulls/1", token: "app");
        ((string?)pull!["state"], (bool?)pull["merged"]).ShouldBe(("closed", true));
        ((string?)pull["user"]!["login"], (string?)pull["merged_by"]!["login"]).ShouldBe(("bob-gh", "alice-gh"));
        ((string?)pull["merge_commit_sha"], (int?)pull["commits"]).ShouldBe((gitHub.Head, 1));
        ((string?)pull["head"]!["sha"], (int?)pull["changed_files"]).ShouldBe((written, 1));
        var merge = await GetAsync(gitHub, "/commits/main");
        merge["parents"]!.AsArray().Count.ShouldBe(method == GitHubMergeMethod.Squash ? 1 : 2);
        ((string?)merge["committer"]!["login"]).ShouldBe("web-flow");
        ((string?)merge["author"]!["login"]).ShouldBe(method == GitHubMergeMethod.Squash ? "bob-gh" : "alice-gh");
        gitHub.Repository.Read("main", "other.yaml").ShouldBe("o: 1\n");
        gitHub.Repository.Read("main", "a.yaml").ShouldBe("a: 2\n");
        Should.Throw<GitHubRefusalException>(() => gitHub.Repository.Pulls.Merge(1, "alice-gh")).Status.ShouldBe(405);
    }

    private static async Task<JsonNode> GetAsync(GitHubUnderTest gitHub, string path)
    {
        var (status, body) = await gitHub.RestAsync(HttpMethod.Get, path, token: "app");
        status.ShouldBe(HttpStatusCode.OK, body?.ToJsonString());
        return body!;
    }

    private static IEnumerable<string> Messages(JsonNode comparison) =>
        comparison["commits"]!.AsArray().Select(commit => (string)commit!["commit"]!["message"]!);

    private static IReadOnlyList<string> Files(JsonNode answer) =>
        [
            .. answer["files"]!
                .AsArray()
                .Select(file => $"{file!["status"]} {file["filename"]} +{file["additions"]} -{file["deletions"]}"),
        ];
}
