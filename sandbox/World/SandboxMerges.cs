using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>
/// What follows a merge to main in real life: the pipeline builds an image, the Action writes its tag to Git and
/// announces the release to the service, and Argo CD syncs it.
/// </summary>
public sealed class SandboxMerges : IAsyncDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Lock gate = new();
    private readonly HashSet<Task> syncs = [];
    private readonly Dictionary<string, int> versions;
    private readonly SandboxFolder folder;
    private readonly Uri jobs;
    private readonly ArgoCd argoCd;

    /// <summary>Announces at the service with the token of the person who merges.</summary>
    internal SandboxMerges(SandboxFolder folder, Uri service, string token, ArgoCd argoCd)
    {
        this.folder = folder;
        this.argoCd = argoCd;
        jobs = new Uri(service, "api/jobs");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        versions = File.Exists(folder.Versions)
            ? JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(folder.Versions)) ?? []
            : [];
    }

    /// <summary>Releases the next version of an app. Ends when it is announced; the sync follows by itself.</summary>
    /// <returns>The tag.</returns>
    /// <exception cref="InvalidOperationException">The service did not take the announcement.</exception>
    public async Task<string> MergeAsync(SandboxApp app, ReleaseKind kind, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(app);
        var version = NextVersion(app);
        var tag = SandboxApp.TagOf(version, kind);
        var commit = RandomNumberGenerator.GetHexString(40, lowercase: true);
        await AnnounceAsync(app, tag, commit, cancellation);
        Follow(argoCd.SyncAsync(app.Application, app.ImageOf(version, kind), commit));
        return tag;
    }

    /// <summary>Waits for syncs that are under way: one that is cut off would leave its release hanging.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] open;
        lock (gate)
        {
            open = [.. syncs];
        }

        await Task.WhenAll(open);
        http.Dispose();
    }

    private int NextVersion(SandboxApp app)
    {
        lock (gate)
        {
            var next = versions.GetValueOrDefault(app.Name, 1) + 1;
            versions[app.Name] = next;
            SandboxFolder.WritePrivate(folder.Versions, JsonSerializer.Serialize(versions));
            return next;
        }
    }

    private async Task AnnounceAsync(SandboxApp app, string tag, string commit, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["app"] = app.Name,
            ["environment"] = app.Environment,
            ["image"] = app.Image,
            ["tag"] = tag,
            ["gitopsRepository"] = "acme/gitops",
            ["gitopsCommit"] = commit,
            ["sourceCommit"] = RandomNumberGenerator.GetHexString(40, lowercase: true),
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, jobs);
        request.Headers.Add("Idempotency-Key", $"{app.Name}-{tag}-{commit[..12]}");
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            var answer = await response.Content.ReadAsStringAsync(cancellation);
            throw new InvalidOperationException(
                $"The service did not take the release: {(int)response.StatusCode} {answer}"
            );
        }
    }

    private void Follow(Task sync)
    {
        lock (gate)
        {
            syncs.RemoveWhere(task => task.IsCompletedSuccessfully);
            syncs.Add(sync);
        }
    }
}
