using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>
/// One version of one object, kept as the JSON that is served. Bytes cannot be changed by those who read them, cost
/// nothing to hand out, and are read by many threads at once; a <see cref="JsonObject"/> is none of that.
/// </summary>
internal sealed class StoredObject
{
    private Dictionary<string, string>? labels;

    private StoredObject(ResourceType type, string ns, string name, long resourceVersion, byte[] json)
    {
        Type = type;
        Namespace = ns;
        Name = name;
        ResourceVersion = resourceVersion;
        Json = json;
    }

    public ResourceType Type { get; }

    /// <summary>Empty for objects of the cluster.</summary>
    public string Namespace { get; }

    public string Name { get; }

    public long ResourceVersion { get; }

    public byte[] Json { get; }

    /// <summary>The JSON after <c>{"apiVersion":…,"kind":…,</c>, which always comes first.</summary>
    public ReadOnlySpan<byte> JsonWithoutType =>
        Json.AsSpan("{\"apiVersion\":\"\",\"kind\":\"\",".Length + Type.ApiVersion.Length + Type.Kind.Length);

    /// <summary>The labels, read once and kept, for selectors are tried against every object of a list.</summary>
    public IReadOnlyDictionary<string, string> Labels => labels ??= ReadLabels();

    /// <summary>A copy of its own for whoever asks.</summary>
    public JsonObject ToNode() => JsonNode.Parse(Json)!.AsObject();

    /// <summary>Freezes <paramref name="node"/>; its metadata must be complete.</summary>
    public static StoredObject From(ResourceType type, JsonObject node, long resourceVersion)
    {
        var metadata = node["metadata"]!.AsObject();
        metadata["resourceVersion"] = JsonFields.Number(resourceVersion);
        node.Remove("apiVersion");
        node.Remove("kind");
        node.Insert(0, "apiVersion", type.ApiVersion);
        node.Insert(1, "kind", type.Kind);
        return new StoredObject(
            type,
            JsonFields.Text(metadata, "namespace") ?? "",
            JsonFields.Text(metadata, "name")!,
            resourceVersion,
            JsonSerializer.SerializeToUtf8Bytes(node, JsonFields.Plain)
        );
    }

    /// <summary>A stand-in for seeking in a sorted set.</summary>
    public static StoredObject Probe(ResourceType type, string ns, string name) => new(type, ns, name, 0, []);

    private Dictionary<string, string> ReadLabels()
    {
        using var document = JsonDocument.Parse(Json);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (
            document.RootElement.GetProperty("metadata").TryGetProperty("labels", out var all)
            && all.ValueKind == JsonValueKind.Object
        )
        {
            foreach (var label in all.EnumerateObject())
            {
                found[label.Name] = label.Value.ValueKind == JsonValueKind.String ? label.Value.GetString()! : "";
            }
        }

        return found;
    }

    /// <summary>Order of a list: namespace, then name, by code point, as etcd's keys are.</summary>
    public sealed class KeyOrder : IComparer<StoredObject>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare(StoredObject? x, StoredObject? y)
        {
            var byNamespace = string.CompareOrdinal(x!.Namespace, y!.Namespace);
            return byNamespace != 0 ? byNamespace : string.CompareOrdinal(x.Name, y.Name);
        }
    }
}
