using System.Net;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.Conversations.BadRequests.Requests;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations.BadRequests;

/// <summary>
/// What is not of its form is refused with a 4xx that says why, whoever sends it; nothing of it is done, and nothing is a
/// fault of the service: the world fails a test whose service logs an error.
/// </summary>
public sealed class HookRequestTests(QuietWorld quiet) : IClassFixture<QuietWorld>
{
    private readonly ReleaseWorld world = quiet.World;

    public static TheoryData<string, string> HookBodies
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var hook in new[] { "rollouts", "argocd" })
            {
                foreach (var body in Requests.Bodies.Keys)
                {
                    data.Add(hook, body);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(HookBodies))]
    public async Task A_hook_refuses_a_body_that_is(string hook, string wrong)
    {
        var (body, status) = Requests.Bodies[wrong];

        using var response = await world.NotifyAsync($"{hook}/{Cluster}", body);

        await ShouldBeProblemAsync(response, status);
    }

    [Theory]
    [InlineData("rollouts", """{"namespace":"shop","name":"my-app"}""", "event")]
    [InlineData("rollouts", """{"event":"on-rollout-paused","name":"my-app"}""", "namespace")]
    [InlineData("rollouts", """{"event":"on-rollout-paused","namespace":"shop"}""", "name")]
    [InlineData("rollouts", """{"event":"on-rollout-paused","namespace":"shop","name":""}""", "name")]
    [InlineData("rollouts", """{"event":1,"namespace":"shop","name":"my-app"}""", "event")]
    [InlineData("rollouts", """{"event":"x","namespace":{},"name":"my-app"}""", "namespace")]
    [InlineData("rollouts", """{"event":"x","namespace":"shop","name":"my-app","owners":{}}""", "owners")]
    [InlineData("rollouts", """{"event":"x","namespace":"shop","name":"my-app","owners":[{"kind":7}]}""", "kind")]
    [InlineData("rollouts", """{"event":"x","namespace":"shop","name":"\ud800"}""", "Not JSON")]
    [InlineData("argocd", """{"namespace":"argocd","name":"my-app"}""", "event")]
    [InlineData("argocd", """{"event":"on-deployed","name":"my-app"}""", "namespace")]
    [InlineData("argocd", """{"event":"on-deployed","namespace":"argocd"}""", "name")]
    [InlineData("argocd", """{"event":"on-deployed","namespace":"argocd","name":"\udfff"}""", "Not JSON")]
    public async Task A_hook_names_the_field_that_is_missing_or_wrong(string hook, string body, string field)
    {
        using var response = await world.NotifyAsync($"{hook}/{Cluster}", Utf8(body));

        (await ShouldBeProblemAsync(response, 400)).ShouldStartWith($"{field}: ");
    }

    [Theory]
    [InlineData("rollouts", """{"event":"on-something-new","namespace":"shop","name":"my-app","more":{"a":[1]}}""")]
    [InlineData("rollouts", """{"event":"on-rollout-paused","namespace":"shop","name":"nobody-knows-it"}""")]
    [InlineData("rollouts", """{"event":"on-rollout-paused","namespace":"../..","name":"<!channel>\u202e\u0007"}""")]
    [InlineData(
        "rollouts",
        """{"event":"x","namespace":"shop","name":"my-app","owners":[null,1,"x",{"kind":"Pod"}]}"""
    )]
    [InlineData("argocd", """{"event":"on-nothing-known","namespace":"argocd","name":"my-app"}""")]
    public async Task What_a_hook_does_not_know_is_accepted_and_ignored(string hook, string body)
    {
        using var response = await world.NotifyAsync($"{hook}/{Cluster}", Utf8(body));

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("rollouts")]
    [InlineData("argocd")]
    public async Task A_hook_takes_JSON_of_its_own_cluster_only(string hook)
    {
        var body = Utf8("""{"event":"on-rollout-paused","namespace":"shop","name":"my-app"}""");
        foreach (var type in new[] { "text/plain", Form, "application/jsonx", "multipart/form-data; boundary=x", "" })
        {
            using var wrongType = await world.NotifyAsync($"{hook}/{Cluster}", body, contentType: type);
            await ShouldBeProblemAsync(wrongType, 415);
        }

        foreach (var (cluster, token) in new[] { (Cluster, "wrong"), ("other", null), ("%20", null), ("a%2Fb", null) })
        {
            using var wrongToken = await world.NotifyAsync($"{hook}/{cluster}", body, token);
            await ShouldBeProblemAsync(wrongToken, 401);
        }

        using var get = await world.SendAsync(HttpMethod.Get, $"hooks/{hook}/{Cluster}", null, null);
        await ShouldBeProblemAsync(get, 405);
    }
}
