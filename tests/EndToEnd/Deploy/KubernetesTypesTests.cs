using k8s;
using k8s.KubeConfigModels;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

/// <summary>Read as the types of Kubernetes itself, where a misspelt or misplaced key is an error.</summary>
public sealed class KubernetesTypesTests
{
    public static TheoryData<string> Manifests =>
        [
            .. RepositoryFiles
                .YamlBelow("deploy")
                .Where(path => !path.EndsWith("kustomization.yaml", StringComparison.Ordinal))
                .Where(path => path is not ("deploy/slack-app.yaml" or "deploy/github-app.yaml")),
        ];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Every_object_is_one_that_kubernetes_knows(string path) =>
        KubernetesYaml
            .LoadAllFromString(RepositoryFiles.Read(path), strict: true)
            .Count.ShouldBe(YamlDocuments.ParseAll(RepositoryFiles.Read(path)).Count);

    [Fact]
    public void A_misspelt_key_is_noticed()
    {
        var misspelt = RepositoryFiles
            .Read("deploy/kubernetes/service.yaml")
            .Replace("readOnlyRootFilesystem", "readOnlyRootFileSystem", StringComparison.Ordinal);

        Should.Throw<Exception>(() => KubernetesYaml.LoadAllFromString(misspelt, strict: true));
    }

    [Fact]
    public void The_kubeconfig_of_the_executor_is_understood_by_the_client_of_the_service()
    {
        var parsed = KubernetesYaml.Deserialize<K8SConfiguration>(KubeconfigOfTheReadme(), strict: true);

        parsed.CurrentContext.ShouldBe("executor");
        var context = parsed.Contexts.ShouldHaveSingleItem();
        context.Name.ShouldBe(parsed.CurrentContext);
        context.ContextDetails.Cluster.ShouldBe(parsed.Clusters.ShouldHaveSingleItem().Name);
        context.ContextDetails.User.ShouldBe(parsed.Users.ShouldHaveSingleItem().Name);
        parsed.Users.Single().UserCredentials.Token.ShouldBe("$token");
    }

    private static string KubeconfigOfTheReadme()
    {
        const string indent = "\n   ";
        var readme = RepositoryFiles.Read("deploy/kubernetes/README.md");
        var start = readme.IndexOf("<<EOF", StringComparison.Ordinal) + "<<EOF".Length;
        var end = readme.IndexOf(indent + "EOF", start, StringComparison.Ordinal);
        return readme[start..end].Replace(indent, "\n", StringComparison.Ordinal);
    }
}
