using System.Net;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

/// <summary>Deployments: what GitHub does before it makes one, and what it refuses.</summary>
public sealed class DeploymentTests
{
    [Fact]
    public async Task The_default_branch_is_merged_into_what_is_behind_it_unless_that_is_refused()
    {
        await using var gitHub = await StartAsync();
        var behind = gitHub.Head;
        gitHub.Repository.Branch("topic", "main");
        gitHub.Repository.Commit("topic", "Topic", [new("topic.yaml", "t: 1\n")]);
        gitHub.Repository.Commit("main", "Next", [new("a.yaml", "a: 2\n")]);

        var (status, body) = await CreateAsync(gitHub, new JsonObject { ["ref"] = "topic" });
        (status, (string?)body["message"]).ShouldBe(
            (HttpStatusCode.Accepted, "Auto-merged main into topic on deployment.")
        );
        gitHub.Repository.Read("topic", "a.yaml").ShouldBe("a: 2\n");
        gitHub.Repository.Read("topic", "topic.yaml").ShouldBe("t: 1\n");

        // A commit cannot be merged into.
        (status, body) = await CreateAsync(gitHub, new JsonObject { ["ref"] = behind });
        (status, (string?)body["message"]).ShouldBe((HttpStatusCode.Conflict, $"Conflict merging main into {behind}."));
        gitHub.Repository.Deployments.All.ShouldBeEmpty();

        (status, _) = await CreateAsync(gitHub, new JsonObject { ["ref"] = behind, ["auto_merge"] = false });
        status.ShouldBe(HttpStatusCode.Created);
        gitHub.Repository.Deployments.All.ShouldHaveSingleItem().Sha.ShouldBe(behind);
    }

    [Fact]
    public async Task Branches_that_changed_the_same_file_conflict()
    {
        await using var gitHub = await StartAsync();
        gitHub.Repository.Branch("topic", "main");
        gitHub.Repository.Commit("topic", "Topic", [new("a.yaml", "a: 3\n")]);
        gitHub.Repository.Commit("main", "Next", [new("a.yaml", "a: 2\n")]);
        var (status, body) = await CreateAsync(gitHub, new JsonObject { ["ref"] = "topic" });
        (status, (string?)body["message"]).ShouldBe((HttpStatusCode.Conflict, "Conflict merging main into topic."));
    }

    [Fact]
    public async Task Every_check_must_have_succeeded_unless_that_is_refused()
    {
        await using var gitHub = await StartAsync();
        var run = await CheckRunTests.CreateAsync(gitHub, CheckRunTests.Run(gitHub));
        var wish = new JsonObject { ["ref"] = "main", ["auto_merge"] = false };

        var (status, body) = await CreateAsync(gitHub, wish);
        status.ShouldBe(HttpStatusCode.Conflict);
        ((string?)body["message"]).ShouldBe("Conflict: Commit status checks failed for main.");
        var error = body["errors"]![0]!;
        ((string?)error["field"], (string?)error["contexts"]![0]!["state"]).ShouldBe(("required_contexts", "pending"));

        wish["required_contexts"] = new JsonArray("another");
        (await CreateAsync(gitHub, wish)).Status.ShouldBe(HttpStatusCode.Conflict);
        wish["required_contexts"] = new JsonArray();
        (await CreateAsync(gitHub, wish)).Status.ShouldBe(HttpStatusCode.Created);
        wish.Remove("required_contexts");
        var done = new JsonObject { ["conclusion"] = "action_required" };
        await gitHub.RestAsync(HttpMethod.Patch, $"/check-runs/{run}", done, "app");
        (await CreateAsync(gitHub, wish)).Status.ShouldBe(HttpStatusCode.Conflict);
        done["conclusion"] = "success";
        await gitHub.RestAsync(HttpMethod.Patch, $"/check-runs/{run}", done, "app");
        (await CreateAsync(gitHub, wish)).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("""{}""", "\"ref\" wasn't supplied.")]
    [InlineData("""{"ref":"nowhere"}""", "No ref found for: nowhere")]
    [InlineData("""{"ref":"main","required_contexts":null}""", "nil is not an array of strings.")]
    [InlineData("""{"ref":"main","auto_merge":"no"}""", "For 'properties/auto_merge', \"no\" is not a boolean.")]
    public async Task What_cannot_be_deployed_is_refused(string wish, string message)
    {
        await using var gitHub = await StartAsync();
        var (status, body) = await CreateAsync(gitHub, JsonNode.Parse(wish)!.AsObject());
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        ((string)body["message"]!).ShouldContain(message);
    }

    [Theory]
    [InlineData("""{}""", "\"state\" wasn't supplied.")]
    [InlineData("""{"state":"done"}""", "done is not a member of [\"error\", \"failure\", \"inactive\",")]
    [InlineData("""{"state":"success","description":null}""", "For 'properties/description', nil is not a string.")]
    [InlineData("""{"state":"success","environment_url":"ftp://x"}""", "environment_url must use http(s) scheme")]
    [InlineData("""{"state":"success","log_url":"here"}""", "log_url must use http(s) scheme")]
    public async Task A_status_that_breaks_a_rule_is_refused(string wish, string message)
    {
        await using var gitHub = await StartAsync();
        var id = await DeployAsync(gitHub, "staging");
        var (status, body) = await StatusAsync(gitHub, id, JsonNode.Parse(wish)!);
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        ((string?)body["errors"]?[0]?["message"] ?? (string)body["message"]!).ShouldContain(message);
    }

    [Fact]
    public async Task A_description_has_at_most_140_characters()
    {
        await using var gitHub = await StartAsync();
        var id = await DeployAsync(gitHub, "staging");
        var wish = new JsonObject { ["state"] = "queued", ["description"] = new string('ä', 140) };
        (await StatusAsync(gitHub, id, wish)).Status.ShouldBe(HttpStatusCode.Created);
        wish["description"] = new string('ä', 141);
        var (status, body) = await StatusAsync(gitHub, id, wish);
        (status, (string?)body["errors"]![0]!["field"]).ShouldBe((HttpStatusCode.UnprocessableEntity, "description"));
    }

    [Theory]
    [InlineData("staging", null, "inactive")]
    [InlineData("staging", false, "success")]
    [InlineData("production", null, "success")]
    public async Task A_success_retires_the_former_deployment_except_in_production(
        string environment,
        bool? retires,
        string former
    )
    {
        await using var gitHub = await StartAsync();
        var first = await DeployAsync(gitHub, environment);
        await StatusAsync(gitHub, first, new JsonObject { ["state"] = "success" });
        var second = await DeployAsync(gitHub, environment);
        var wish = new JsonObject { ["state"] = "success" };
        if (retires is { } wanted)
        {
            wish["auto_inactive"] = wanted;
        }

        await StatusAsync(gitHub, second, wish);

        gitHub.Repository.Deployments.Find(first)!.State.ShouldBe(former);
        gitHub.Repository.Deployments.Find(second)!.State.ShouldBe("success");
        var (_, list) = await gitHub.RestAsync(
            HttpMethod.Get,
            $"/deployments?environment={environment}&sha={gitHub.Head}",
            token: "app"
        );
        list!.AsArray().Select(one => (long)one!["id"]!).ShouldBe([second, first]);
    }

    [Fact]
    public async Task It_needs_its_own_permission()
    {
        await using var gitHub = await StartAsync();
        gitHub.World.AddToken(
            GitHubUnderTest.AppToken(gitHub.App, "other", all => all with { Deployments = GitHubAccess.Read })
        );
        var wish = new JsonObject { ["ref"] = "main" };
        (await gitHub.RestAsync(HttpMethod.Post, "/deployments", wish, "other")).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        (await gitHub.RestAsync(HttpMethod.Get, "/deployments", token: "other")).Status.ShouldBe(HttpStatusCode.OK);
    }

    private static Task<GitHubUnderTest> StartAsync() => GitHubUnderTest.StartAsync();

    private static async Task<(HttpStatusCode Status, JsonNode Body)> CreateAsync(GitHubUnderTest gitHub, JsonNode wish)
    {
        var (status, body) = await gitHub.RestAsync(HttpMethod.Post, "/deployments", wish, "app");
        return (status, body!);
    }

    private static async Task<long> DeployAsync(GitHubUnderTest gitHub, string environment)
    {
        var (_, body) = await CreateAsync(
            gitHub,
            new JsonObject { ["ref"] = gitHub.Head, ["environment"] = environment }
        );
        return (long)body["id"]!;
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> StatusAsync(
        GitHubUnderTest gitHub,
        long id,
        JsonNode wish
    )
    {
        var (status, body) = await gitHub.RestAsync(HttpMethod.Post, $"/deployments/{id}/statuses", wish, "app");
        return (status, body!);
    }
}
