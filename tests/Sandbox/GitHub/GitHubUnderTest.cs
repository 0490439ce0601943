using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

/// <summary>The GitHub stand-in with one repository, asked over HTTP as any client would.</summary>
internal sealed class GitHubUnderTest : IAsyncDisposable
{
    private readonly HttpClient http;

    private GitHubUnderTest(GitHubApi api, GitHubRepository repository)
    {
        (Api, Repository) = (api, repository);
        http = new HttpClient { BaseAddress = api.Address };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("test", "1"));
    }

    public GitHubApi Api { get; }

    /// <summary>An App that is installed on the repository and may do everything there; its token is <c>app</c>.</summary>
    public required GitHubApp App { get; init; }

    public required FakeTimeProvider Time { get; init; }

    public GitHubWorld World => Api.World;

    public GitHubRepository Repository { get; }

    public string Head => Repository.Git.Head("main")!;

    public static async Task<GitHubUnderTest> StartAsync(string? folder = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var world = new GitHubWorld(time);
        world.AddToken(new GitHubToken("writer", "writer[bot]"));
        world.AddToken(
            new GitHubToken("reader", "reader[bot]")
            {
                Permissions = new GitHubPermissions { Contents = GitHubAccess.Read, PullRequests = GitHubAccess.Read },
            }
        );
        world.AddToken(new GitHubToken("stranger", "stranger[bot]") { Repositories = new HashSet<string>() });
        var repository = world.AddRepository("acme/gitops", folder);
        repository.Commit("main", "Begin", [new("a.yaml", "a: 1\n"), new("dir/b.yaml", "b: 1\n")]);
        var app = world.AddApp(
            new GitHubApp(4711, "devflow[bot]", "acme/gitops") { Permissions = GitHubPermissions.All }
        );
        world.AddToken(AppToken(app));
        return new GitHubUnderTest(
            await GitHubApi.StartAsync(world, cancellation: TestContext.Current.CancellationToken),
            repository
        )
        {
            App = app,
            Time = time,
        };
    }

    /// <summary>A token of an App's installation.</summary>
    public static GitHubToken AppToken(
        GitHubApp app,
        string value = "app",
        Func<GitHubPermissions, GitHubPermissions>? permissions = null
    ) =>
        new(value, app.Login)
        {
            App = app,
            Permissions = permissions?.Invoke(app.Permissions) ?? app.Permissions,
            Repositories = app.Repositories,
        };

    /// <param name="path">Below the repository.</param>
    public Task<(HttpStatusCode Status, JsonNode? Body)> RestAsync(
        HttpMethod method,
        string path,
        JsonNode? body = null,
        string? token = "writer"
    ) => SendAsync(method, $"repos/acme/gitops{path}", body, token);

    public async Task<JsonNode> GraphQlAsync(string query, JsonNode? variables = null, string token = "writer")
    {
        var body = new JsonObject { ["query"] = query, ["variables"] = variables };
        var (status, answer) = await SendAsync(HttpMethod.Post, "graphql", body, token);
        status.ShouldBe(HttpStatusCode.OK);
        return answer!;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Api.DisposeAsync();
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(
        HttpMethod method,
        string path,
        JsonNode? body,
        string? token = "app"
    )
    {
        using var response = await AnswerAsync(method, path, body, token);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>The whole answer.</summary>
    /// <param name="method">Of the request.</param>
    /// <param name="path">Below the root of the API.</param>
    /// <param name="body">JSON.</param>
    /// <param name="token">Null: none.</param>
    /// <param name="ifNoneMatch">The header of that name.</param>
    public async Task<HttpResponseMessage> AnswerAsync(
        HttpMethod method,
        string path,
        JsonNode? body = null,
        string? token = "app",
        string? ifNoneMatch = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        if (ifNoneMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        }

        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
