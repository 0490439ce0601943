using System.Text;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Sandbox.Kubernetes;

/// <summary>Faults on purpose, the request log, and who may do what.</summary>
public sealed class FaultTests
{
    private const string Rollout = "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web";
    private readonly ObjectStore store = new(TimeProvider.System);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public FaultTests() => store.Create(Resources.Rollout, Manifests.Paused("web"));

    [Theory]
    [InlineData(409, "Conflict")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(500, "InternalError")]
    [InlineData(503, "ServiceUnavailable")]
    public async Task A_fault_is_answered_instead_and_nothing_is_done(int status, string reason)
    {
        await using var server = await StartAsync(new Fault.Answer(status, TimeSpan.FromSeconds(2)));
        using var http = new HttpClient { BaseAddress = server.Address };

        using var answer = await AbortAsync(http);

        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(2));
        (await answer.Content.ReadAsStringAsync(Cancelled)).ShouldContain($"\"reason\":\"{reason}\"");
        IsAborted().ShouldBeFalse();
        server.Requests.Entries.ShouldHaveSingleItem().Status.ShouldBe(status);
    }

    [Fact]
    public async Task A_cut_connection_fails_the_client_and_nothing_is_done()
    {
        await using var server = await StartAsync(new Fault.Cut());
        using var http = new HttpClient { BaseAddress = server.Address };

        await Should.ThrowAsync<HttpRequestException>(() => AbortAsync(http));

        IsAborted().ShouldBeFalse();
    }

    [Fact]
    public async Task A_lost_answer_fails_the_client_although_the_request_was_carried_out()
    {
        await using var server = await StartAsync(new Fault.LoseAnswer());
        using var http = new HttpClient { BaseAddress = server.Address };

        await Should.ThrowAsync<HttpRequestException>(() => AbortAsync(http));

        IsAborted().ShouldBeTrue();
        server.Requests.Entries.ShouldHaveSingleItem().Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_request_that_hangs_is_held_until_the_client_gives_up()
    {
        await using var server = await StartAsync(new Fault.Hang());
        using var http = new HttpClient { BaseAddress = server.Address };
        using var givesUp = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        var asking = http.GetAsync(new Uri(Rollout, UriKind.Relative), givesUp.Token);
        await server.Requests.WaitForAsync(request => request.Status == 0, Cancelled);
        asking.IsCompleted.ShouldBeFalse();
        await givesUp.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task A_delayed_request_is_answered_as_usual()
    {
        await using var server = await StartAsync(new Fault.Delay(TimeSpan.FromMilliseconds(10)));
        using var http = new HttpClient { BaseAddress = server.Address };

        using var answer = await AbortAsync(http);

        ((int)answer.StatusCode).ShouldBe(200);
        IsAborted().ShouldBeTrue();
    }

    [Fact]
    public async Task The_log_tells_what_was_asked_and_answered()
    {
        await using var server = await StartAsync(null);
        using var http = new HttpClient { BaseAddress = server.Address };

        using var answer = await AbortAsync(http);

        server
            .Requests.Entries.ShouldHaveSingleItem()
            .ShouldBe(
                new LoggedRequest(
                    "PATCH",
                    $"{Rollout}/status",
                    """{"status":{"abort":true}}""",
                    200,
                    "kubernetes-admin"
                )
            );
    }

    [Theory]
    [InlineData("observer", "GET", "/apis/apps/v1/namespaces/shop/replicasets", 200)]
    [InlineData("observer", "GET", "/api/v1/namespaces/shop/events", 403)]
    [InlineData("observer", "PATCH", Rollout + "/status", 403)]
    [InlineData("executor", "PATCH", Rollout + "/status", 200)]
    [InlineData("executor", "DELETE", Rollout, 403)]
    [InlineData("shop-only", "GET", Rollout, 200)]
    [InlineData("shop-only", "GET", "/apis/argoproj.io/v1alpha1/rollouts", 403)]
    [InlineData("shop-only", "GET", "/apis", 200)]
    [InlineData("nobody-knows", "GET", "/apis", 401)]
    [InlineData(null, "GET", "/apis", 403)]
    [InlineData(null, "GET", "/readyz", 200)]
    public async Task Rights_are_those_of_the_token(string? token, string method, string path, int expected)
    {
        await using var server = await ApiServer.StartAsync(
            store,
            new ApiServerOptions
            {
                Tokens = new Dictionary<string, ApiUser>
                {
                    ["observer"] = ApiUser.Observer("o"),
                    ["executor"] = ApiUser.Executor("e"),
                    ["shop-only"] = ApiUser.Observer("s", ["shop"]),
                },
            },
            Cancelled
        );
        using var http = new HttpClient { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        request.Content = method == "PATCH" ? Abort() : null;

        using var answer = await http.SendAsync(request, Cancelled);

        ((int)answer.StatusCode).ShouldBe(expected);
    }

    private Task<ApiServer> StartAsync(Fault? fault) =>
        ApiServer.StartAsync(store, new ApiServerOptions { Fault = _ => fault }, Cancelled);

    private static Task<HttpResponseMessage> AbortAsync(HttpClient http) =>
        http.PatchAsync(new Uri($"{Rollout}/status", UriKind.Relative), Abort(), Cancelled);

    private static StringContent Abort() =>
        new("""{"status":{"abort":true}}""", Encoding.UTF8, "application/merge-patch+json");

    private bool IsAborted() =>
        store.Get(Resources.Rollout, "shop", "web")!["status"]!["abort"]?.GetValue<bool>() ?? false;
}
