using System.Net;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

/// <summary>Comments on pull requests, and who is in which team.</summary>
public sealed class CommentAndTeamTests
{
    [Fact]
    public async Task A_comment_is_written_once_and_changed_in_place()
    {
        await using var gitHub = await StartAsync();
        var (status, made) = await SayAsync(gitHub, "/issues/1/comments", "First");
        status.ShouldBe(HttpStatusCode.Created);
        ((string?)made!["user"]!["login"], (string?)made["performed_via_github_app"]!["slug"]).ShouldBe(
            ("devflow[bot]", "devflow")
        );

        gitHub.Time.Advance(TimeSpan.FromMinutes(1));
        var one = $"/issues/comments/{made["id"]}";
        (status, var changed) = await SayAsync(gitHub, one, "Second", HttpMethod.Patch);
        (status, (string?)changed!["body"]).ShouldBe((HttpStatusCode.OK, "Second"));

        var (_, all) = await gitHub.RestAsync(HttpMethod.Get, "/issues/1/comments", token: "app");
        ((string?)all!.AsArray().ShouldHaveSingleItem()!["body"]).ShouldBe("Second");
        (status, _) = await gitHub.RestAsync(HttpMethod.Delete, one, token: "app");
        status.ShouldBe(HttpStatusCode.NoContent);
        (await SayAsync(gitHub, one, "Third", HttpMethod.Patch)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task In_a_locked_conversation_an_app_neither_writes_nor_changes_one()
    {
        await using var gitHub = await StartAsync();
        var (_, made) = await SayAsync(gitHub, "/issues/1/comments", "First");
        gitHub.Repository.Pulls.Lock(1, "alice-gh");

        foreach (
            var (path, method) in new[]
            {
                ("/issues/1/comments", HttpMethod.Post),
                ($"/issues/comments/{made!["id"]}", HttpMethod.Patch),
            }
        )
        {
            var (status, body) = await SayAsync(gitHub, path, "Second", method);
            (status, (string?)body!["message"]).ShouldBe(
                (HttpStatusCode.Forbidden, "Unable to create comment because issue is locked.")
            );
        }

        var (_, pull) = await gitHub.RestAsync(HttpMethod.Get, "/pulls/1", token: "app");
        ((bool?)pull!["locked"]).ShouldBe(true);
        gitHub.Repository.Comments.All.ShouldHaveSingleItem().Body.ShouldBe("First");
    }

    [Theory]
    [InlineData(0, "Body can't be blank")]
    [InlineData(65_537, "Body is too long (maximum is 65536 characters)")]
    public async Task A_comment_says_something_and_not_too_much(int length, string message)
    {
        await using var gitHub = await StartAsync();
        var (status, body) = await SayAsync(gitHub, "/issues/1/comments", new string('x', length));
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        ((string?)body!["errors"]![0]!["message"]).ShouldBe(message);
        (await SayAsync(gitHub, "/issues/2/comments", "x")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_permission_for_pull_requests_is_needed_and_that_for_issues_reads_only()
    {
        await using var gitHub = await StartAsync();
        gitHub.World.AddToken(
            GitHubUnderTest.AppToken(
                gitHub.App,
                "contents",
                _ => new GitHubPermissions { Contents = GitHubAccess.Write, Checks = GitHubAccess.Write }
            )
        );
        gitHub.World.AddToken(
            GitHubUnderTest.AppToken(gitHub.App, "issues", _ => new GitHubPermissions { Issues = GitHubAccess.Write })
        );
        gitHub.World.AddToken(
            GitHubUnderTest.AppToken(
                gitHub.App,
                "pulls",
                _ => new GitHubPermissions { PullRequests = GitHubAccess.Write }
            )
        );
        var comment = new JsonObject { ["body"] = "x" };
        var (status, body) = await gitHub.RestAsync(HttpMethod.Post, "/issues/1/comments", comment, "contents");
        (status, (string?)body!["message"]).ShouldBe(
            (HttpStatusCode.Forbidden, "Resource not accessible by integration")
        );
        (await gitHub.RestAsync(HttpMethod.Post, "/issues/1/comments", comment, "issues")).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        (await gitHub.RestAsync(HttpMethod.Get, "/issues/1/comments", null, "issues")).Status.ShouldBe(
            HttpStatusCode.OK
        );
        (await gitHub.RestAsync(HttpMethod.Post, "/issues/1/comments", comment, "pulls")).Status.ShouldBe(
            HttpStatusCode.Created
        );
    }

    [Fact]
    public async Task The_members_of_a_team_come_in_pages()
    {
        await using var gitHub = await StartAsync();
        gitHub.World.Directory.PutTeam("acme", "platform", "alice-gh", "bob-gh", "carol-gh");
        using var answer = await gitHub.AnswerAsync(HttpMethod.Get, "orgs/acme/teams/platform/members?per_page=2");
        answer.Headers.GetValues("Link").Single().ShouldContain("page=2>; rel=\"next\"");
        var (_, second) = await gitHub.SendAsync(
            HttpMethod.Get,
            "orgs/acme/teams/platform/members?per_page=2&page=2",
            null
        );
        ((string?)second!.AsArray().ShouldHaveSingleItem()!["login"]).ShouldBe("carol-gh");
        var membership = "orgs/acme/teams/platform/memberships/";
        (await gitHub.SendAsync(HttpMethod.Get, membership + "Alice-gh", null)).Status.ShouldBe(HttpStatusCode.OK);
        (await gitHub.SendAsync(HttpMethod.Get, membership + "dave-gh", null)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("app", "orgs/acme/teams/nobody/members", HttpStatusCode.NotFound)]
    [InlineData("app", "orgs/other/teams/platform/members", HttpStatusCode.NotFound)]
    [InlineData("blind", "orgs/acme/teams/platform/members", HttpStatusCode.Forbidden)]
    [InlineData(null, "orgs/acme/teams/platform/members", HttpStatusCode.Unauthorized)]
    public async Task A_team_is_not_told_to_everybody(string? token, string path, HttpStatusCode expected)
    {
        await using var gitHub = await StartAsync();
        gitHub.World.Directory.PutTeam("acme", "platform", "alice-gh");
        gitHub.World.Directory.PutTeam("other", "platform", "alice-gh");
        gitHub.World.AddToken(
            GitHubUnderTest.AppToken(gitHub.App, "blind", all => all with { Members = GitHubAccess.None })
        );
        (await gitHub.SendAsync(HttpMethod.Get, path, null, token)).Status.ShouldBe(expected);
    }

    [Fact]
    public async Task What_somebody_may_do_in_a_repository_is_told()
    {
        await using var gitHub = await StartAsync();
        gitHub.Repository.Collaborators["alice-gh"] = "write";
        async Task<string?> PermissionAsync(string login) =>
            (string?)
                (await gitHub.RestAsync(HttpMethod.Get, $"/collaborators/{login}/permission", token: "app")).Body![
                    "permission"
                ];
        (await PermissionAsync("Alice-gh")).ShouldBe("write");
        (await PermissionAsync("dave-gh")).ShouldBe("none");
    }

    private static async Task<GitHubUnderTest> StartAsync()
    {
        var gitHub = await GitHubUnderTest.StartAsync();
        gitHub.Repository.Branch("topic", "main");
        gitHub.Repository.Commit("topic", "Better", [new("a.yaml", "a: 2\n")]);
        gitHub.Repository.Pulls.Open("topic", "main", "Better", "", "bob-gh");
        return gitHub;
    }

    private static Task<(HttpStatusCode Status, JsonNode? Body)> SayAsync(
        GitHubUnderTest gitHub,
        string path,
        string body,
        HttpMethod? method = null
    ) => gitHub.RestAsync(method ?? HttpMethod.Post, path, new JsonObject { ["body"] = body }, "app");
}
