using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>Kubernetes objects with pods in them: each container and init container, also of the objects of a List.</summary>
internal static class Manifests
{
    public static bool IsManifest(YamlMapping root) =>
        root.Text("apiVersion") is not null && root.Text("kind") is not null;

    public static void Search(YamlMapping manifest, ImageSearch search)
    {
        if (manifest.Text("kind") is "List")
        {
            foreach (var item in (manifest["items"] as YamlSequence)?.Items.OfType<YamlMapping>() ?? [])
            {
                Search(item, search);
            }

            return;
        }

        var kind = manifest.Text("kind");
        var pod = kind switch
        {
            "Pod" => Inner(manifest, "spec"),
            "CronJob" => Inner(manifest, "spec", "jobTemplate", "spec", "template", "spec"),
            "Rollout" or "Deployment" or "StatefulSet" or "DaemonSet" or "ReplicaSet" or "Job" => Inner(
                manifest,
                "spec",
                "template",
                "spec"
            ),
            _ => null,
        };
        var name = Inner(manifest, "metadata")?.Text("name") ?? "";
        foreach (var container in Containers(pod, "initContainers").Concat(Containers(pod, "containers")))
        {
            if (container["image"] is YamlScalar image)
            {
                search.Reference(image, $"{kind} {name}, container {container.Text("name")}");
            }
        }
    }

    private static IEnumerable<YamlMapping> Containers(YamlMapping? pod, string key) =>
        (pod?[key] as YamlSequence)?.Items.OfType<YamlMapping>() ?? [];

    private static YamlMapping? Inner(YamlMapping root, params ReadOnlySpan<string> keys)
    {
        YamlMapping? inner = root;
        foreach (var key in keys)
        {
            inner = inner?[key] as YamlMapping;
        }

        return inner;
    }
}
