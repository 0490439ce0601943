using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Sandbox.Kubernetes;

/// <summary>kubectl takes the stand-in for an API server.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private readonly ObjectStore store = new(TimeProvider.System);
    private ApiServer server = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        server = await ApiServer.StartAsync(store, cancellationToken: Cancelled);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Get_prints_the_columns_of_a_rollout()
    {
        store.Create(Resources.Rollout, Manifests.Paused("web"));
        using var kubectl = new Kubectl(server);

        var lines = await Lines(kubectl, "get", "rollouts", "-A", "-o", "wide");

        lines[0].ShouldBe("NAMESPACE NAME DESIRED CURRENT UP-TO-DATE AVAILABLE AGE");
        lines[1].ShouldStartWith("shop web 2 4 2 2 ");
        (await Lines(kubectl, "get", "ro", "web", "-o", "json")).ShouldContain("\"kind\": \"Rollout\",");
        (await kubectl.RunAsync("get", "rollout", "web", "-o", "jsonpath={.status.phase}")).ShouldBe("Paused");
    }

    [Fact]
    public async Task Get_w_follows_changes()
    {
        store.Create(Resources.Rollout, Manifests.Paused("web"));
        using var kubectl = new Kubectl(server);
        var lines = new List<string>();

        await foreach (var line in kubectl.FollowAsync("get", "rollouts", "-w"))
        {
            lines.Add(OneSpaced(line));
            if (lines.Count == 2)
            {
                store.Update(
                    Resources.Rollout,
                    "shop",
                    "web",
                    rollout =>
                    {
                        rollout["status"]!["availableReplicas"] = 9;
                        return rollout;
                    }
                );
            }

            if (lines.Count == 3)
            {
                break;
            }
        }

        lines[0].ShouldBe("NAME DESIRED CURRENT UP-TO-DATE AVAILABLE AGE");
        lines[1].ShouldStartWith("web 2 4 2 2 ");
        lines[2].ShouldStartWith("web 2 4 2 9 ");
    }

    [Fact]
    public async Task Patch_promotes_and_undoes()
    {
        store.Create(Resources.Rollout, Manifests.Paused("web"));
        using var kubectl = new Kubectl(server);

        await kubectl.RunAsync([
            "patch",
            "rollout",
            "web",
            "--subresource=status",
            "--type=merge",
            "-p",
            """{"status":{"pauseConditions":null}}""",
        ]);
        await kubectl.RunAsync([
            "patch",
            "rollout",
            "web",
            "--type=json",
            "-p",
            """[{"op":"replace","path":"/spec/replicas","value":3}]""",
        ]);
        var (code, _, errors) = await kubectl.TryAsync(
            null,
            ["patch", "rollout", "web", "--type=merge", "-p", """{"spec":{"replicas":"two"}}"""]
        );

        var rollout = store.Get(Resources.Rollout, "shop", "web")!;
        rollout["status"]!.AsObject().ContainsKey("pauseConditions").ShouldBeFalse();
        rollout["spec"]!["replicas"]!.GetValue<int>().ShouldBe(3);
        code.ShouldBe(1);
        errors.ShouldContain("spec.replicas in body must be of type integer");
    }

    [Fact]
    public async Task Scale_changes_the_replicas_and_only_from_the_number_that_was_expected()
    {
        store.Create(Resources.Rollout, Manifests.Paused("web"));
        using var kubectl = new Kubectl(server);

        // As in recording 14.
        var said = await kubectl.RunAsync("scale", "rollout/web", "--replicas=3");
        var (code, _, errors) = await kubectl.TryAsync(
            null,
            ["scale", "rollout", "web", "--current-replicas=2", "--replicas=5"]
        );
        await kubectl.RunAsync("scale", "rollout", "web", "--current-replicas=3", "--replicas=4");

        said.ShouldBe("rollout.argoproj.io/web scaled\n");
        code.ShouldBe(1);
        errors.ShouldContain("Expected replicas to be 2, was 3");
        var rollout = store.Get(Resources.Rollout, "shop", "web")!;
        rollout["spec"]!["replicas"]!.GetValue<int>().ShouldBe(4);
        rollout["metadata"]!["generation"]!.GetValue<int>().ShouldBe(3);
        rollout["status"]!["phase"]!.ToString().ShouldBe("Paused");
        (await Lines(kubectl, "get", "rollout", "web", "--subresource=scale")).ShouldContain(line =>
            line.StartsWith("web 4 0 ")
        );
    }

    [Fact]
    public async Task Apply_creates_changes_and_leaves_alone()
    {
        using var kubectl = new Kubectl(server);
        var rollout = Manifests.Rollout("web");
        var deployment = Manifests.Object(
            Resources.Deployment,
            "api",
            """{"selector":{"matchLabels":{"app":"api"}},"template":{"metadata":{"labels":{"app":"api"}},"spec":{"containers":[{"name":"api","image":"api:1"}]}}}"""
        );
        deployment.Remove("status");

        (await Apply(kubectl, rollout, deployment)).ShouldBe(
            "rollout.argoproj.io/web created deployment.apps/api created"
        );
        (await Apply(kubectl, rollout, deployment)).ShouldBe(
            "rollout.argoproj.io/web unchanged deployment.apps/api unchanged"
        );
        rollout["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "web:2";
        deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "api:2";
        (await Apply(kubectl, rollout, deployment)).ShouldBe(
            "rollout.argoproj.io/web configured deployment.apps/api configured"
        );

        foreach (
            var (type, name) in (ReadOnlySpan<(ResourceType, string)>)
                [(Resources.Rollout, "web"), (Resources.Deployment, "api")]
        )
        {
            var stored = store.Get(type, "shop", name)!;
            stored["metadata"]!["generation"]!.GetValue<int>().ShouldBe(2);
            stored["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.ToString().ShouldBe($"{name}:2");
        }
    }

    [Fact]
    public async Task Apply_with_an_unknown_field_is_refused_as_kubectl_asks_for_strict_validation()
    {
        using var kubectl = new Kubectl(server);
        var rollout = Manifests.Rollout("web");
        rollout["spec"]!["nosuch"] = 1;

        var (code, _, errors) = await kubectl.TryAsync(rollout.ToJsonString(), "apply", "-f", "-");

        code.ShouldBe(1);
        errors.ShouldContain("unknown field \"spec.nosuch\"");
    }

    [Fact]
    public async Task Delete_waits_until_it_is_gone()
    {
        store.Create(Resources.Namespace, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "shop" } });
        store.Create(Resources.Rollout, Manifests.Paused("web"));
        using var kubectl = new Kubectl(server);

        (await kubectl.RunAsync("delete", "rollout", "web")).ShouldContain("rollout.argoproj.io \"web\" deleted");
        var (code, _, errors) = await kubectl.TryAsync(null, "get", "rollout", "web");

        store.Get(Resources.Rollout, "shop", "web").ShouldBeNull();
        code.ShouldBe(1);
        errors.ShouldContain("Error from server (NotFound): rollouts.argoproj.io \"web\" not found");
    }

    [Fact]
    public async Task Get_prints_replica_sets_services_and_pods()
    {
        store.Create(
            Resources.ReplicaSet,
            Manifests.Object(
                Resources.ReplicaSet,
                "web-1",
                """{"replicas":2}""",
                """{"replicas":2,"readyReplicas":1}"""
            )
        );
        store.Create(
            Resources.Service,
            Manifests.Object(Resources.Service, "web-active", """{"clusterIP":"10.96.0.1","ports":[{"port":80}]}""")
        );
        store.Create(
            Resources.Pod,
            Manifests.Object(
                Resources.Pod,
                "web-1-a",
                """{"containers":[{"name":"web"}]}""",
                """{"phase":"Pending","containerStatuses":[{"name":"web","ready":false,"restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}"""
            )
        );
        using var kubectl = new Kubectl(server);

        var lines = await Lines(kubectl, "get", "rs,svc,pods");

        lines.ShouldContain("NAME DESIRED CURRENT READY AGE");
        lines.ShouldContain(line => line.StartsWith("replicaset.apps/web-1 2 2 1 "));
        lines.ShouldContain(line => line.StartsWith("service/web-active ClusterIP 10.96.0.1 <none> 80/TCP "));
        lines.ShouldContain(line => line.StartsWith("pod/web-1-a 0/1 CrashLoopBackOff 3 "));
    }

    [Fact]
    public async Task With_TLS_kubectl_sends_its_token_and_is_held_to_its_rights()
    {
        store.Create(Resources.Rollout, Manifests.Paused("web"));
        await using var secured = await ApiServer.StartAsync(
            store,
            new ApiServerOptions
            {
                UseTls = true,
                Tokens = new Dictionary<string, ApiUser> { ["secret"] = ApiUser.Observer("observer") },
            },
            Cancelled
        );
        using var kubectl = new Kubectl(secured, "secret");

        (await kubectl.RunAsync("get", "rollout", "web", "-o", "name")).Trim().ShouldBe("rollout.argoproj.io/web");
        var (code, _, errors) = await kubectl.TryAsync(null, "delete", "rollout", "web");

        code.ShouldBe(1);
        errors.ShouldContain(
            "rollouts.argoproj.io \"web\" is forbidden: User \"observer\" cannot delete resource \"rollouts\""
        );
    }

    private static async Task<string> Apply(Kubectl kubectl, params JsonObject[] manifests)
    {
        var list = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "List",
            ["items"] = new JsonArray([.. manifests.Select(manifest => manifest.DeepClone())]),
        };
        var (code, output, errors) = await kubectl.TryAsync(list.ToJsonString(), "apply", "-f", "-");
        code.ShouldBe(0, errors);
        errors.ShouldBe("");
        return OneSpaced(output);
    }

    private static async Task<string[]> Lines(Kubectl kubectl, params string[] arguments) =>
        [.. (await kubectl.RunAsync(arguments)).Split('\n').Select(OneSpaced)];

    private static string OneSpaced(string text) => Regex.Replace(text.Trim(), @"\s+", " ");
}
