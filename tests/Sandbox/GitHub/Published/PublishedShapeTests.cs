using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.GitHub.Hooks;
using Devflow.ChatOps.Sandbox.GitHub.People;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub.Published;

/// <summary>What the stand-in answers and sends has the shape that GitHub publishes.</summary>
public sealed class PublishedShapeTests
{
    private const string Repo = "/repos/{owner}/{repo}";

    [Fact]
    public async Task Answers_are_those_of_GitHubs_OpenAPI_description()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var gitHub = await HookTests.StartAsync(receiver);
        await MergeAsync(gitHub);
        var faults = new List<string>();
        async Task<JsonNode> TellAsync(
            HttpMethod method,
            string template,
            string path,
            int status,
            JsonNode? body = null
        )
        {
            var token = path.StartsWith("app", StringComparison.Ordinal) ? Jwt(gitHub) : "app";
            var (answered, json) = await gitHub.SendAsync(method, path, body, token);
            ((int)answered).ShouldBe(status, $"{method} {path}: {json?.ToJsonString()}");
            faults.AddRange(
                PublishedGitHub
                    .FaultsOfAnswer(method, template, status, json!)
                    .Select(fault => $"{method} {template}: {fault}")
            );
            return json!;
        }

        Task<JsonNode> HereAsync(HttpMethod method, string template, string path, int status, JsonNode? body = null) =>
            TellAsync(method, Repo + template, "repos/acme/gitops" + path, status, body);

        await HereAsync(HttpMethod.Get, "", "", 200);
        var run = await HereAsync(HttpMethod.Post, "/check-runs", "/check-runs", 201, CheckRunTests.Run(gitHub));
        var one = $"/check-runs/{run["id"]}";
        await HereAsync(HttpMethod.Get, "/check-runs/{check_run_id}", one, 200);
        var done = new JsonObject { ["conclusion"] = "action_required" };
        await HereAsync(HttpMethod.Patch, "/check-runs/{check_run_id}", one, 200, done);
        await HereAsync(HttpMethod.Post, "/check-runs/{check_run_id}/rerequest", one + "/rerequest", 201);
        await HereAsync(HttpMethod.Get, "/commits/{ref}/check-runs", "/commits/main/check-runs", 200);
        await HereAsync(HttpMethod.Get, "/pulls", "/pulls?state=all", 200);
        await HereAsync(HttpMethod.Get, "/pulls/{pull_number}", "/pulls/1", 200);
        await HereAsync(HttpMethod.Get, "/pulls/{pull_number}/commits", "/pulls/1/commits", 200);
        await HereAsync(HttpMethod.Get, "/commits/{commit_sha}/pulls", $"/commits/{gitHub.Head}/pulls", 200);
        await HereAsync(HttpMethod.Get, "/commits", "/commits", 200);
        await HereAsync(HttpMethod.Get, "/commits/{ref}", "/commits/main", 200);
        await HereAsync(HttpMethod.Get, "/compare/{basehead}", $"/compare/{First(gitHub)}...main", 200);
        var comment = new JsonObject { ["body"] = "Text" };
        const string comments = "/issues/{issue_number}/comments";
        var said = await HereAsync(HttpMethod.Post, comments, "/issues/1/comments", 201, comment);
        await HereAsync(HttpMethod.Get, comments, "/issues/1/comments", 200);
        var its = $"/issues/comments/{said["id"]}";
        await HereAsync(HttpMethod.Patch, "/issues/comments/{comment_id}", its, 200, comment);
        var wish = new JsonObject { ["ref"] = "main", ["required_contexts"] = new JsonArray() };
        var deployed = await HereAsync(HttpMethod.Post, "/deployments", "/deployments", 201, wish);
        await HereAsync(HttpMethod.Get, "/deployments", "/deployments", 200);
        var that = $"/deployments/{deployed["id"]}";
        await HereAsync(HttpMethod.Get, "/deployments/{deployment_id}", that, 200);
        const string statuses = "/deployments/{deployment_id}/statuses";
        await HereAsync(HttpMethod.Post, statuses, that + "/statuses", 201, new JsonObject { ["state"] = "success" });
        await HereAsync(HttpMethod.Get, statuses, that + "/statuses", 200);
        await HereAsync(
            HttpMethod.Get,
            "/collaborators/{username}/permission",
            "/collaborators/alice-gh/permission",
            200
        );
        gitHub.World.Directory.PutTeam("acme", "platform", "alice-gh");
        const string team = "/orgs/{org}/teams/{team_slug}";
        await TellAsync(HttpMethod.Get, team + "/members", "orgs/acme/teams/platform/members", 200);
        await TellAsync(
            HttpMethod.Get,
            team + "/memberships/{username}",
            "orgs/acme/teams/platform/memberships/alice-gh",
            200
        );
        await TellAsync(HttpMethod.Get, "/app", "app", 200);
        await gitHub.World.Hooks.SettledAsync();
        await TellAsync(HttpMethod.Get, "/app/hook/deliveries", "app/hook/deliveries", 200);
        var delivery = gitHub.World.Hooks.Deliveries[0].Id;
        await TellAsync(HttpMethod.Get, "/app/hook/deliveries/{delivery_id}", $"app/hook/deliveries/{delivery}", 200);
        await TellAsync(
            HttpMethod.Post,
            "/app/installations/{installation_id}/access_tokens",
            $"app/installations/{gitHub.App.InstallationId}/access_tokens",
            201,
            new JsonObject { ["permissions"] = new JsonObject { ["checks"] = "write" } }
        );
        faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_are_those_of_the_published_schemas()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var gitHub = await HookTests.StartAsync(receiver);
        await MergeAsync(gitHub);
        gitHub.Repository.Branch("next", "main");
        gitHub.Repository.Commit("next", "Next", [new("a.yaml", "a: 3\n")]);
        gitHub.Repository.Pulls.Open("next", "main", "Next", "", "bob-gh");
        var run = CheckRunTests.Run(gitHub, "completed");
        run["head_sha"] = gitHub.Repository.Git.Head("next");
        var id = await CheckRunTests.CreateAsync(gitHub, run);
        var people = new GitHubPeople(gitHub.World);
        await people.PressAsync("alice-gh", gitHub.Repository.Checks.Find(id)!, "promote");
        await people.RerequestAsync("alice-gh", gitHub.Repository.Checks.Find(id)!);
        await gitHub.World.Hooks.PingAsync(gitHub.App);
        await gitHub.World.Hooks.InstallationAsync(gitHub.App, "created", "alice-gh");
        await gitHub.World.Hooks.SettledAsync();

        var faults = gitHub
            .World.Hooks.Deliveries.Select(sent => sent.Request)
            .SelectMany(sent =>
                PublishedGitHub
                    .FaultsOfEvent($"{sent.Event}${sent.Action ?? "event"}", Payload(sent))
                    .Select(fault => $"{sent.Event} {sent.Action}: {fault}")
            )
            .ToList();

        // The schemas know the hooks of repositories only; an App's has neither.
        faults.ShouldBe(["ping : $.hook: url is missing", "ping : $.hook: ping_url is missing"]);
        gitHub
            .World.Hooks.Deliveries.Select(sent => $"{sent.Request.Event} {sent.Request.Action}".Trim())
            .Distinct()
            .ShouldBe(
                [
                    "pull_request opened",
                    "pull_request closed",
                    "check_run created",
                    "check_run completed",
                    "check_run requested_action",
                    "check_run rerequested",
                    "ping",
                    "installation created",
                ],
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task A_press_has_every_field_of_the_published_example()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var gitHub = await HookTests.StartAsync(receiver);
        var id = await CheckRunTests.CreateAsync(gitHub, CheckRunTests.Run(gitHub, "completed"));
        var people = new GitHubPeople(gitHub.World);
        var sent = await people.PressAsync("alice-gh", gitHub.Repository.Checks.Find(id)!, "promote");
        foreach (var example in PublishedGitHub.Examples("check_run", "requested_action"))
        {
            Missing(example, Payload(sent.Request), "").ShouldBeEmpty();
        }
    }

    // The examples are older than the schemas; a field more is the schemas' affair.
    private static IEnumerable<string> Missing(JsonObject example, JsonObject payload, string path) =>
        example.SelectMany(field =>
            !payload.TryGetPropertyValue(field.Key, out var value) ? [path + field.Key]
            // Permissions are those of the App in the example.
            : field.Key != "permissions" && field.Value is JsonObject inner && value is JsonObject ours
                ? Missing(inner, ours, $"{path}{field.Key}.")
            : []
        );

    private static JsonObject Payload(GitHubHookRequest sent) => JsonNode.Parse(sent.Body.Span)!.AsObject();

    private static string First(GitHubUnderTest gitHub) => gitHub.Repository.Git.Log(gitHub.Head, null).Last();

    private static string Jwt(GitHubUnderTest gitHub) => TestJwt.Of(gitHub.App, gitHub.Time.GetUtcNow());

    private static async Task MergeAsync(GitHubUnderTest gitHub)
    {
        gitHub.Repository.Branch("topic", "main");
        gitHub.Repository.Commit("topic", "Better", [new("a.yaml", "a: 2\n")], by: "bob");
        var pull = gitHub.Repository.Pulls.Open("topic", "main", "Better", "Why", "bob-gh");
        gitHub.Repository.Pulls.Merge(pull.Number, "alice-gh");
        await gitHub.World.Hooks.SettledAsync();
    }
}
