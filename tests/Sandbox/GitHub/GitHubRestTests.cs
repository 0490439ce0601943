using System.Net;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

/// <summary>REST: what GitHub answers, and what it refuses.</summary>
public sealed class GitHubRestTests
{
    [Theory]
    [InlineData(null, HttpStatusCode.NotFound, "Not Found")]
    [InlineData("nobody", HttpStatusCode.Unauthorized, "Bad credentials")]
    [InlineData("stranger", HttpStatusCode.NotFound, "Not Found")]
    [InlineData("reader", HttpStatusCode.OK, null)]
    public async Task A_private_repository_is_not_there_for_those_who_may_not_see_it(
        string? token,
        HttpStatusCode expected,
        string? message
    )
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var (status, body) = await gitHub.RestAsync(HttpMethod.Get, "/branches/main", token: token);
        status.ShouldBe(expected);
        ((string?)body!["message"]).ShouldBe(message);
    }

    [Theory]
    [InlineData("/git/ref/heads/main")]
    [InlineData("/git/ref/heads%2Fmain")]
    public async Task The_slash_in_the_name_of_a_reference_may_be_encoded(string path)
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var (status, body) = await gitHub.RestAsync(HttpMethod.Get, path);
        status.ShouldBe(HttpStatusCode.OK);
        ((string?)body!["object"]!["sha"]).ShouldBe(gitHub.Head);
    }

    [Fact]
    public async Task Readers_do_not_write()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var blob = new JsonObject { ["content"] = "x" };
        var (status, body) = await gitHub.RestAsync(HttpMethod.Post, "/git/blobs", blob, "reader");
        status.ShouldBe(HttpStatusCode.Forbidden);
        ((string?)body!["message"]).ShouldBe("Resource not accessible by integration");
    }

    [Fact]
    public async Task A_commit_is_made_step_by_step_and_its_ids_are_those_of_Git()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        // git hash-object says the same of these texts.
        var (_, blob) = await gitHub.RestAsync(
            HttpMethod.Post,
            "/git/blobs",
            new JsonObject { ["content"] = "hello\n" }
        );
        ((string?)blob!["sha"]).ShouldBe("ce013625030ba8dba906f756967f9e9ca394464a");

        var (created, tree) = await gitHub.RestAsync(
            HttpMethod.Post,
            "/git/trees",
            Tree(gitHub, "dir/c.txt", "hello\n")
        );
        created.ShouldBe(HttpStatusCode.Created);
        var (_, commit) = await gitHub.RestAsync(HttpMethod.Post, "/git/commits", Commit(tree!, gitHub.Head));
        var sha = (string)commit!["sha"]!;
        var (moved, _) = await gitHub.RestAsync(
            HttpMethod.Patch,
            "/git/refs/heads/main",
            new JsonObject { ["sha"] = sha }
        );

        moved.ShouldBe(HttpStatusCode.OK);
        gitHub.Head.ShouldBe(sha);
        gitHub.Repository.Read("main", "dir/c.txt").ShouldBe("hello\n");
        gitHub.Repository.Read("main", "dir/b.yaml").ShouldBe("b: 1\n");
    }

    [Fact]
    public async Task A_reference_moves_forward_only_unless_forced()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var before = gitHub.Head;
        gitHub.Repository.Commit("main", "Next", [new("a.yaml", "a: 2\n")]);
        var back = new JsonObject { ["sha"] = before, ["force"] = false };

        var (status, body) = await gitHub.RestAsync(HttpMethod.Patch, "/git/refs/heads/main", back);
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        ((string?)body!["message"]).ShouldBe("Update is not a fast forward");

        back["force"] = true;
        (await gitHub.RestAsync(HttpMethod.Patch, "/git/refs/heads/main", back)).Status.ShouldBe(HttpStatusCode.OK);
        gitHub.Head.ShouldBe(before);
    }

    [Theory]
    [InlineData("../x", "100644", "tree.path contains a malformed path component")]
    [InlineData("a//b", "100644", "tree.path contains a malformed path component")]
    [InlineData(".git/config", "100644", "tree.path contains a malformed path component")]
    [InlineData("a", "644", "Must supply a valid tree.mode")]
    public async Task Trees_that_Git_would_not_take_are_refused(string path, string mode, string message)
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var tree = Tree(gitHub, path, "x", mode);
        var (status, body) = await gitHub.RestAsync(HttpMethod.Post, "/git/trees", tree);
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        ((string?)body!["message"]).ShouldBe(message);
    }

    [Fact]
    public async Task What_is_missing_is_refused()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var none = new string('0', 40);
        var tree = new JsonObject
        {
            ["tree"] = new JsonArray(
                new JsonObject
                {
                    ["path"] = "a",
                    ["mode"] = "100644",
                    ["type"] = "blob",
                    ["sha"] = none,
                }
            ),
        };
        (await gitHub.RestAsync(HttpMethod.Post, "/git/trees", tree)).Status.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
        var commit = Commit(new JsonObject { ["sha"] = none }, gitHub.Head);
        (await gitHub.RestAsync(HttpMethod.Post, "/git/commits", commit)).Status.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
        var reference = new JsonObject { ["ref"] = "refs/heads/new", ["sha"] = none };
        (await gitHub.RestAsync(HttpMethod.Post, "/git/refs", reference)).Status.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
        var base64 = new JsonObject { ["content"] = "not base64!", ["encoding"] = "base64" };
        (await gitHub.RestAsync(HttpMethod.Post, "/git/blobs", base64)).Status.ShouldBe(
            HttpStatusCode.UnprocessableEntity
        );
    }

    [Fact]
    public async Task The_history_of_a_path_leaves_out_what_did_not_touch_it()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        gitHub.Repository.Commit("main", "Other", [new("a.yaml", "a: 2\n")]);
        gitHub.Repository.Commit("main", "Touched", [new("dir/b.yaml", "b: 2\n")]);

        var (_, all) = await gitHub.RestAsync(HttpMethod.Get, "/commits?sha=main");
        var (_, some) = await gitHub.RestAsync(HttpMethod.Get, "/commits?sha=main&path=dir&per_page=50");

        Messages(all!).ShouldBe(["Touched", "Other", "Begin"]);
        Messages(some!).ShouldBe(["Touched", "Begin"]);
    }

    [Fact]
    public async Task One_pull_request_is_open_per_branch()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        gitHub.Repository.Git.ShouldNotBeNull();
        var pull = new JsonObject
        {
            ["title"] = "T",
            ["head"] = "new",
            ["base"] = "main",
        };
        await gitHub.RestAsync(
            HttpMethod.Post,
            "/git/refs",
            new JsonObject { ["ref"] = "refs/heads/new", ["sha"] = gitHub.Head }
        );

        var (status, body) = await gitHub.RestAsync(HttpMethod.Post, "/pulls", pull);
        (status, (string?)body!["errors"]![0]!["message"]).ShouldBe(
            (HttpStatusCode.UnprocessableEntity, "No commits between main and new")
        );

        gitHub.Repository.Commit("new", "More", [new("a.yaml", "a: 2\n")]);
        (await gitHub.RestAsync(HttpMethod.Post, "/pulls", pull)).Status.ShouldBe(HttpStatusCode.Created);
        (_, body) = await gitHub.RestAsync(HttpMethod.Post, "/pulls", pull);
        ((string?)body!["errors"]![0]!["message"]).ShouldBe("A pull request already exists for acme:new.");
        (_, body) = await gitHub.RestAsync(HttpMethod.Get, "/pulls?head=acme:new&base=main");
        body!.AsArray().Count.ShouldBe(1);
    }

    private static JsonObject Tree(GitHubUnderTest gitHub, string path, string content, string mode = "100644") =>
        new()
        {
            ["base_tree"] = gitHub.Repository.Git.Commit(gitHub.Head)!.Tree,
            ["tree"] = new JsonArray(
                new JsonObject
                {
                    ["path"] = path,
                    ["mode"] = mode,
                    ["type"] = "blob",
                    ["content"] = content,
                }
            ),
        };

    private static JsonObject Commit(JsonNode tree, string parent) =>
        new()
        {
            ["message"] = "Made",
            ["tree"] = (string)tree["sha"]!,
            ["parents"] = new JsonArray(parent),
        };

    private static IEnumerable<string> Messages(JsonNode commits) =>
        commits.AsArray().Select(commit => (string)commit!["commit"]!["message"]!);
}
