using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Sandbox.Kubernetes;

/// <summary>A stand-in in the state in which a real API server gave the answers in Fixtures/api-server.</summary>
internal sealed class RecordedCluster : IAsyncDisposable
{
    public const string Namespace = "shop-answers";
    public const string Name = "storefront";

    private const string Admin = "admin-token";
    private const string Reader = "reader-token";
    private const string NoStatus = "no-status-token";

    private RecordedCluster(ApiServer server, FakeTimeProvider clock)
    {
        Server = server;
        Clock = clock;
        Http = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(1) };
    }

    public ApiServer Server { get; }

    public FakeTimeProvider Clock { get; }

    public HttpClient Http { get; }

    public static JsonObject Recording(string label) => JsonNode.Parse(File.ReadAllBytes(PathOf(label)))!.AsObject();

    public static string PathOf(string label) =>
        Directory
            .GetFiles(Path.Combine(AppContext.BaseDirectory, "Fixtures", "api-server"), $"*-{label}.json")
            .Single();

    /// <summary>The Rollout as it was recorded, and one in a later namespace, as there was.</summary>
    public static async Task<RecordedCluster> StartAsync(long version = 11236)
    {
        var rollout = Recording("get-rollout")["response"]!["body"]!.DeepClone();
        var other = rollout.DeepClone();
        other["metadata"]!["namespace"] = "shop-later";
        var path = Path.GetTempFileName();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 7, 17, 13, TimeSpan.Zero));
        var store = new ObjectStore(clock);
        try
        {
            await File.WriteAllTextAsync(
                path,
                new JsonObject
                {
                    ["resourceVersion"] = version,
                    ["objects"] = new JsonArray(rollout, other),
                }.ToJsonString()
            );
            store.LoadFrom(path);
        }
        finally
        {
            File.Delete(path);
        }

        IReadOnlyList<string> read = ["get", "list", "watch"];
        var server = await ApiServer.StartAsync(
            store,
            new ApiServerOptions
            {
                Clock = clock,
                Tokens = new Dictionary<string, ApiUser>
                {
                    [Admin] = ApiUser.Admin(),
                    [Reader] = new(
                        $"system:serviceaccount:{Namespace}:reader",
                        [new AccessRule(read, ["argoproj.io"], ["rollouts"], [Namespace])]
                    ),
                    [NoStatus] = new(
                        $"system:serviceaccount:{Namespace}:no-status",
                        [new AccessRule([.. read, "patch"], ["argoproj.io"], ["rollouts"], [Namespace])]
                    ),
                },
            }
        );
        return new RecordedCluster(server, clock);
    }

    /// <summary>Sends a recorded request as it was sent then.</summary>
    public async Task<HttpResponseMessage> ReplayAsync(JsonObject recording)
    {
        var recorded = recording["request"]!.AsObject();
        using var request = new HttpRequestMessage(
            new HttpMethod(recorded["method"]!.GetValue<string>()),
            recorded["path"]!.GetValue<string>()
        );
        foreach (var (name, value) in recorded["headers"]!.AsObject())
        {
            request.Headers.TryAddWithoutValidation(name, value!.GetValue<string>());
        }

        if (TokenOf(recorded["as"]!.GetValue<string>()) is { } token)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        if (recorded["body"] is { } body)
        {
            request.Content = new StringContent(body.GetValue<string>());
            request.Content.Headers.ContentType = new(recorded["contentType"]!.GetValue<string>());
        }

        return await Http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
    }

    public void Annotate(string name) =>
        Server
            .Store.Update(
                Resources.Rollout,
                Namespace,
                Name,
                rollout =>
                {
                    rollout["metadata"]!["annotations"]![name] = "1";
                    return rollout;
                }
            )
            .ShouldNotBeNull();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }

    private static string? TokenOf(string who) =>
        who switch
        {
            "cluster admin" => Admin,
            "nobody" => null,
            _ when who.StartsWith("service account reader", StringComparison.Ordinal) => Reader,
            _ when who.StartsWith("service account no-status", StringComparison.Ordinal) => NoStatus,
            _ => "a token that nobody has",
        };
}
