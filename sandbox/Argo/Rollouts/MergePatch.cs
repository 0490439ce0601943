using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>
/// JSON merge patches (RFC 7386). The controller writes its status as the difference to what it had read, so that
/// what others wrote in the meantime stays: this is why a promote survives a status write that crosses it.
/// </summary>
internal static class MergePatch
{
    /// <summary>The patch that makes <paramref name="after"/> of <paramref name="before"/>; empty if they are equal.</summary>
    public static JsonObject Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (key, _) in before)
        {
            if (!after.ContainsKey(key))
            {
                patch[key] = null;
            }
        }

        foreach (var (key, value) in after)
        {
            if (JsonNode.DeepEquals(before[key], value))
            {
                continue;
            }

            patch[key] =
                before[key] is JsonObject oldChild && value is JsonObject newChild
                    ? Between(oldChild, newChild)
                    : value?.DeepClone();
        }

        return patch;
    }

    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            switch (value)
            {
                case null:
                    target.Remove(key);
                    break;
                case JsonObject child:
                    Apply(target.Ensure(key), child);
                    break;
                default:
                    target[key] = value.DeepClone();
                    break;
            }
        }
    }
}
