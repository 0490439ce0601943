using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Sandbox.Argo;

/// <summary>Argo CD's API towards the token of a project role that may only get.</summary>
public sealed class ArgoCdServerTests : IAsyncLifetime
{
    private readonly ObjectStore store = new(TimeProvider.System);
    private readonly HttpClient http = new();
    private readonly List<string> refreshed = [];
    private ArgoCdServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("?refresh=normal&appNamespace=argocd", 1)]
    [InlineData("?refresh=hard", 1)]
    [InlineData("", 0)]
    public async Task An_Application_is_read_and_compared_with_Git_where_that_is_asked_for(string query, int refreshes)
    {
        var answer = await SendAsync(HttpMethod.Get, $"my-app{query}", server.Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
        body["metadata"]!["name"]!.GetValue<string>().ShouldBe("my-app");
        refreshed.Count.ShouldBe(refreshes);
        server.Refreshes.ShouldBe(refreshes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("of-somebody-else")]
    public async Task Without_a_token_that_it_knows_nothing_is_told(string token)
    {
        (await SendAsync(HttpMethod.Get, "my-app?refresh=normal", token)).StatusCode.ShouldBe(
            HttpStatusCode.Unauthorized
        );
        refreshed.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("POST", "my-app/sync")]
    [InlineData("PATCH", "my-app")]
    [InlineData("PUT", "my-app")]
    [InlineData("DELETE", "my-app")]
    [InlineData("GET", "other")]
    public async Task The_role_may_get_its_Applications_and_nothing_else(string method, string path) =>
        (await SendAsync(new HttpMethod(method), path, server.Token)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

    public async ValueTask InitializeAsync()
    {
        store.Create(
            Resources.Application,
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "my-app", ["namespace"] = ArgoCd.ApplicationNamespace },
            }
        );
        server = await ArgoCdServer.StartAsync(
            store,
            application =>
            {
                refreshed.Add(application);
                return Task.CompletedTask;
            },
            Cancellation
        );
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string token)
    {
        using var request = new HttpRequestMessage(method, new Uri(server.Address, $"api/v1/applications/{path}"));
        request.Headers.Authorization = token.Length == 0 ? null : new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request, Cancellation);
    }
}
