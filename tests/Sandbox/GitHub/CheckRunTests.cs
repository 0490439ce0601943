using System.Net;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

/// <summary>Check runs: what GitHub takes, and what it refuses in which words.</summary>
public sealed class CheckRunTests
{
    private const string Name = "Devflow / my-app / production";

    public static readonly TheoryData<string, string, string> Refused = new()
    {
        { "name", "null", "For 'properties/name', nil is not a string." },
        { "head_sha", "\"0123\"", "No commit found for SHA: 0123" },
        { "status", "\"waiting\"", "waiting is not a member of [\"queued\", \"in_progress\", \"completed\"]." },
        { "status", "\"completed\"", "\"conclusion\" wasn't supplied." },
        { "conclusion", "null", "For 'properties/conclusion', nil is not a string." },
        { "conclusion", "\"stale\"", "stale is not a member of [\"success\", \"failure\"," },
        { "started_at", "\"yesterday\"", "For 'properties/started_at', yesterday is not a valid date-time." },
        { "details_url", "\"javascript:alert(1)\"", "details_url must use http(s) scheme" },
        { "output", """{"summary":"s"}""", "\"title\" wasn't supplied." },
        { "output", """{"title":"t"}""", "\"summary\" wasn't supplied." },
        {
            "actions",
            """[{"label":"a","description":"b","identifier":"c"},{"label":"a","description":"b","identifier":"d"},{"label":"a","description":"b","identifier":"e"},{"label":"a","description":"b","identifier":"f"}]""",
            "No more than 3 items are allowed; 4 were supplied."
        },
        {
            "actions",
            """[{"label":"123456789012345678901","description":"b","identifier":"c"}]""",
            "Only 20 characters are allowed; 21 were supplied."
        },
        {
            "actions",
            """[{"label":"a","description":"12345678901234567890123456789012345678901","identifier":"c"}]""",
            "Only 40 characters are allowed; 41 were supplied."
        },
        {
            "actions",
            """[{"label":"a","description":"b","identifier":"123456789012345678901"}]""",
            "Only 20 characters are allowed; 21 were supplied."
        },
        { "actions", """[{"label":"a","description":"b"}]""", "\"identifier\" wasn't supplied." },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_breaks_a_rule_is_refused_in_GitHubs_words(string field, string value, string expected)
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var run = Run(gitHub);
        run[field] = JsonNode.Parse(value);
        var (status, body) = await gitHub.RestAsync(HttpMethod.Post, "/check-runs", run, "app");
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        body!.ToJsonString(Readable.Json).ShouldContain(expected.Replace("\"", "\\\"", StringComparison.Ordinal));
        gitHub.Repository.Checks.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_summary_is_counted_in_characters_and_then_in_bytes()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        (await SummaryAsync(gitHub, new string('x', 65_536))).ShouldContain(
            "Only 65535 characters are allowed; 65536 were supplied."
        );
        (await SummaryAsync(gitHub, new string('ä', 40_000))).ShouldContain(
            "summary exceeds a maximum bytesize of 65535"
        );
        (await SummaryAsync(gitHub, new string('x', 65_535))).ShouldContain("\"id\":");
    }

    [Theory]
    [InlineData("writer", HttpStatusCode.Forbidden, "You must authenticate via a GitHub App.")]
    [InlineData("checker", HttpStatusCode.Forbidden, "Resource not accessible by integration")]
    [InlineData("other", HttpStatusCode.NotFound, "Not Found")]
    [InlineData("nobody", HttpStatusCode.Unauthorized, "Bad credentials")]
    public async Task Only_an_App_that_was_granted_it_writes_them(string token, HttpStatusCode expected, string message)
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        gitHub.World.AddToken(
            GitHubUnderTest.AppToken(gitHub.App, "checker", all => all with { Checks = GitHubAccess.Read })
        );
        using var elsewhere = gitHub.World.AddApp(
            new GitHubApp(9, "other[bot]", "acme/other") { Permissions = GitHubPermissions.All }
        );
        gitHub.World.AddToken(GitHubUnderTest.AppToken(elsewhere, "other"));
        var (status, body) = await gitHub.RestAsync(HttpMethod.Post, "/check-runs", Run(gitHub), token);
        (status, (string?)body!["message"]).ShouldBe((expected, message));
    }

    [Fact]
    public async Task Another_App_may_read_a_run_and_not_change_it()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        using var other = gitHub.World.AddApp(
            new GitHubApp(9, "other[bot]", "acme/gitops") { Permissions = GitHubPermissions.All }
        );
        gitHub.World.AddToken(GitHubUnderTest.AppToken(other, "other"));
        var id = await CreateAsync(gitHub, Run(gitHub));

        (await gitHub.RestAsync(HttpMethod.Get, $"/check-runs/{id}", token: "other")).Status.ShouldBe(
            HttpStatusCode.OK
        );
        var change = new JsonObject { ["conclusion"] = "success" };
        var (status, body) = await gitHub.RestAsync(HttpMethod.Patch, $"/check-runs/{id}", change, "other");
        status.ShouldBe(HttpStatusCode.Forbidden);
        ((string?)body!["message"]).ShouldBe(
            "Invalid app_id `9` - check run can only be modified by the GitHub App that created it."
        );
        (await gitHub.RestAsync(HttpMethod.Patch, "/check-runs/1", change, "app")).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
    }

    [Fact]
    public async Task A_conclusion_completes_a_run_and_it_cannot_go_back()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var id = await CreateAsync(gitHub, Run(gitHub));
        var (_, body) = await PatchAsync(gitHub, id, new JsonObject { ["conclusion"] = "action_required" });
        ((string?)body["status"], (string?)body["completed_at"]).ShouldBe(("completed", "2026-03-01T12:00:00Z"));

        foreach (var back in (string[])["in_progress", "queued"])
        {
            (var status, body) = await PatchAsync(gitHub, id, new JsonObject { ["status"] = back });
            status.ShouldBe(HttpStatusCode.UnprocessableEntity);
            ((string?)body["message"], (string?)body["errors"]![0]!["field"]).ShouldBe(("Validation Failed", "status"));
        }

        gitHub.Repository.Checks.Find(id)!.Conclusion.ShouldBe("action_required");
    }

    [Fact]
    public async Task Buttons_are_shown_once_it_is_completed_and_are_gone_when_they_are_not_sent_again()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var run = Run(gitHub);
        run["actions"] = Buttons();
        var id = await CreateAsync(gitHub, run);
        gitHub.Repository.Checks.Find(id)!.Buttons.ShouldBeEmpty();

        var completed = new JsonObject { ["conclusion"] = "action_required", ["actions"] = Buttons() };
        await PatchAsync(gitHub, id, completed);
        gitHub.Repository.Checks.Find(id)!.Buttons.Single().Identifier.ShouldBe("promote");

        await PatchAsync(gitHub, id, new JsonObject { ["external_id"] = "x" });
        gitHub.Repository.Checks.Find(id)!.Buttons.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_list_of_a_commit_shows_the_newest_of_each_name_unless_all_are_asked_for()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        using var other = gitHub.World.AddApp(
            new GitHubApp(9, "other[bot]", "acme/gitops") { Permissions = GitHubPermissions.All }
        );
        gitHub.World.AddToken(GitHubUnderTest.AppToken(other, "other"));
        var first = await CreateAsync(gitHub, Run(gitHub, "completed"));
        var second = await CreateAsync(gitHub, Run(gitHub));
        var foreign = await CreateAsync(gitHub, Run(gitHub), "other");

        async Task<long[]> ListAsync(string query)
        {
            var (status, body) = await gitHub.RestAsync(
                HttpMethod.Get,
                $"/commits/main/check-runs?check_name={Uri.EscapeDataString(Name)}{query}",
                token: "app"
            );
            status.ShouldBe(HttpStatusCode.OK);
            return [.. body!["check_runs"]!.AsArray().Select(run => (long)run!["id"]!)];
        }

        (await ListAsync("")).ShouldBe([foreign, second]);
        (await ListAsync("&app_id=4711")).ShouldBe([second]);
        (await ListAsync("&app_id=4711&filter=all")).ShouldBe([second, first]);
        (await ListAsync("&filter=all&status=completed")).ShouldBe([first]);
        (await ListAsync("&filter=all&per_page=1&page=3")).ShouldBe([first]);
        gitHub.Repository.Checks.Latest(gitHub.Head, Name)!.Id.ShouldBe(foreign);
        var (unknown, _) = await gitHub.RestAsync(HttpMethod.Get, "/commits/none/check-runs", token: "app");
        unknown.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    internal static JsonObject Run(GitHubUnderTest gitHub, string status = "in_progress")
    {
        var run = new JsonObject
        {
            ["name"] = Name,
            ["head_sha"] = gitHub.Head,
            ["external_id"] = "job:1:1",
            ["status"] = status,
            ["output"] = new JsonObject
            {
                ["title"] = "Title",
                ["summary"] = "Summary",
                ["text"] = "Text",
            },
        };
        if (status == "completed")
        {
            run["conclusion"] = "action_required";
            run["actions"] = Buttons();
        }

        return run;
    }

    internal static async Task<long> CreateAsync(GitHubUnderTest gitHub, JsonNode run, string token = "app")
    {
        var (status, body) = await gitHub.RestAsync(HttpMethod.Post, "/check-runs", run, token);
        status.ShouldBe(HttpStatusCode.Created, body!.ToJsonString());
        return (long)body["id"]!;
    }

    private static JsonArray Buttons() =>
        new(
            new JsonObject
            {
                ["label"] = "Promote",
                ["description"] = "Send the traffic to 1.1.0",
                ["identifier"] = "promote",
            }
        );

    private static async Task<(HttpStatusCode, JsonNode)> PatchAsync(GitHubUnderTest gitHub, long id, JsonNode change)
    {
        var (status, body) = await gitHub.RestAsync(HttpMethod.Patch, $"/check-runs/{id}", change, "app");
        return (status, body!);
    }

    private static async Task<string> SummaryAsync(GitHubUnderTest gitHub, string summary)
    {
        var run = Run(gitHub);
        run["output"]!["summary"] = summary;
        return (await gitHub.RestAsync(HttpMethod.Post, "/check-runs", run, "app")).Body!.ToJsonString();
    }
}
