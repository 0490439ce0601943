using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Functions.Kubernetes;

/// <summary>From the catalog and its kubeconfigs to a cluster.</summary>
public sealed class ConnectionTests
{
    private static readonly RolloutPatch Abort = new RolloutPatch.Abort("u", "41", new PodHash("bbb"));
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task<OddServer> ServerAsync(X509Certificate2? certificate = null) =>
        OddServer.StartAsync(OddServer.Says(200, Objects.Rollout().ToJsonString()), certificate);

    [Fact]
    public async Task A_cluster_that_the_catalog_does_not_know_is_named()
    {
        using var clusters = new Clusters();

        var why = (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Why();

        why.ShouldBe(new ClusterFault(ClusterFaultKind.Misconfigured, "The catalog has no cluster 'prod'."));
    }

    [Theory]
    [InlineData("users: [", "is not a kubeconfig: line 2")]
    [InlineData("users: [{ name: u, user: { token: the-secret-token }\nkind: Config", "is not a kubeconfig: line 1")]
    [InlineData("", "is not a kubeconfig: it is empty")]
    [InlineData("just text the-secret-token", "is not a kubeconfig")]
    [InlineData("users: the-secret-token", "is not a kubeconfig")]
    [InlineData("kind: Config", "has no current-context")]
    [InlineData("current-context: main", "has no context 'main'")]
    [InlineData("{ current-context: main, contexts: [null] }", "has no context 'main'")]
    [InlineData(
        "{ current-context: m, contexts: [{ name: m, context: { cluster: c, user: u } }], clusters: [null] }",
        "has no cluster for its context 'm'"
    )]
    [InlineData(
        "{ current-context: m, contexts: [{ name: m, context: { cluster: c, user: u } }], clusters: [{ name: c, cluster: { server: 'http://localhost' } }], users: [null] }",
        "has no user with credentials"
    )]
    [InlineData(
        "{ current-context: m, contexts: [{ name: m, context: { cluster: c, user: u } }], clusters: [{ name: c, cluster: { server: 'https://localhost', certificate-authority: \"a\\0b\" } }], users: [{ name: u, user: { token: the-secret-token } }] }",
        "cannot be used (ArgumentException)"
    )]
    [InlineData(
        "{ current-context: main, contexts: [{ name: main, context: { cluster: c, user: u } }] }",
        "has no cluster for its context 'main'"
    )]
    [InlineData(
        "{ current-context: m, contexts: [{ name: m, context: { cluster: c, user: u } }], clusters: [{ name: c, cluster: { server: 'the-secret-token' } }] }",
        "has no usable server address"
    )]
    [InlineData(
        "{ current-context: m, contexts: [{ name: m, context: { cluster: c, user: u } }], clusters: [{ name: c, cluster: { server: 'http://localhost' } }] }",
        "has no user with credentials"
    )]
    [InlineData(
        "{ current-context: m, contexts: [{ name: m, context: { cluster: c, user: u } }], clusters: [{ name: c, cluster: { server: 'http://localhost' } }], users: [{ name: u, user: { token: the-secret-token, as: root } }] }",
        "asks to impersonate"
    )]
    [InlineData(
        "{ current-context: m, contexts: [{ name: m, context: { cluster: c, user: u } }], clusters: [{ name: c, cluster: { server: 'https://localhost' } }], users: [{ name: u, user: { client-certificate-data: the-secret-token, client-key-data: the-secret-token } }] }",
        "has a certificate or key"
    )]
    [InlineData(
        "{ current-context: m, contexts: [{ name: m, context: { cluster: c, user: u } }], clusters: [{ name: c, cluster: { server: 'https://localhost', certificate-authority: missing.crt } }], users: [{ name: u, user: { token: the-secret-token } }] }",
        "names a certificate or key file that cannot be read"
    )]
    [InlineData(
        "{ current-context: m, contexts: [{ name: m, context: { cluster: c, user: u } }], clusters: [{ name: c, cluster: { server: 'http://localhost' } }], users: [{ name: u, user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: /no/such/program, env: [{ name: A, value: the-secret-token }] } } }] }",
        "has a credential program (exec) that did not give credentials"
    )]
    public async Task A_kubeconfig_that_leads_nowhere_is_told_with_its_path_and_without_its_values(
        string text,
        string reason
    )
    {
        using var clusters = new Clusters();
        clusters.Catalog = Clusters.Of(new Cluster("prod", clusters.WriteText("broken", text)));

        var why = (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Why();
        await clusters.Rollouts.ObserveAsync(Clusters.Shop, null, Stop);
        var patch = await clusters.Rollouts.PatchAsync(Clusters.Shop, Abort, Stop);

        why.Kind.ShouldBe(ClusterFaultKind.Misconfigured);
        why.Message.ShouldStartWith($"Cluster 'prod': the kubeconfig {clusters.PathOf("broken")} {reason}");
        patch.Kind().ShouldBe(ClusterFaultKind.Misconfigured);
        clusters.ConnectionLog.Lines.ShouldBe([$"Error: {why.Message}"]);
    }

    [Fact]
    public async Task A_kubeconfig_with_any_one_character_lost_or_cut_off_anywhere_is_told_or_used()
    {
        using var clusters = new Clusters();
        var whole = await File.ReadAllTextAsync(clusters.Kubeconfig("whole", new Uri("http://localhost/")).Path, Stop);
        var damaged = Enumerable
            .Range(0, whole.Length)
            .SelectMany(at => new[] { whole[..at], whole.Remove(at, 1) })
            .Distinct();
        foreach (var text in damaged)
        {
            clusters.Catalog = Clusters.Of(new Cluster("prod", clusters.WriteText("damaged", text)));

            var answer = await clusters.Connections.FindAsync("prod", toPatch: false, Stop);

            (answer.Connection is null).ShouldBe(answer.Fault?.Kind == ClusterFaultKind.Misconfigured, text);
        }
    }

    [Fact]
    public async Task A_missing_kubeconfig_is_told_and_used_as_soon_as_it_is_there()
    {
        await using var server = await ServerAsync();
        using var clusters = new Clusters();
        clusters.Catalog = Clusters.Of(new Cluster("prod", new ClusterAccess.Kubeconfig(clusters.PathOf("later"))));

        (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop))
            .Why()
            .Message.ShouldBe($"Cluster 'prod': the kubeconfig {clusters.PathOf("later")} does not exist.");
        clusters.Kubeconfig("later", server.Address);

        (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Value();
    }

    [Fact]
    public async Task The_catalogs_context_goes_before_the_files_and_must_exist()
    {
        await using var server = await ServerAsync();
        using var clusters = new Clusters();
        var file = clusters.Kubeconfig("prod", server.Address);
        clusters.Catalog = Clusters.Of(new Cluster("prod", file with { Context = "other" }));

        var why = (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Why();

        why.Message.ShouldEndWith("has no context 'other'.");
        clusters.Catalog = Clusters.Of(new Cluster("prod", file with { Context = "main" }));
        (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Value();
    }

    [Fact]
    public async Task Outside_a_Pod_there_is_no_service_account()
    {
        using var clusters = new Clusters();
        clusters.Catalog = Clusters.Of(new Cluster("prod", new ClusterAccess.InCluster()));

        var why = (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Why();

        why.Kind.ShouldBe(ClusterFaultKind.Misconfigured);
        why.Message.ShouldStartWith("Cluster 'prod': the Pod's service account is asked for");
    }

    [Fact]
    public async Task Patches_go_out_as_the_executor_and_reads_as_the_observer()
    {
        await using var server = await ServerAsync();
        using var clusters = new Clusters();
        clusters.Catalog = Clusters.Of(
            new Cluster(
                "prod",
                clusters.Kubeconfig("observer", server.Address, "observer-token"),
                clusters.Kubeconfig("executor", server.Address, "executor-token")
            )
        );

        await clusters.Rollouts.FindAsync(Clusters.Shop, Stop);
        await clusters.Rollouts.PatchAsync(Clusters.Shop, Abort, Stop);

        server
            .Requests.Select(request => (request.Method, request.Authorization))
            .ShouldBe([("GET", "Bearer observer-token"), ("PATCH", "Bearer executor-token")]);
    }

    [Fact]
    public async Task A_connection_is_kept_until_its_kubeconfig_changes()
    {
        await using var before = await ServerAsync();
        await using var after = await ServerAsync();
        using var clusters = Clusters.At(before.Address);

        await clusters.Rollouts.FindAsync(Clusters.Shop, Stop);
        await clusters.Rollouts.FindAsync(Clusters.Shop, Stop);
        before.Requests.Select(request => request.Connection).Distinct().Count().ShouldBe(1);
        clusters.ConnectionLog.Lines.Count.ShouldBe(1);

        clusters.Kubeconfig("prod", after.Address, "new-token");
        await clusters.Rollouts.FindAsync(Clusters.Shop, Stop);

        before.Requests.Count.ShouldBe(2);
        after.Requests.ShouldHaveSingleItem().Authorization.ShouldBe("Bearer new-token");
    }

    [Fact]
    public async Task A_kubeconfig_behind_links_as_Kubernetes_mounts_it_is_seen_to_change()
    {
        await using var before = await ServerAsync();
        await using var after = await ServerAsync();
        using var clusters = new Clusters();
        clusters.Kubeconfig("first", before.Address);
        clusters.Kubeconfig("second", after.Address);
        File.CreateSymbolicLink(clusters.PathOf("data"), "first");
        File.CreateSymbolicLink(clusters.PathOf("kubeconfig"), "data");
        clusters.Catalog = Clusters.Of(
            new Cluster("prod", new ClusterAccess.Kubeconfig(clusters.PathOf("kubeconfig")))
        );
        await clusters.Rollouts.FindAsync(Clusters.Shop, Stop);

        File.CreateSymbolicLink(clusters.PathOf("data-new"), "second");
        File.Move(clusters.PathOf("data-new"), clusters.PathOf("data"), overwrite: true);
        await clusters.Rollouts.FindAsync(Clusters.Shop, Stop);

        (before.Requests.Count, after.Requests.Count).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_catalog_that_moves_the_cluster_is_followed_while_requests_are_under_way()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var before = await OddServer.StartAsync(
            async (http, _) =>
            {
                asked.SetResult();
                await answer.Task;
                await OddServer.Say(http, 200, Objects.Rollout(resourceVersion: "1").ToJsonString());
            }
        );
        await using var after = await ServerAsync();
        using var clusters = Clusters.At(before.Address);
        var first = clusters.Rollouts.FindAsync(Clusters.Shop, Stop);
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);

        clusters.Catalog = Clusters.Of(new Cluster("prod", clusters.Kubeconfig("moved", after.Address)));
        var second = (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Value();
        answer.SetResult();

        second.ResourceVersion.ShouldBe("41");
        (await first).Value().ResourceVersion.ShouldBe("1");
    }

    [Fact]
    public async Task A_token_file_is_read_again_for_each_request()
    {
        await using var server = await ServerAsync();
        using var clusters = new Clusters();
        File.WriteAllText(clusters.PathOf("token"), "one\n");
        clusters.Catalog = Clusters.Of(
            new Cluster("prod", clusters.Write("prod", server.Address, "{ tokenFile: token }"))
        );

        await clusters.Rollouts.FindAsync(Clusters.Shop, Stop);
        File.WriteAllText(clusters.PathOf("token"), "two\n");
        await clusters.Rollouts.FindAsync(Clusters.Shop, Stop);
        File.Delete(clusters.PathOf("token"));
        var why = (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Why();

        server.Requests.Select(request => request.Authorization).ShouldBe(["Bearer one", "Bearer two"]);
        why.Kind.ShouldBe(ClusterFaultKind.Misconfigured);
        why.Message.ShouldContain("token file");
    }

    [Fact]
    public async Task A_credential_program_is_run_again_when_its_token_is_refused()
    {
        await using var server = await OddServer.StartAsync(
            (http, seen) =>
                seen.Authorization == "Bearer one"
                    ? OddServer.Say(http, 401, Objects.Status(401, "Unauthorized", "Unauthorized"))
                    : OddServer.Say(http, 200, Objects.Rollout().ToJsonString())
        );
        using var clusters = new Clusters();
        void TokenIs(string token) =>
            File.WriteAllText(
                clusters.PathOf("credential"),
                $$"""{ "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": { "token": "{{token}}" } }"""
            );
        TokenIs("one");
        clusters.Catalog = Clusters.Of(
            new Cluster(
                "prod",
                clusters.Write(
                    "prod",
                    server.Address,
                    $"{{ exec: {{ apiVersion: client.authentication.k8s.io/v1, command: cat, args: [{clusters.PathOf("credential")}] }} }}"
                )
            )
        );

        var refused = await clusters.Rollouts.FindAsync(Clusters.Shop, Stop);
        TokenIs("two");

        refused.Kind().ShouldBe(ClusterFaultKind.Unauthorized);
        (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Value();
    }

    [Fact]
    public async Task A_user_without_credentials_is_anonymous()
    {
        await using var server = await ServerAsync();
        using var clusters = new Clusters();
        clusters.Catalog = Clusters.Of(new Cluster("prod", clusters.Write("prod", server.Address, "{}")));

        (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Value();

        server.Requests.ShouldHaveSingleItem().Authorization.ShouldBeNull();
    }

    [Fact]
    public async Task TLS_checks_the_authority_and_the_name()
    {
        using var right = Certificate(IPAddress.Loopback.ToString());
        using var wrongName = Certificate("somewhere.else");
        await using var good = await ServerAsync(right);
        await using var bad = await ServerAsync(wrongName);
        using var clusters = new Clusters();
        const string user = $"{{ token: {Clusters.Token} }}";

        async Task<ClusterAnswer<RolloutView>> Ask(OddServer server, string cluster)
        {
            clusters.Catalog = Clusters.Of(new Cluster("prod", clusters.Write("tls", server.Address, user, cluster)));
            return await clusters.Rollouts.FindAsync(Clusters.Shop, Stop);
        }

        (await Ask(good, Authority(right))).Value();
        (await Ask(good, "")).Kind().ShouldBe(ClusterFaultKind.Unavailable);
        (await Ask(good, Authority(wrongName))).Kind().ShouldBe(ClusterFaultKind.Unavailable);
        var misnamed = (await Ask(bad, Authority(wrongName))).Why();
        misnamed.Kind.ShouldBe(ClusterFaultKind.Unavailable);
        misnamed.Message.ShouldContain("not trusted");
        (await Ask(bad, $"{Authority(wrongName)}, tls-server-name: somewhere.else")).Value();
        (await Ask(bad, ", insecure-skip-tls-verify: true")).Value();
        clusters.ConnectionLog.Lines.ShouldContain(line => line.Contains("TLS verification off"));
    }

    private static string Authority(X509Certificate2 certificate) =>
        $", certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()))}";

    private static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
