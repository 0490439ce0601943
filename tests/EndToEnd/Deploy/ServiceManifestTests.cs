using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

public sealed class ServiceManifestTests
{
    private static readonly IReadOnlyList<JsonNode> Objects = YamlDocuments.ParseAll(
        RepositoryFiles.Read("deploy/kubernetes/service.yaml")
    );

    private static JsonNode Pod => Single("Deployment")["spec"]!["template"]!["spec"]!;

    private static JsonNode Container => Pod["containers"]!.AsArray().ShouldHaveSingleItem()!;

    public static TheoryData<string> Manifests => [.. RepositoryFiles.YamlBelow("deploy")];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Every_manifest_parses(string path) =>
        YamlDocuments.ParseAll(RepositoryFiles.Read(path)).ShouldNotBeEmpty();

    [Fact]
    public void Every_object_says_what_it_is_and_all_live_in_one_namespace() =>
        Objects.ShouldAllBe(o =>
            o["apiVersion"] != null && o["kind"] != null && o["metadata"]!["namespace"]!.GetValue<string>() == "devflow"
        );

    [Fact]
    public void One_process_at_a_time_holds_the_embedded_store()
    {
        var spec = Single("Deployment")["spec"]!;

        spec["replicas"]!.GetValue<long>().ShouldBe(1);
        spec["strategy"]!["type"]!.GetValue<string>().ShouldBe("Recreate");
        Environment()["Devflow__Store"].ShouldStartWith("sqlite:");
    }

    [Theory]
    [InlineData("startupProbe", "/health/live")]
    [InlineData("livenessProbe", "/health/live")]
    [InlineData("readinessProbe", "/health/ready")]
    public void Probes_ask_the_health_endpoints(string probe, string path)
    {
        Container[probe]!["httpGet"]!["path"]!.GetValue<string>().ShouldBe(path);
        Container[probe]!["httpGet"]!["port"]!.GetValue<string>().ShouldBe("http");
    }

    [Fact]
    public void The_process_has_no_rights_on_its_node()
    {
        Pod["securityContext"]!["runAsNonRoot"]!.GetValue<bool>().ShouldBeTrue();
        Pod["securityContext"]!["seccompProfile"]!["type"]!.GetValue<string>().ShouldBe("RuntimeDefault");
        var context = Container["securityContext"]!;
        context["allowPrivilegeEscalation"]!.GetValue<bool>().ShouldBeFalse();
        context["readOnlyRootFilesystem"]!.GetValue<bool>().ShouldBeTrue();
        context["capabilities"]!["drop"]![0]!.GetValue<string>().ShouldBe("ALL");
    }

    [Fact]
    public void It_runs_as_the_observer_and_has_the_executor_as_a_file()
    {
        Pod["serviceAccountName"]!.GetValue<string>().ShouldBe("devflow-observer");
        var readme = RepositoryFiles.Read("deploy/kubernetes/README.md");

        readme.ShouldContain($"kubeconfig: {Mounts()["executor"]}/kubeconfig");
        readme.ShouldContain("create secret generic devflow-executor --from-file=kubeconfig=");
    }

    [Fact]
    public void What_is_mounted_is_there_and_what_is_there_is_mounted() =>
        Pod["volumes"]!
            .AsArray()
            .Select(volume => volume!["name"]!.GetValue<string>())
            .ShouldBe(Mounts().Keys, ignoreOrder: true);

    [Fact]
    public void No_secret_is_written_in_it() => Objects.ShouldAllBe(o => o["data"] == null && o["stringData"] == null);

    [Fact]
    public void The_service_leads_to_the_port_that_the_process_listens_on()
    {
        var port = Container["ports"]!.AsArray().ShouldHaveSingleItem()!;

        Environment()["ASPNETCORE_HTTP_PORTS"].ShouldBe(port["containerPort"]!.ToString());
        Single("Service")["spec"]!["ports"]![0]!["targetPort"]!
            .GetValue<string>()
            .ShouldBe(port["name"]!.GetValue<string>());
        JsonNode
            .DeepEquals(
                Single("Service")["spec"]!["selector"],
                Single("Deployment")["spec"]!["template"]!["metadata"]!["labels"]
            )
            .ShouldBeTrue();
    }

    private static Dictionary<string, string> Environment() =>
        Container["env"]!
            .AsArray()
            .ToDictionary(e => e!["name"]!.GetValue<string>(), e => e!["value"]!.GetValue<string>());

    private static Dictionary<string, string> Mounts() =>
        Container["volumeMounts"]!
            .AsArray()
            .ToDictionary(m => m!["name"]!.GetValue<string>(), m => m!["mountPath"]!.GetValue<string>());

    private static JsonNode Single(string kind) =>
        Objects.Where(o => o["kind"]!.GetValue<string>() == kind).ShouldHaveSingleItem();
}
