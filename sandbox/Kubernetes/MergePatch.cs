using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>JSON merge patch (RFC 7396) and, for built-in kinds, the common part of Kubernetes' strategic merge.</summary>
internal static class MergePatch
{
    /// <summary>Lists that a strategic merge merges by a key of their items instead of replacing them.</summary>
    private static readonly Dictionary<string, string> MergeKeys = new(StringComparer.Ordinal)
    {
        ["containers"] = "name",
        ["initContainers"] = "name",
        ["volumes"] = "name",
        ["env"] = "name",
        ["volumeMounts"] = "mountPath",
        ["conditions"] = "type",
        ["ownerReferences"] = "uid",
        ["imagePullSecrets"] = "name",
        ["hostAliases"] = "ip",
    };

    /// <summary>Applies <paramref name="patch"/> to <paramref name="target"/> in place; null removes a field.</summary>
    public static void Apply(JsonObject target, JsonObject patch, bool strategic = false)
    {
        foreach (var (name, value) in patch)
        {
            if (strategic && name.StartsWith('$'))
            {
                continue;
            }

            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject inner when strategic && JsonFields.Text(inner, "$patch") == "replace":
                    target[name] = Cleaned(inner);
                    break;
                case JsonObject inner:
                    Apply(JsonFields.Ensure(target, name), inner, strategic);
                    break;
                case JsonArray items when strategic && KeyOf(name, target[name] as JsonArray, items) is { } key:
                    target[name] = MergeItems(target[name] as JsonArray ?? [], items, key);
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }
    }

    /// <summary>Ports are told apart by different fields in a Service and in a container.</summary>
    private static string? KeyOf(string name, JsonArray? present, JsonArray items)
    {
        var key =
            name == "ports"
                ? (items.Concat(present ?? []).All(p => p?["containerPort"] is not null) ? "containerPort" : "port")
                : MergeKeys.GetValueOrDefault(name);
        return key is not null && items.All(item => item is JsonObject o && o[key] is not null) ? key : null;
    }

    private static JsonArray MergeItems(JsonArray present, JsonArray patch, string key)
    {
        var merged = (JsonArray)present.DeepClone();
        foreach (var change in patch.OfType<JsonObject>())
        {
            var found = merged.OfType<JsonObject>().FirstOrDefault(item => JsonNode.DeepEquals(item[key], change[key]));
            if (JsonFields.Text(change, "$patch") == "delete")
            {
                merged.Remove(found);
            }
            else if (found is null)
            {
                merged.Add((JsonNode)Cleaned(change));
            }
            else
            {
                Apply(found, change, strategic: true);
            }
        }

        return merged;
    }

    /// <summary>Without nulls and without directives: nothing is there yet that they could remove.</summary>
    private static JsonObject Cleaned(JsonObject patch)
    {
        var made = new JsonObject();
        Apply(made, patch, strategic: true);
        return made;
    }
}
