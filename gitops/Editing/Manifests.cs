using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>
/// Kubernetes objects with pods in them: each container and init container, also of the objects of a List. Objects that
/// have a chart's values in them (Flux's HelmRelease, Argo CD's Application) are searched there.
/// </summary>
internal static class Manifests
{
    public static bool IsManifest(YamlMapping root) =>
        root.Text("apiVersion") is not null && root.Text("kind") is not null;

    public static void Search(YamlMapping manifest, ImageSearch search) =>
        Search(manifest, manifest.Text("kind") ?? "", search);

    private static void Search(YamlMapping manifest, string kind, ImageSearch search)
    {
        if (kind.EndsWith("List", StringComparison.Ordinal) && manifest["items"] is YamlSequence items)
        {
            foreach (var item in items.Items.OfType<YamlMapping>())
            {
                // The items of a DeploymentList need not say what they are.
                Search(item, item.Text("kind") ?? kind[..^"List".Length], search);
            }

            return;
        }

        SearchValues(manifest, kind, search);
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
                search.Reference(
                    new YamlSlot(container, "image"),
                    image,
                    $"{kind} {name}, container {container.Text("name")}"
                );
            }
        }
    }

    private static void SearchValues(YamlMapping manifest, string kind, ImageSearch search)
    {
        if (kind == "HelmRelease" && Inner(manifest, "spec", "values") is { } values)
        {
            HelmValues.Search(values, "spec.values", search);
        }
        else if (kind == "Application")
        {
            if (Inner(manifest, "spec", "source", "helm", "valuesObject") is { } one)
            {
                HelmValues.Search(one, "spec.source.helm.valuesObject", search);
            }

            var sources = (Inner(manifest, "spec")?["sources"] as YamlSequence)?.Items ?? [];
            for (var i = 0; i < sources.Count; i++)
            {
                if (sources[i] is YamlMapping source && Inner(source, "helm", "valuesObject") is { } several)
                {
                    HelmValues.Search(several, $"spec.sources[{i}].helm.valuesObject", search);
                }
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
