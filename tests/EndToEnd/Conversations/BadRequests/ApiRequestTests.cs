using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.Conversations.BadRequests.Requests;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations.BadRequests;

/// <summary>The jobs API, and addresses at which there is nothing.</summary>
public sealed class ApiRequestTests(QuietWorld quiet) : IClassFixture<QuietWorld>
{
    private readonly ReleaseWorld world = quiet.World;

    public static TheoryData<string> BadBodies => [.. Requests.Bodies.Keys];

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task The_jobs_API_refuses_a_body_that_is(string wrong)
    {
        var (body, status) = Requests.Bodies[wrong];

        using var response = await world.SendApiAsync("api/jobs", body);

        await ShouldBeProblemAsync(response, status);
    }

    [Theory]
    [InlineData("""{"environment":"production","image":"x","tag":"v1"}""", "app is missing.")]
    [InlineData("""{"app":"my-app","image":"x","tag":"v1"}""", "environment is missing.")]
    [InlineData("""{"app":"my-app","environment":"production","tag":"v1"}""", "image is missing.")]
    [InlineData("""{"app":"my-app","environment":"production","image":"x"}""", "tag or digest is missing.")]
    [InlineData("""{"app":["my-app"],"environment":"production","image":"x","tag":"v1"}""", "app is not of its form.")]
    [InlineData("""{"app":"\ud800","environment":"production","image":"x","tag":"v1"}""", "Not JSON: line 1, byte 8.")]
    [InlineData("""{"app":"a","environment":"p","image":"<!channel>","tag":"v1"}""", "image is not of its form.")]
    [InlineData("""{"app":"a","environment":"p","image":"x y","tag":"v1"}""", "image is not of its form.")]
    [InlineData("""{"app":"a","environment":"p","image":"x","tag":"v1\u202e"}""", "tag is not of its form.")]
    [InlineData("""{"app":"a","environment":"p","image":"x","tag":"v1","runAttempt":0}""", "runAttempt is not")]
    [InlineData("""{"app":"a","environment":"p","image":"x","tag":"v1","runAttempt":1e99}""", "runAttempt is not")]
    [InlineData(
        """{"app":"a","environment":"p","image":"x","tag":"v1","sourceCommit":"HEAD"}""",
        "sourceCommit is not"
    )]
    [InlineData("""{"app":"a","environment":"p","image":"x","tag":"v1","tag":"v2"}""", "tag is there twice.")]
    [InlineData("""{"app":"a","environment":"p","image":"x","tag":"v1","<!here>":1}""", "Unknown field “<!here>”.")]
    public async Task The_jobs_API_names_the_field_that_is_missing_or_wrong(string body, string problem)
    {
        using var response = await world.SendApiAsync("api/jobs", Utf8(body));

        (await ShouldBeProblemAsync(response, 400)).ShouldStartWith(problem);
    }

    [Fact]
    public async Task The_jobs_API_refuses_strangers_unknown_apps_other_media_types_and_requests_without_a_key()
    {
        var body = Utf8("""{"app":"nobody-knows","environment":"production","image":"x","tag":"v1"}""");

        using var unknown = await world.SendApiAsync("api/jobs", body);
        await ShouldBeProblemAsync(unknown, 403);
        using var stranger = await world.SendAsync(HttpMethod.Post, "api/jobs", "not-a-token-of-anybody", body);
        await ShouldBeProblemAsync(stranger, 401);
        using var nobody = await world.SendAsync(HttpMethod.Post, "api/jobs", null, body);
        await ShouldBeProblemAsync(nobody, 401);
        using var wrongType = await world.SendApiAsync("api/jobs", body, contentType: Form);
        await ShouldBeProblemAsync(wrongType, 415);
        foreach (var key in new[] { "", " ", "a b", new string('k', 101) })
        {
            using var wrongKey = await world.SendApiAsync("api/jobs", body, key: key);
            await ShouldBeProblemAsync(wrongKey, 400);
        }
    }

    [Theory]
    [InlineData("GET", "api/jobs/none", 404)]
    [InlineData("GET", "api/jobs/00000000-0000-0000-0000-000000000000", 404)]
    [InlineData("GET", "api/jobs/%20", 404)]
    [InlineData("GET", "api/jobs/..%2f..%2fetc", 404)]
    [InlineData("GET", "api/jobs?limit=0", 400)]
    [InlineData("GET", "api/jobs?limit=999999999999", 400)]
    [InlineData("GET", "api/jobs?before=yesterday", 400)]
    [InlineData("GET", "api/jobs?open=perhaps", 400)]
    [InlineData("GET", "api/jobs?drop=table", 400)]
    [InlineData("GET", "api/commands/nothing", 404)]
    [InlineData("GET", "api/commands/a%20b", 404)]
    [InlineData("POST", "api/jobs/none/promote", 404)]
    [InlineData("POST", "api/jobs/00000000-0000-0000-0000-000000000000/rollback", 404)]
    [InlineData("POST", "api/jobs/none/explode", 404)]
    [InlineData("DELETE", "api/jobs", 405)]
    [InlineData("GET", "api", 404)]
    public async Task The_API_says_what_is_not_there(string method, string path, int status)
    {
        using var response = await world.CallApiAsync(new HttpMethod(method), path, "alice");

        await ShouldBeProblemAsync(response, status);
    }

    [Theory]
    [InlineData("promote", """{"full":"yes"}""")]
    [InlineData("promote", """{"reason":"x"}""")]
    [InlineData("promote", "[]")]
    [InlineData("promote", "{")]
    [InlineData("rollback", """{"reason":7}""")]
    [InlineData("rollback", """{"reason":"\ud800"}""")]
    [InlineData("rollback", """{"reason":"a","reason":"b"}""")]
    [InlineData("retry", """{"full":true}""")]
    public async Task An_action_refuses_what_it_does_not_know(string verb, string body)
    {
        var path = $"api/jobs/00000000-0000-0000-0000-000000000000/{verb}";

        using var response = await world.SendApiAsync(path, Utf8(body));

        await ShouldBeProblemAsync(response, 400);
    }

    [Fact]
    public async Task What_is_nowhere_is_told_as_a_problem_too()
    {
        foreach (var path in new[] { "nowhere", "hooks", "hooks/rollouts", "slack", "slack/events", "%20", "..%2f" })
        {
            using var response = await world.SendAsync(HttpMethod.Post, path, null, Utf8("{}"));
            await ShouldBeProblemAsync(response, 404);
        }
    }
}
