using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>Makes the spec of an AnalysisRun of the templates that a Rollout names.</summary>
internal static class AnalysisTemplates
{
    /// <summary>
    /// Metrics of all templates, and arguments: those of the Rollout override the defaults of the templates. A template
    /// that is not there contributes one metric of its name, so that a sandbox needs no templates.
    /// </summary>
    public static JsonObject SpecFor(
        ObjectStore store,
        string ns,
        JsonObject analysis,
        string latestHash,
        string stableHash
    )
    {
        var metrics = new JsonArray();
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var reference in analysis["templates"] as JsonArray ?? [])
        {
            var name = reference.Text("templateName") ?? "";
            var template =
                reference.Flag("clusterScope") == true
                    ? store.Get(Resources.ClusterAnalysisTemplate, "", name)
                    : store.Get(Resources.AnalysisTemplate, ns, name);
            Take(template.At("spec", "args"), arguments, latestHash, stableHash);
            if (template.At("spec", "metrics") is JsonArray { Count: > 0 } known)
            {
                foreach (var metric in known)
                {
                    metrics.Add(metric?.DeepClone());
                }
            }
            else
            {
                metrics.Add(new JsonObject { ["name"] = name });
            }
        }

        Take(analysis["args"], arguments, latestHash, stableHash);
        return new JsonObject
        {
            ["metrics"] = metrics,
            ["args"] = new JsonArray([
                .. arguments
                    .OrderBy(argument => argument.Key, StringComparer.Ordinal)
                    .Select(argument => new JsonObject { ["name"] = argument.Key, ["value"] = argument.Value }),
            ]),
        };
    }

    private static void Take(JsonNode? from, Dictionary<string, string> into, string latestHash, string stableHash)
    {
        foreach (var argument in from as JsonArray ?? [])
        {
            var value = argument.Text("valueFrom", "podTemplateHashValue") switch
            {
                "Latest" => latestHash,
                "Stable" => stableHash,
                _ => argument.Text("value"),
            };
            if (argument.Text("name") is { } name && value is not null)
            {
                into[name] = value;
            }
        }
    }
}
