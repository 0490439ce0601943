using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.GitOps.Releasing;
using Octokit;
using Octokit.Internal;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>
/// GitHub over Octokit's connection: requests go out as JSON, answers come back as JSON, what goes wrong is a
/// <see cref="GitHostException"/>.
/// </summary>
public sealed class GitHubConnection
{
    private const string Json = "application/vnd.github+json";

    private readonly Connection connection;
    private readonly Uri graphQl;
    private readonly TimeProvider time;
    private readonly Tokens tokens;
    private readonly Action<string>? refused;

    /// <param name="api">Root of the REST API: <c>https://api.github.com/</c>, <c>https://HOST/api/v3/</c>.</param>
    /// <param name="graphQl">The GraphQL endpoint: <c>https://api.github.com/graphql</c>, <c>https://HOST/api/graphql</c>.</param>
    /// <param name="token">Asked before each request, for tokens that expire.</param>
    /// <param name="time">Clock, for how long a rate limit lasts.</param>
    /// <param name="timeout">How long an answer may take; 30 s when nobody says otherwise.</param>
    /// <param name="refused">Told of a token that GitHub does not take; the request is repeated with another.</param>
    /// <param name="conditional">Answers of before, where the same is read again and again.</param>
    public GitHubConnection(
        Uri api,
        Uri graphQl,
        Func<Task<string>> token,
        TimeProvider time,
        TimeSpan? timeout = null,
        Action<string>? refused = null,
        ConditionalRequests? conditional = null
    )
    {
        var root = api.AbsoluteUri.EndsWith('/') ? api : new Uri(api.AbsoluteUri + "/");
        connection = new Connection(
            new ProductHeaderValue("devflow-chatops"),
            root,
            tokens = new Tokens(token),
            new HttpClientAdapter(() =>
                conditional is null
                    ? HttpMessageHandlerFactory.CreateDefault()
                    : conditional.Before(HttpMessageHandlerFactory.CreateDefault())
            ),
            new NoSerializer()
        );
        connection.SetRequestTimeout(timeout ?? TimeSpan.FromSeconds(30));
        this.graphQl = graphQl;
        this.time = time;
        this.refused = refused;
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellation) =>
        SendAsync(() => connection.Get<object>(Relative(path), null, Json, cancellation), cancellation);

    public Task<JsonElement> PostAsync(string path, JsonNode body, CancellationToken cancellation) =>
        SendAsync(
            () =>
                connection.Post<object>(
                    Relative(path),
                    body.ToJsonString(),
                    Json,
                    "application/json",
                    (IDictionary<string, string>?)null,
                    cancellation
                ),
            cancellation
        );

    public Task<JsonElement> PatchAsync(string path, JsonNode body, CancellationToken cancellation) =>
        SendAsync(() => connection.Patch<object>(Relative(path), body.ToJsonString(), Json), cancellation);

    /// <summary>Asks the GraphQL endpoint; the whole answer, with <c>data</c> or <c>errors</c>.</summary>
    public async Task<JsonElement> QueryAsync(string document, JsonObject variables, CancellationToken cancellation)
    {
        var body = new JsonObject { ["query"] = document, ["variables"] = variables }.ToJsonString();
        return await SendAsync(
            () =>
                connection.Post<object>(
                    graphQl,
                    body,
                    Json,
                    "application/json",
                    (IDictionary<string, string>?)null,
                    cancellation
                ),
            cancellation,
            GraphQlErrors.ThrowIfRateLimited
        );
    }

    private async Task<JsonElement> SendAsync(
        Func<Task<IApiResponse<object>>> send,
        CancellationToken cancellation,
        Action<JsonElement, IResponse, DateTimeOffset>? check = null
    )
    {
        var answer = await GuardAsync(send, cancellation);
        try
        {
            var json = answer.HttpResponse.Body is string { Length: > 0 } text
                ? JsonElement.Parse(text)
                : throw new JsonException("The body is empty.");
            check?.Invoke(json, answer.HttpResponse, time.GetUtcNow());
            return json;
        }
        catch (JsonException e)
        {
            throw new GitHubException(
                answer.HttpResponse.StatusCode,
                ReleaseCodes.GitHubUnavailable,
                $"GitHub's answer is not JSON: {e.Message}",
                isPassing: true,
                inner: e
            );
        }
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> send, CancellationToken cancellation)
    {
        try
        {
            try
            {
                return await send().WaitAsync(cancellation);
            }
            catch (AuthorizationException) when (refused is not null)
            {
                // It may have been withdrawn before its time; a new one that is refused too is an answer.
                refused(tokens.Last);
                return await send().WaitAsync(cancellation);
            }
        }
        catch (ApiException e)
        {
            throw GitHubErrors.Of(e, time.GetUtcNow());
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException
                || (e is OperationCanceledException && !cancellation.IsCancellationRequested)
            )
        {
            var reason = e is OperationCanceledException ? "GitHub did not answer in time." : e.Message;
            throw new GitHubException(null, ReleaseCodes.GitHubUnavailable, reason, isPassing: true, inner: e);
        }
    }

    private static Uri Relative(string path) => new(path, UriKind.Relative);

    private sealed class Tokens(Func<Task<string>> token) : ICredentialStore
    {
        /// <summary>The one that was brought last.</summary>
        public volatile string Last = "";

        public async Task<Credentials> GetCredentials() => new(Last = await token(), AuthenticationType.Bearer);
    }

    /// <summary>Bodies are JSON text already, both ways.</summary>
    private sealed class NoSerializer : IJsonSerializer
    {
        public string Serialize(object item) => throw new NotSupportedException("Bodies are sent as text.");

        public T Deserialize<T>(string json) => default!;
    }
}
