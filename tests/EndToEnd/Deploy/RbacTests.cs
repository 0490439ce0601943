using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

/// <summary>The rights of the service in a cluster, held to a list: whoever widens them must widen it here too.</summary>
public sealed class RbacTests
{
    private static readonly IReadOnlyList<JsonNode> Objects = YamlDocuments.ParseAll(
        RepositoryFiles.Read("deploy/kubernetes/rbac.yaml")
    );

    [Fact]
    public void The_rules_are_these_and_no_others() =>
        OfKind("ClusterRole")
            .SelectMany(role => role["rules"]!.AsArray().Select(rule => $"{NameOf(role)}: {Describe(rule!)}"))
            .ShouldBe([
                "devflow-observer: argoproj.io/rollouts,analysisruns get,list,watch",
                "devflow-observer: apps/replicasets get,list,watch",
                "devflow-observer: /services,pods get,list,watch",
                "devflow-observer-applications: argoproj.io/applications get,list,watch",
                "devflow-executor: argoproj.io/rollouts/status patch",
                "devflow-executor-undo: argoproj.io/rollouts patch",
            ]);

    [Fact]
    public void The_bindings_are_these_and_none_spans_the_cluster() =>
        OfKind("RoleBinding")
            .Select(DescribeBinding)
            .ShouldBe([
                "production: ClusterRole devflow-observer to devflow/devflow-observer",
                "production: ClusterRole devflow-executor to devflow/devflow-executor",
                "production: ClusterRole devflow-executor-undo to devflow/devflow-executor",
                "argocd: ClusterRole devflow-observer-applications to devflow/devflow-observer",
            ]);

    [Fact]
    public void There_is_nothing_else_in_it() =>
        Objects
            .Select(o => o["kind"]!.GetValue<string>())
            .Distinct()
            .ShouldBe(["Namespace", "ServiceAccount", "Secret", "ClusterRole", "RoleBinding"]);

    [Fact]
    public void Observer_and_executor_are_two_accounts_and_the_executors_token_is_not_handed_out()
    {
        var accounts = OfKind("ServiceAccount").ToDictionary(NameOf);

        accounts.Keys.ShouldBe(["devflow-observer", "devflow-executor"]);
        accounts["devflow-executor"]["automountServiceAccountToken"]!.GetValue<bool>().ShouldBeFalse();
        var token = OfKind("Secret").ShouldHaveSingleItem();
        token["type"]!.GetValue<string>().ShouldBe("kubernetes.io/service-account-token");
        token["data"].ShouldBeNull();
        token["stringData"].ShouldBeNull();
    }

    [Fact]
    public void Who_looks_cannot_change_and_who_changes_cannot_look()
    {
        VerbsOf("devflow-observer").ShouldBe(["get", "list", "watch"], ignoreOrder: true);
        VerbsOf("devflow-executor").ShouldBe(["patch"]);
    }

    [Fact]
    public void Each_rule_says_why_it_is_there()
    {
        var lines = RepositoryFiles.Read("deploy/kubernetes/rbac.yaml").Split('\n');
        var rules = Enumerable
            .Range(1, lines.Length - 1)
            .Where(i => lines[i].StartsWith("  - apiGroups:", StringComparison.Ordinal))
            .ToArray();

        rules.Length.ShouldBe(6);
        rules.ShouldAllBe(i => lines[i - 1].TrimStart().StartsWith('#'));
    }

    private static string[] VerbsOf(string account)
    {
        var roles = OfKind("RoleBinding")
            .Where(binding => Subject(binding) == account)
            .Select(binding => binding["roleRef"]!["name"]!.GetValue<string>())
            .ToArray();
        return
        [
            .. OfKind("ClusterRole")
                .Where(role => roles.Contains(NameOf(role)))
                .SelectMany(role => role["rules"]!.AsArray())
                .SelectMany(rule => Texts(rule!["verbs"]))
                .Distinct(),
        ];
    }

    private static string Describe(JsonNode rule)
    {
        rule.AsObject().Select(pair => pair.Key).ShouldBe(["apiGroups", "resources", "verbs"]);
        return $"{Join(rule["apiGroups"])}/{Join(rule["resources"])} {Join(rule["verbs"])}";
    }

    private static string DescribeBinding(JsonNode binding)
    {
        var subject = binding["subjects"]!.AsArray().ShouldHaveSingleItem()!;
        subject["kind"]!.GetValue<string>().ShouldBe("ServiceAccount");
        return $"{binding["metadata"]!["namespace"]}: {binding["roleRef"]!["kind"]} {binding["roleRef"]!["name"]}"
            + $" to {subject["namespace"]}/{subject["name"]}";
    }

    private static string Subject(JsonNode binding) => binding["subjects"]![0]!["name"]!.GetValue<string>();

    private static string NameOf(JsonNode o) => o["metadata"]!["name"]!.GetValue<string>();

    private static IEnumerable<JsonNode> OfKind(string kind) =>
        Objects.Where(o => o["kind"]!.GetValue<string>() == kind);

    private static string Join(JsonNode? list) => string.Join(',', Texts(list));

    private static IEnumerable<string> Texts(JsonNode? list) => list!.AsArray().Select(t => t!.GetValue<string>());
}
