using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo;

namespace Devflow.ChatOps.Tests.Sandbox.Argo;

/// <summary>Notifications as HTTP requests to the service.</summary>
public sealed class NotificationSenderTests
{
    private static readonly RetryRule AtOnce = new(3, TimeSpan.Zero, TimeSpan.Zero);

    [Fact]
    public async Task A_word_about_a_Rollout_goes_to_the_hook_of_the_cluster_with_its_token()
    {
        using var service = new Service();
        await using var sender = service.Sender();

        sender.Send(new RolloutNotification("on-rollout-paused", Rollout("my-app")));
        await sender.WhenSentAsync();

        var (request, authorization, body) = service.Requests.ShouldHaveSingleItem();
        request.ShouldBe("POST http://service.test/hooks/rollouts/prod");
        authorization.ShouldBe("Bearer secret");
        JsonNode
            .DeepEquals(
                JsonNode.Parse(body),
                JsonNode.Parse(
                    """
                    {
                      "event": "on-rollout-paused", "kind": "Rollout", "namespace": "production", "name": "my-app",
                      "uid": "uid-of-my-app", "owners": []
                    }
                    """
                )
            )
            .ShouldBeTrue(body);
    }

    [Fact]
    public async Task What_the_object_lacks_is_null_and_its_owners_are_sent()
    {
        using var service = new Service();
        await using var sender = service.Sender();
        var updated = Rollout("my-app");
        updated.Remove("kind");
        var run = Rollout("my-app-abc-2-pre");
        run["metadata"]!["ownerReferences"] = new JsonArray(
            new JsonObject { ["kind"] = "Rollout", ["name"] = "my-app" }
        );

        sender.Send(new RolloutNotification("on-rollout-updated", updated));
        await sender.WhenSentAsync();
        sender.Send(new RolloutNotification("on-analysis-run-failed", run));
        await sender.WhenSentAsync();

        var bodies = service.Requests.Select(request => JsonNode.Parse(request.Body)!.AsObject()).ToList();
        bodies[0].ContainsKey("kind").ShouldBeTrue();
        bodies[0]["kind"].ShouldBeNull();
        bodies[1]["owners"]![0]!["name"]!.GetValue<string>().ShouldBe("my-app");
    }

    [Fact]
    public async Task A_word_of_Argo_CD_goes_to_its_own_hook()
    {
        using var service = new Service();
        await using var sender = service.Sender();

        sender.SendArgoCd("on-sync-succeeded", "argocd", "my-app-production");
        await sender.WhenSentAsync();

        var (request, _, body) = service.Requests.ShouldHaveSingleItem();
        request.ShouldBe("POST http://service.test/hooks/argocd/prod");
        body.ShouldBe("""{"event":"on-sync-succeeded","namespace":"argocd","name":"my-app-production"}""");
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, 4)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 4)]
    [InlineData(HttpStatusCode.TooManyRequests, 4)]
    [InlineData(HttpStatusCode.NotImplemented, 1)]
    [InlineData(HttpStatusCode.Unauthorized, 1)]
    [InlineData(HttpStatusCode.BadRequest, 1)]
    [InlineData(HttpStatusCode.Accepted, 1)]
    public async Task Only_what_may_pass_is_tried_again_and_three_times_at_most(HttpStatusCode answer, int requests)
    {
        using var service = new Service { Answer = _ => answer };
        await using var sender = service.Sender();

        sender.Send(new RolloutNotification("on-rollout-paused", Rollout("my-app")));
        await sender.WhenSentAsync();

        service.Requests.Count.ShouldBe(requests);
    }

    [Fact]
    public async Task Words_about_one_Rollout_keep_their_order_and_do_not_wait_for_another_one()
    {
        using var service = new Service();
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var other = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        service.Hold = async body =>
        {
            if (body.Contains("uid-of-slow", StringComparison.Ordinal))
            {
                await held.Task;
            }
            else
            {
                other.TrySetResult();
            }
        };
        await using var sender = service.Sender();
        sender.Send(new RolloutNotification("on-rollout-updated", Rollout("slow")));
        sender.Send(new RolloutNotification("on-rollout-paused", Rollout("slow")));
        sender.Send(new RolloutNotification("on-rollout-paused", Rollout("quick")));

        await other.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        held.SetResult();
        await sender.WhenSentAsync();

        service
            .Requests.Select(request => JsonNode.Parse(request.Body)!)
            .Where(body => body["name"]!.GetValue<string>() == "slow")
            .Select(body => body["event"]!.GetValue<string>())
            .ShouldBe(["on-rollout-updated", "on-rollout-paused"]);
    }

    private static JsonObject Rollout(string name) =>
        new()
        {
            ["kind"] = "Rollout",
            ["metadata"] = new JsonObject
            {
                ["namespace"] = "production",
                ["name"] = name,
                ["uid"] = $"uid-of-{name}",
            },
        };

    private sealed class Service : HttpMessageHandler
    {
        private readonly HttpClient client;

        public Service() => client = new HttpClient(this, disposeHandler: false);

        public ConcurrentQueue<(string Request, string? Authorization, string Body)> Requests { get; } = new();

        public Func<string, HttpStatusCode> Answer { get; init; } = _ => HttpStatusCode.Accepted;

        public Func<string, Task> Hold { get; set; } = _ => Task.CompletedTask;

        public NotificationSender Sender() =>
            new(client, new Uri("http://service.test/"), "prod", "secret", TimeProvider.System, AtOnce);

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var body = await request.Content!.ReadAsStringAsync(cancellationToken);
            await Hold(body);
            Requests.Enqueue(
                ($"{request.Method} {request.RequestUri}", request.Headers.Authorization?.ToString(), body)
            );
            return new HttpResponseMessage(Answer(body));
        }

        protected override void Dispose(bool disposing)
        {
            client.Dispose();
            base.Dispose(disposing);
        }
    }
}
