using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Tests.GitOps.Independent;

/// <summary>
/// The package <c>emulate</c>: a GitHub stand-in that knows nothing of us. What it lacks is listed in CONTRIBUTING.md.
/// </summary>
internal sealed class Emulate : IAsyncDisposable
{
    /// <summary>The App that is installed in both organizations.</summary>
    public const string AppId = "4711";

    /// <summary>Where the App may do all that it needs; <see cref="Alice"/> and <c>bob-gh</c> are its team <c>members</c>.</summary>
    public const string Organization = "acme";

    /// <summary>Where the App may read alone.</summary>
    public const string Reserved = "reserved";

    /// <summary>Login and token of who owns both organizations; with the address <c>alice@example.com</c>.</summary>
    public const string Alice = "alice-gh";

    private readonly Process process;
    private readonly string folder;
    private readonly HttpClient http;
    private int repositories;

    private Emulate(Process process, string folder, Uri address, string privateKey)
    {
        (this.process, this.folder, Address, PrivateKey) = (process, folder, address, privateKey);
        http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Alice);
    }

    public Uri Address { get; }

    /// <summary>The App's.</summary>
    public string PrivateKey { get; }

    /// <summary>Starts it; where it or Node is not installed the test is skipped.</summary>
    public static async Task<Emulate> StartAsync()
    {
        var (script, node) = (NodePackages.Find("emulate/dist/index.js"), NodePackages.Node());
        var folder = Directory.CreateTempSubdirectory("emulate-").FullName;
        var seed = Path.Combine(folder, "seed.yaml");
        using var key = RSA.Create(2048);
        var privateKey = key.ExportRSAPrivateKeyPem();
        await File.WriteAllTextAsync(seed, Seed(privateKey));
        var port = FreePort.Next();
        var start = new ProcessStartInfo(node)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            ArgumentList = { script, "start", "-s", "github", "--port", $"{port}", "--seed", seed },
        };
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("Config:", StringComparison.Ordinal))
            {
                return new Emulate(process, folder, new Uri($"http://localhost:{port}/"), privateKey);
            }
        }

        throw new InvalidOperationException("emulate ended before it had started.");
    }

    /// <summary>A repository of nobody else's, with a README on <c>main</c>; <c>owner/name</c>.</summary>
    public async Task<string> NewRepositoryAsync(string organization = Organization)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"r{Interlocked.Increment(ref repositories)}");
        var body = new JsonObject { ["name"] = name, ["auto_init"] = true };
        using var answer = await http.PostAsJsonAsync(
            $"orgs/{organization}/repos",
            body,
            TestContext.Current.CancellationToken
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return $"{organization}/{name}";
    }

    /// <summary>What the tokens that were given out for a repository may do there, each once, as JSON.</summary>
    public async Task<IReadOnlyList<string>> GrantedAsync(string repository)
    {
        var stop = TestContext.Current.CancellationToken;
        var id = (await http.GetFromJsonAsync<JsonElement>($"repos/{repository}", stop)).GetProperty("id").GetInt64();
        var given = await http.GetFromJsonAsync<JsonElement>("_emulate/installation-tokens", stop);
        return
        [
            .. given
                .GetProperty("installation_tokens")
                .EnumerateArray()
                .Where(token => token.GetProperty("repository_ids").EnumerateArray().Any(it => it.GetInt64() == id))
                .Select(token => token.GetProperty("permissions").GetRawText())
                .Distinct(),
        ];
    }

    /// <summary>As <see cref="Alice"/>.</summary>
    public GitHubConnection Connect() =>
        new(Address, new Uri(Address, "graphql"), () => Task.FromResult(Alice), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string Seed(string privateKey) =>
        $$"""
            github:
              users:
                - { login: {{Alice}}, name: Alice, email: alice@example.com }
                - { login: bob-gh, email: bob@example.com }
              orgs:
                - login: {{Organization}}
                  members: [{ login: {{Alice}}, role: admin }, { login: bob-gh, role: member }]
                - login: {{Reserved}}
                  members: [{ login: {{Alice}}, role: admin }]
              apps:
                - app_id: {{AppId}}
                  slug: devflow
                  name: Devflow
                  private_key: {{JsonSerializer.Serialize(privateKey)}}
                  permissions: { checks: write, contents: write, deployments: write, members: read, metadata: read, pull_requests: write }
                  installations:
                    - { installation_id: 1, account: {{Organization}} }
                    - { installation_id: 2, account: {{Reserved}}, permissions: { contents: read, metadata: read } }
            tokens:
              {{Alice}}: { login: {{Alice}}, scopes: [repo, "admin:org"] }
              bob-gh: { login: bob-gh, scopes: [repo] }
            """;
}

/// <summary>One <c>emulate</c> for many tests, started by the first of them; each takes a repository of its own.</summary>
public sealed class SharedEmulate : IAsyncDisposable
{
    private readonly Lazy<Task<Emulate>> started = new(Emulate.StartAsync);

    /// <summary>The same for all; where it cannot be had the test is skipped.</summary>
    internal Task<Emulate> GetAsync() => started.Value;

    public async ValueTask DisposeAsync()
    {
        if (started is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await started.Value).DisposeAsync();
        }
    }
}
