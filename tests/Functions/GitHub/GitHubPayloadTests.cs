using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Functions.GitHubHook;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Tests.GitOps.Independent;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>Payloads as GitHub publishes them, and what lacks a part of them.</summary>
public sealed class GitHubPayloadTests
{
    [Fact]
    public void Each_published_payload_is_read_or_ignored()
    {
        var read = new List<string>();
        foreach (var kind in Published())
        {
            var name = kind.GetProperty("name").GetString()!;
            foreach (var example in kind.GetProperty("examples").EnumerateArray())
            {
                read.Add($"{name}: {GitHubPayloads.Read(name, example).GetType().Name}");
            }
        }

        read.Count.ShouldBeGreaterThan(100);
        read.ShouldContain("check_run: Pressed");
        read.ShouldContain("check_run: Rerequested");
        read.ShouldContain("check_suite: SuiteRerequested");
        read.ShouldContain("ping: Ping");
        read.ShouldContain("installation: Installed");
        read.ShouldContain("push: Ignored");
    }

    [Fact]
    public void A_press_tells_who_pressed_what_on_which_run()
    {
        var example = Published()
            .Single(kind => kind.GetProperty("name").GetString() == "check_run")
            .GetProperty("examples")
            .EnumerateArray()
            .First(it => it.GetProperty("action").GetString() == "requested_action");

        var press = GitHubPayloads.Read("check_run", example).ShouldBeOfType<GitHubEvent.Pressed>();

        press.By.ShouldBe("codebytere");
        press.Repository.ShouldBe(new EventRepository(9384267, "electron/electron"));
        (press.Run.Id, press.Run.App.Id).ShouldBe((1494503112, 25811));
        press.Identifier.ShouldBe("lgtm|26764");
    }

    [Theory]
    [InlineData("check_run", """{"action":"requested_action"}""")]
    [InlineData(
        "check_run",
        """{"action":"rerequested","repository":{"id":1,"full_name":"a/b"},"check_run":{"id":"1"}}"""
    )]
    [InlineData("check_run", """{"action":"rerequested","repository":{"id":1.5,"full_name":"a/b"}}""")]
    [InlineData("pull_request", """{"action":"closed","pull_request":[]}""")]
    [InlineData("push", "[]")]
    public void What_lacks_its_parts_is_refused(string name, string payload)
    {
        using var json = JsonDocument.Parse(payload);
        Should.Throw<HookFormatException>(() => GitHubPayloads.Read(name, json.RootElement));
    }

    [Fact]
    public void A_pull_request_that_was_not_merged_is_ignored()
    {
        using var json = JsonDocument.Parse(
            """{"action":"closed","pull_request":{"merged":false,"merge_commit_sha":"abc","number":1}}"""
        );
        GitHubPayloads.Read("pull_request", json.RootElement).ShouldBeOfType<GitHubEvent.Ignored>();
    }

    [Theory]
    [InlineData("closed", "devflow-rollback/my-app/production", true)]
    [InlineData("reopened", "devflow-rollback/my-app/production", true)]
    [InlineData("opened", "devflow-rollback/my-app/production", false)]
    [InlineData("closed", "topic", false)]
    public void Of_a_rollbacks_pull_request_its_branch_is_told(string action, string branch, bool told)
    {
        var example = Published()
            .Single(kind => kind.GetProperty("name").GetString() == "pull_request")
            .GetProperty("examples")
            .EnumerateArray()
            .Select(it => JsonNode.Parse(it.GetRawText())!)
            .First(it => (string?)it["action"] == "closed");
        example["action"] = action;
        example["pull_request"]!["head"]!["ref"] = branch;

        var read = GitHubPayloads.Read("pull_request", JsonElement.Parse(example.ToJsonString()));

        (read is GitHubEvent.RollbackPull pull ? pull.Branch : null).ShouldBe(told ? branch : null);
    }

    private static List<JsonElement> Published()
    {
        var path = NodePackages.Find("@octokit/webhooks-examples/api.github.com/index.json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }
}
