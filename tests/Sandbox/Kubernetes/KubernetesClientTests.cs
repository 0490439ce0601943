using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Devflow.ChatOps.Tests.Sandbox.Kubernetes;

/// <summary>The official C# client library takes the stand-in for an API server.</summary>
public sealed class KubernetesClientTests : IAsyncLifetime
{
    private const string Group = "argoproj.io";
    private readonly ObjectStore store = new(TimeProvider.System);
    private readonly string kubeconfig = Path.Combine(Path.GetTempPath(), $"kubeconfig-{Guid.NewGuid():N}");
    private ApiServer server = null!;
    private k8s.Kubernetes client = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.StartAsync(
            store,
            new ApiServerOptions
            {
                UseTls = true,
                BookmarkInterval = TimeSpan.FromMilliseconds(50),
                Tokens = new Dictionary<string, ApiUser> { ["secret"] = ApiUser.Admin() },
            },
            Cancelled
        );
        server.WriteKubeconfig(kubeconfig, "secret", "shop");
        client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
        File.Delete(kubeconfig);
    }

    [Fact]
    public async Task It_lists_built_in_kinds()
    {
        store.Create(
            Resources.Service,
            Manifests.Object(Resources.Service, "web-active", """{"selector":{"app":"web"},"ports":[{"port":80}]}""")
        );

        var services = await client.CoreV1.ListNamespacedServiceAsync("shop", cancellationToken: Cancelled);

        services.Items.ShouldHaveSingleItem().Spec.Selector["app"].ShouldBe("web");
        services.Metadata.ResourceVersion.ShouldBe(store.ResourceVersion.ToString());
    }

    [Fact]
    public async Task It_gets_and_patches_custom_objects()
    {
        store.Create(Resources.Rollout, Manifests.Paused("web"));

        var rollout = await GetAsync("web");
        var body =
            $$$"""{"metadata":{"resourceVersion":"{{{rollout["metadata"]!["resourceVersion"]}}}"},"status":{"pauseConditions":null}}""";
        await PatchStatusAsync(body);
        var conflict = await Should.ThrowAsync<HttpOperationException>(() => PatchStatusAsync(body));

        (await GetAsync("web"))["status"]!.AsObject().ContainsKey("pauseConditions").ShouldBeFalse();
        conflict.Response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var missing = await Should.ThrowAsync<HttpOperationException>(() => GetAsync("nosuch"));
        missing.Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task It_watches_and_gets_bookmarks()
    {
        var from = store.ResourceVersion.ToString();
        var watching = client.CustomObjects.WatchListClusterCustomObjectAsync(
            Group,
            "v1alpha1",
            "rollouts",
            allowWatchBookmarks: true,
            resourceVersion: from,
            cancellationToken: Cancelled
        );
        var seen = new List<(WatchEventType Type, string? Name)>();
        await foreach (var (type, item) in watching)
        {
            var node = JsonSerializer.SerializeToNode(item)!;
            seen.Add((type, node["metadata"]!["name"]?.ToString()));
            if (seen.Count == 1)
            {
                type.ShouldBe(WatchEventType.Bookmark);
                store.Create(Resources.Rollout, Manifests.Rollout("web"));
            }

            if (type == WatchEventType.Added)
            {
                break;
            }
        }

        seen[^1].ShouldBe((WatchEventType.Added, "web"));
    }

    [Fact]
    public async Task A_watch_from_a_forgotten_version_ends_with_410()
    {
        store.Create(Resources.Rollout, Manifests.Rollout("web"));
        store.Compact();
        Exception? failed = null;
        var watching = client.CustomObjects.WatchListClusterCustomObjectAsync(
            Group,
            "v1alpha1",
            "rollouts",
            resourceVersion: "1",
            onError: error => failed = error,
            cancellationToken: Cancelled
        );

        await foreach (var (type, _) in watching)
        {
            type.ShouldBe(WatchEventType.Error);
        }

        var failure = failed.ShouldBeOfType<KubernetesException>();
        failure.Status.Code.ShouldBe(410);
        failure.Status.Reason.ShouldBe("Expired");
    }

    [Fact]
    public async Task Five_thousand_rollouts_are_listed_in_pages()
    {
        for (var i = 0; i < 5000; i++)
        {
            store.Create(Resources.Rollout, Manifests.Rollout($"web-{i:D4}"));
        }

        var names = new HashSet<string>();
        string? next = null;
        do
        {
            var page = JsonSerializer.SerializeToNode(
                await client.CustomObjects.ListNamespacedCustomObjectAsync(
                    Group,
                    "v1alpha1",
                    "shop",
                    "rollouts",
                    limit: 500,
                    continueParameter: next,
                    cancellationToken: Cancelled
                )
            )!;
            foreach (var item in page["items"]!.AsArray())
            {
                names.Add(item!["metadata"]!["name"]!.ToString()).ShouldBeTrue();
            }

            next = page["metadata"]!["continue"]?.ToString();
        } while (!string.IsNullOrEmpty(next));

        names.Count.ShouldBe(5000);
    }

    private async Task<JsonNode> GetAsync(string name) =>
        JsonSerializer.SerializeToNode(
            await client.CustomObjects.GetNamespacedCustomObjectAsync(
                Group,
                "v1alpha1",
                "shop",
                "rollouts",
                name,
                cancellationToken: Cancelled
            )
        )!;

    private Task<object> PatchStatusAsync(string body) =>
        client.CustomObjects.PatchNamespacedCustomObjectStatusAsync(
            new V1Patch(JsonNode.Parse(body), V1Patch.PatchType.MergePatch),
            Group,
            "v1alpha1",
            "shop",
            "rollouts",
            "web",
            cancellationToken: Cancelled
        );
}
