using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Sandbox.GitHub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.Api;

/// <summary>An answer of the API.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, JsonObject Body, Uri? Location)
{
    public string? Code => (string?)Body["code"];

    public JsonObject Job => (Body["job"] ?? Body).AsObject();
}

/// <summary>
/// The service with an issuer of workflow tokens, two apps of different repositories, and people with tokens. Its cluster
/// cannot be reached, which announcements do without.
/// </summary>
internal sealed class ApiWorld : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private const string Catalog = """
        clusters: [{ name: prod, kubeconfig: /nowhere/kubeconfig }]
        people:
          - { name: alice, github: alice-gh }
          - { name: bob, github: bob-gh }
        teams: [{ name: platform, members: [alice] }]
        viewers: [platform]
        apps:
          - name: my-app
            repository: acme/my-app
            slackChannel: C0RELEASES
            repositoryId: 123456
            release: { refs: [refs/heads/main], workflows: [.github/workflows/release.yml] }
            environments:
              - { name: production, cluster: prod, namespace: shop, rollout: my-app, promote: { by: [platform] } }
          - name: other-app
            repository: acme/other-app
            slackChannel: C0RELEASES
            repositoryId: 777
            release: { refs: [refs/heads/main], workflows: [.github/workflows/release.yml] }
            environments:
              - { name: production, cluster: prod, namespace: shop, rollout: other-app, promote: { by: [platform] } }
          - name: closed-app
            repository: acme/my-app
            slackChannel: C0RELEASES
            environments:
              - { name: production, cluster: prod, namespace: shop, rollout: closed-app, promote: { by: [platform] } }

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("devflow-").FullName;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private WebApplication app = null!;

    public FakeTimeProvider Clock { get; } = new(Noon);

    public StandInIssuer Issuer { get; private set; } = null!;

    public Uri Address { get; private set; } = new("http://localhost/");

    public IStore Store => app.Services.GetRequiredService<IStore>();

    /// <summary>Tokens of people by name.</summary>
    public Dictionary<string, string> Tokens { get; } = [];

    public static async Task<ApiWorld> StartAsync(bool withAudience = true)
    {
        var world = new ApiWorld { Issuer = await StandInIssuer.StartAsync() };
        await world.StartServiceAsync(withAudience);
        return world;
    }

    /// <summary>A valid token of a run of the release workflow, changed by the test.</summary>
    public string WorkflowToken(Action<JsonObject>? change = null)
    {
        var claims = Issuer.Claims(Clock.GetUtcNow());
        change?.Invoke(claims);
        return Issuer.Sign(claims);
    }

    public Task<ApiAnswer> AnnounceAsync(
        string token,
        string key = "run-1",
        string app = "my-app",
        string tag = "v2",
        string? sourceCommit = null
    ) =>
        SendAsync(
            HttpMethod.Post,
            "api/jobs",
            token,
            new JsonObject
            {
                ["app"] = app,
                ["environment"] = "production",
                ["image"] = "registry.example.com/" + app,
                ["tag"] = tag,
                ["sourceCommit"] = sourceCommit,
                // Says who, and is believed by nobody.
                ["actor"] = "bob-gh",
            },
            key
        );

    public async Task<ApiAnswer> SendAsync(
        HttpMethod method,
        string path,
        string? token,
        JsonObject? body = null,
        string? key = null
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null
            ? null
            : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new ApiAnswer(answer.StatusCode, JsonNode.Parse(text)!.AsObject(), answer.Headers.Location);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        await Issuer.DisposeAsync();
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartServiceAsync(bool withAudience)
    {
        var catalog = Path.Combine(folder, "catalog.yaml");
        await File.WriteAllTextAsync(catalog, Catalog);
        var settings = new Dictionary<string, string?>
        {
            ["Devflow:Catalog"] = catalog,
            ["Devflow:Store"] = $"sqlite:{Path.Combine(folder, "devflow.db")}",
            ["Devflow:Api:Issuer"] = Issuer.Address,
            // Nobody is there: what is tested needs no Slack.
            ["Devflow:Slack:ApiAddress"] = "http://127.0.0.1:9/api/",
        };
        if (withAudience)
        {
            settings["Devflow:Api:Audience"] = StandInIssuer.Audience;
        }

        AddToken(settings, "everything", "alice", Noon.AddDays(1), "read", "create", "promote", "rollback", "retry");
        AddToken(settings, "reader", "alice", Noon.AddDays(1), "read");
        AddToken(settings, "promoter", "alice", Noon.AddDays(1), "promote");
        AddToken(settings, "ended", "alice", Noon, "read", "create");
        AddToken(settings, "of-nobody", "zoe", Noon.AddDays(1), "read", "create");
        AddToken(settings, "of-bob", "bob", Noon.AddDays(1), "read", "create", "promote");

        app = await ServiceHost.BuildAsync(
            [],
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(settings);
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Host.ConfigureContainer<IServiceCollection>(
                    (_, services) =>
                    {
                        services.AddSingleton<TimeProvider>(Clock);
                        services.AddLogging(logging => logging.ClearProviders());
                    }
                );
            }
        );
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new Uri(addresses.Addresses.Single().TrimEnd('/') + "/");
    }

    private void AddToken(
        Dictionary<string, string?> settings,
        string name,
        string person,
        DateTimeOffset end,
        params string[] scopes
    )
    {
        Tokens[name] = RandomNumberGenerator.GetHexString(40, lowercase: true);
        var path = $"Devflow:Api:Tokens:{Tokens.Count - 1}";
        settings[$"{path}:Name"] = name;
        settings[$"{path}:Sha256"] = Hash(Tokens[name]);
        settings[$"{path}:Person"] = person;
        settings[$"{path}:Expires"] = end.ToString("O");
        for (var index = 0; index < scopes.Length; index++)
        {
            settings[$"{path}:Scopes:{index}"] = scopes[index];
        }
    }

    /// <summary>What is configured of a token.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
