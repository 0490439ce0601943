using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Sandbox.Argo;

/// <summary>What Argo CD makes of commits on its branch.</summary>
public sealed class ArgoCdGitTests : IAsyncDisposable
{
    private const string Path = "apps/my-app/production/rollout.yaml";
    private readonly ObjectStore store = new(TimeProvider.System);
    private readonly GitHubRepository repository = new GitHubWorld(TimeProvider.System).AddRepository("acme/gitops");
    private readonly ArgoCd argoCd;
    private readonly ArgoCdGit git;

    public ArgoCdGitTests()
    {
        argoCd = new ArgoCd(store, TimeProvider.System, new ArgoCdOptions { SyncTakes = TimeSpan.Zero });
        git = new ArgoCdGit(argoCd, repository, "main", TimeProvider.System, TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public async Task A_change_of_the_apps_manifests_is_applied_and_what_the_cluster_keeps_beside_them_stays()
    {
        var first = Commit(Path, Rollout("1.0.0", replicas: 2));
        store.Create(Resources.Rollout, Live("1.0.0"));
        Follow();
        await UntilAsync(app => Revision(app) == first);
        var second = Commit(Path, Rollout("2.0.0", replicas: 3));
        await UntilAsync(app => Revision(app) == second && Text(app, "sync", "status") == "Synced");
        var rollout = store.Get(Resources.Rollout, "production", "my-app")!;
        rollout["spec"]!["replicas"]!.GetValue<long>().ShouldBe(3);
        rollout["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.GetValue<string>().ShouldBe("web:2.0.0");
        rollout["spec"]!["paused"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task A_Rollout_that_is_missing_is_made_as_Git_wants_it()
    {
        Commit(Path, Rollout("1.0.0", replicas: 2));
        Follow();
        var second = Commit(Path, Rollout("5.0.0", replicas: 2));
        await UntilAsync(app => Revision(app) == second);
        var rollout = store.Get(Resources.Rollout, "production", "my-app")!;
        rollout["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.GetValue<string>().ShouldBe("web:5.0.0");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_asks_for_a_refresh_need_not_wait_for_the_next_look(bool byAnnotation)
    {
        Commit(Path, Rollout("1.0.0", replicas: 2));
        store.Create(Resources.Rollout, Live("1.0.0"));
        await using var rarely = new ArgoCdGit(argoCd, repository, "main", TimeProvider.System, TimeSpan.FromHours(1));
        rarely.Follow(new ArgoCdApp("my-app-production", "production", "my-app"), "apps/my-app/production");
        await rarely.RefreshAsync("my-app-production");
        var second = Commit(Path, Rollout("2.0.0", replicas: 2));

        if (byAnnotation)
        {
            store.Update(
                Resources.Application,
                ArgoCd.ApplicationNamespace,
                "my-app-production",
                json =>
                {
                    json["metadata"]!["annotations"]!["argocd.argoproj.io/refresh"] = "normal";
                    return json;
                }
            );
        }
        else
        {
            (await rarely.RefreshAsync("my-app-production")).ShouldBeTrue();
        }

        var app = await UntilAsync(app => Revision(app) == second);
        app["metadata"]!["annotations"]!["argocd.argoproj.io/refresh"].ShouldBeNull();
        (await rarely.RefreshAsync("other")).ShouldBeFalse();
    }

    [Fact]
    public async Task Changes_of_other_apps_pass_by()
    {
        Commit(Path, Rollout("1.0.0", replicas: 2));
        store.Create(Resources.Rollout, Live("0.9.0"));
        Follow();
        await UntilAsync(app => Text(app, "sync", "status") == "Synced");
        Commit("apps/other/rollout.yaml", "not even YAML: [");
        var last = Commit(Path, Rollout("1.1.0", replicas: 2));
        await UntilAsync(app => Revision(app) == last);
        started.ShouldBe([last]);
    }

    [Fact]
    public async Task What_is_no_manifest_is_told_and_nothing_is_applied()
    {
        Commit(Path, Rollout("1.0.0", replicas: 2));
        Follow();
        Commit(Path, "spec: [");
        var app = await UntilAsync(app => Text(app, "sync", "status") == "Unknown");
        Condition(app).ShouldStartWith($"failed to generate manifest: {Path}: ");
        Commit(Path, "apiVersion: v1\nkind: Something\nmetadata: { name: x }\n");
        await UntilAsync(app => Condition(app).EndsWith("no object of a kind that this cluster has"));
        var good = Commit(Path, Rollout("2.0.0", replicas: 2));
        app = await UntilAsync(app => Revision(app) == good);
        app["status"]!["conditions"].ShouldBeNull();
    }

    public async ValueTask DisposeAsync()
    {
        await git.DisposeAsync();
        await argoCd.DisposeAsync();
    }

    private readonly List<string> started = [];

    private void Follow()
    {
        store.Changed += change =>
        {
            if (
                change.Resource == Resources.Application
                && Text(change.Object, "operationState", "phase") == "Running"
                && change.Object["status"]!["operationState"]!["operation"]!["sync"]!["revision"] is { } revision
                && started.LastOrDefault() != revision.GetValue<string>()
            )
            {
                started.Add(revision.GetValue<string>());
            }
        };
        git.Follow(new ArgoCdApp("my-app-production", "production", "my-app"), "apps/my-app/production");
    }

    private async Task<JsonObject> UntilAsync(Func<JsonObject, bool> holds)
    {
        await foreach (
            var change in store.Watch(
                Resources.Application,
                ArgoCd.ApplicationNamespace,
                null,
                TestContext.Current.CancellationToken
            )
        )
        {
            if (holds(change.Object))
            {
                return change.Object;
            }
        }

        throw new InvalidOperationException("The watch ended.");
    }

    private string Commit(string path, string text) =>
        repository.Commit("main", "Change", [new KeyValuePair<string, string?>(path, text)]);

    private static string? Revision(JsonObject app) =>
        app["status"]?["operationState"]?["syncResult"]?["revision"]?.GetValue<string>();

    private static string Text(JsonObject app, string part, string name) =>
        app["status"]?[part]?[name]?.GetValue<string>() ?? "";

    private static string Condition(JsonObject app) =>
        app["status"]?["conditions"]?[0]?["message"]?.GetValue<string>() ?? "";

    private static string Rollout(string version, int replicas) =>
        $$"""
            # Comments are welcome.
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: { name: my-app, labels: { team: "7" } }
            spec:
              replicas: {{replicas}}
              template:
                spec:
                  containers:
                    - name: web
                      image: web:{{version}}

            """;

    private static JsonObject Live(string version) =>
        JsonNode
            .Parse(
                $$"""
                {
                  "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
                  "metadata": { "name": "my-app", "namespace": "production" },
                  "spec": { "paused": true, "replicas": 2,
                    "template": { "spec": { "containers": [{ "name": "web", "image": "web:{{version}}" }] } } }
                }
                """
            )!
            .AsObject();
}
