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
    private readonly Dictionary<string, Merge> git;
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
        git = Load(folder.Merges);
        foreach (var app in SandboxApp.All)
        {
            CatchUp(app);
        }
    }

    /// <summary>Releases the next version of an app. Ends when it is announced; the sync follows by itself.</summary>
    /// <returns>The tag.</returns>
    /// <exception cref="InvalidOperationException">The service did not take the announcement.</exception>
    public async Task<string> MergeAsync(SandboxApp app, ReleaseKind kind, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(app);
        var commit = RandomNumberGenerator.GetHexString(40, lowercase: true);
        var merge = Write(app, kind, commit);
        await AnnounceAsync(app, merge.Tag, commit, cancellation);
        Follow(argoCd.SyncAsync(app.Application, $"{app.Image}:{merge.Tag}", commit));
        return merge.Tag;
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

    private static Dictionary<string, Merge> Load(string path)
    {
        try
        {
            return File.Exists(path)
                ? JsonSerializer.Deserialize<Dictionary<string, Merge>>(File.ReadAllText(path)) ?? []
                : [];
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path} holds no merges: {fault.Message}", fault);
        }
    }

    /// <summary>What Git asks for, and Argo CD had not applied when the sandbox was stopped or killed.</summary>
    private void CatchUp(SandboxApp app)
    {
        if (git.GetValueOrDefault(app.Name) is { } merge && !argoCd.HasSynced(app.Application, merge.Commit))
        {
            Follow(argoCd.SyncAsync(app.Application, $"{app.Image}:{merge.Tag}", merge.Commit));
        }
    }

    private Merge Write(SandboxApp app, ReleaseKind kind, string commit)
    {
        lock (gate)
        {
            var version = (git.GetValueOrDefault(app.Name)?.Version ?? 1) + 1;
            var merge = new Merge(version, SandboxApp.TagOf(version, kind), commit);
            git[app.Name] = merge;
            SandboxFolder.WritePrivate(folder.Merges, JsonSerializer.Serialize(git));
            return merge;
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

    /// <summary>The last merge of an app: what Git asks for.</summary>
    private sealed record Merge(int Version, string Tag, string Commit);
}
