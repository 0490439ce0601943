using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Functions.Adapters.GitHub;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.Tests.GitOps.Independent;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.GitHub.Stands;

/// <summary>Who wrote the GitHub of a test.</summary>
public enum GitHubMaker
{
    /// <summary>We did: the stand-in of the sandbox.</summary>
    Us,

    /// <summary>Others did: the package <c>emulate</c>.</summary>
    Emulate,
}

/// <summary>
/// A GitHub with a repository of the test's own in which the App is installed. Everything is asked over HTTP, so that the
/// same test runs at whatever answers there.
/// </summary>
internal abstract class GitHubStand : IAsyncDisposable
{
    private readonly Uri address;
    private readonly Uri graphQl;
    private readonly string privateKey;
    private readonly HttpClient http;

    /// <param name="address">Root of the REST API.</param>
    /// <param name="repository">With a README on <c>main</c>.</param>
    /// <param name="privateKey">Of the App.</param>
    protected GitHubStand(Uri address, string repository, string privateKey)
    {
        (this.address, Repository, this.privateKey) = (address, repository, privateKey);
        graphQl = new Uri(address, "graphql");
        http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("test", "1"));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Emulate.Alice);
    }

    /// <summary><c>owner/name</c>.</summary>
    public string Repository { get; }

    /// <summary>A team of <c>alice-gh</c> and <c>bob-gh</c>, who owns the repository.</summary>
    public string Team => $"{Repository.Split('/')[0]}/members";

    /// <summary>The service's clock; <c>emulate</c> has the machine's, from which it departs no more than a test takes.</summary>
    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What the tokens for the repository were asked to be good for, each once, as JSON.</summary>
    public abstract Task<IReadOnlyList<string>> GrantedAsync();

    /// <summary>Of the App; or of one with its id and another key.</summary>
    public InstallationTokens Tokens(bool isForged = false)
    {
        using var other = RSA.Create(2048);
        var key = isForged ? other.ExportRSAPrivateKeyPem() : privateKey;
        return new InstallationTokens(new AppCredentials(Emulate.AppId, key), address, graphQl, Time);
    }

    public GitHubAppAccess Access(bool isForged = false) => new(() => Tokens(isForged), new GitHubLimits(Time), Time);

    /// <summary>Asks as <c>alice-gh</c>, who may do everything.</summary>
    /// <param name="path">Below the repository.</param>
    /// <returns>Null: there is no body.</returns>
    public async Task<JsonElement?> AskAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, $"repos/{Repository}{path}");
        request.Content = body is null ? null : JsonContent.Create(body);
        using var answer = await http.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {answer.StatusCode} {text}");
        return text.Length == 0 ? null : JsonElement.Parse(text);
    }

    /// <inheritdoc cref="AskAsync"/>
    public async Task<JsonElement> GetAsync(string path) => (await AskAsync(HttpMethod.Get, path))!.Value;

    /// <summary>Where a branch stands.</summary>
    public async Task<string> HeadAsync(string branch = "main") =>
        Sha((await GetAsync($"/git/ref/heads/{branch}")).GetProperty("object"));

    /// <summary>Begins a branch at the head of <c>main</c>.</summary>
    public async Task BranchAsync(string name) =>
        await AskAsync(
            HttpMethod.Post,
            "/git/refs",
            new JsonObject { ["ref"] = $"refs/heads/{name}", ["sha"] = await HeadAsync() }
        );

    /// <summary>Commits on a branch.</summary>
    /// <param name="files">Texts by path; null takes a file away.</param>
    /// <param name="by">Name of who commits; the address is the same in small letters, at <c>example.com</c>.</param>
    public async Task<string> CommitAsync(
        string message,
        IEnumerable<KeyValuePair<string, string?>> files,
        string branch = "main",
        string by = "Alice"
    )
    {
        var head = await HeadAsync(branch);
        var entries = files.Select(file => new JsonObject
        {
            ["path"] = file.Key,
            ["mode"] = "100644",
            ["type"] = "blob",
            [file.Value is null ? "sha" : "content"] = file.Value,
        });
        var parent = await GetAsync($"/git/commits/{head}");
        var tree = await AskAsync(
            HttpMethod.Post,
            "/git/trees",
            new JsonObject { ["base_tree"] = Sha(parent.GetProperty("tree")), ["tree"] = new JsonArray([.. entries]) }
        );
        var commit = await AskAsync(
            HttpMethod.Post,
            "/git/commits",
            new JsonObject
            {
                ["message"] = message,
                ["tree"] = Sha(tree!.Value),
                ["parents"] = new JsonArray(head),
                ["author"] = new JsonObject { ["name"] = by, ["email"] = $"{by.ToLowerInvariant()}@example.com" },
            }
        );
        var sha = Sha(commit!.Value);
        await AskAsync(HttpMethod.Patch, $"/git/refs/heads/{branch}", new JsonObject { ["sha"] = sha });
        return sha;
    }

    /// <summary>Opens a pull request to <c>main</c>; its number.</summary>
    public async Task<int> OpenPullAsync(string branch, string title)
    {
        var pull = await AskAsync(
            HttpMethod.Post,
            "/pulls",
            new JsonObject
            {
                ["title"] = title,
                ["head"] = branch,
                ["base"] = "main",
            }
        );
        return pull!.Value.GetProperty("number").GetInt32();
    }

    /// <summary>The commit that it became.</summary>
    public async Task<string> MergeAsync(int pull) =>
        Sha((await AskAsync(HttpMethod.Put, $"/pulls/{pull}/merge", new JsonObject()))!.Value);

    public Task ClosePullAsync(int pull) =>
        AskAsync(HttpMethod.Patch, $"/pulls/{pull}", new JsonObject { ["state"] = "closed" });

    /// <summary>The paths of all files of <c>main</c>.</summary>
    public async Task<IReadOnlyList<string>> ListAsync() =>
        [
            .. (await GetAsync("/git/trees/main?recursive=1"))
                .GetProperty("tree")
                .EnumerateArray()
                .Where(entry => entry.GetProperty("type").GetString() == "blob")
                .Select(entry => entry.GetProperty("path").GetString()!)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>A file of <c>main</c>.</summary>
    public async Task<string> ReadAsync(string path)
    {
        var file = await GetAsync($"/contents/{path}");
        return Encoding.UTF8.GetString(Convert.FromBase64String(file.GetProperty("content").GetString()!));
    }

    public virtual ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Sha(JsonElement of) => of.GetProperty("sha").GetString()!;
}
