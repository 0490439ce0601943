using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>Pod templates: completing them with the API server's defaults, and their hash.</summary>
internal static class PodTemplate
{
    // The alphabet of Kubernetes' safe encoding: no vowels, nothing that reads like another character.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>
    /// Ten characters that are equal for equal templates, whatever the order of their keys and whether or not the
    /// defaults are spelled out. The real controller's algorithm gives other values; nothing depends on them.
    /// </summary>
    public static string HashOf(JsonObject template)
    {
        var canonical = new StringBuilder();
        Write(Normalised(template), canonical);
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString()));
        return string.Concat(digest.Take(10).Select(value => Alphabet[value % Alphabet.Length]));
    }

    /// <summary>
    /// The template as the controller writes it back on its first update of an object: containers with
    /// <c>resources</c>, ports with a protocol. That write is what raises the generation once more after an apply.
    /// </summary>
    public static JsonObject Normalised(JsonObject template)
    {
        var copy = template.DeepClone().AsObject();
        foreach (var container in copy.At("spec", "containers") as JsonArray ?? [])
        {
            if (container is not JsonObject known)
            {
                continue;
            }

            known.Ensure("resources");
            foreach (var port in (known["ports"] as JsonArray ?? []).OfType<JsonObject>())
            {
                port["protocol"] ??= "TCP";
            }
        }

        return copy;
    }

    private static void Write(JsonNode? node, StringBuilder text)
    {
        switch (node)
        {
            case JsonObject item:
                text.Append('{');
                foreach (var (key, value) in item.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    text.Append(key).Append(':');
                    Write(value, text);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonArray list:
                text.Append('[');
                foreach (var value in list)
                {
                    Write(value, text);
                    text.Append(',');
                }

                text.Append(']');
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }
}
