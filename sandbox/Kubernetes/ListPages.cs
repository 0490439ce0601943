using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>
/// The lists that are being read page by page: every page is of the version of the first. Snapshots share what they
/// have in common, so keeping some costs little; the oldest go first, and their tokens expire.
/// </summary>
internal sealed class ListPages
{
    private const int Kept = 64;

    private readonly Lock gate = new();
    private readonly Dictionary<(ResourceType, long), StoreSnapshot> snapshots = [];
    private readonly Queue<(ResourceType, long)> order = new();

    /// <summary>Keeps the list and makes the token of its next page, in the form of a real one.</summary>
    public string Keep(StoreSnapshot snapshot, StoredObject last)
    {
        var key = (snapshot.Type, snapshot.ResourceVersion);
        lock (gate)
        {
            if (snapshots.TryAdd(key, snapshot))
            {
                order.Enqueue(key);
                if (order.Count > Kept)
                {
                    snapshots.Remove(order.Dequeue());
                }
            }
        }

        var token = new JsonObject
        {
            ["v"] = "meta.k8s.io/v1",
            ["rv"] = snapshot.ResourceVersion,
            ["start"] = $"/{last.Namespace}/{last.Name}\0",
        };
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token.ToJsonString()));
    }

    /// <summary>The list of a token, and after which object it goes on.</summary>
    /// <exception cref="ApiException">400: no token of this server; 410: the list is too old.</exception>
    public (StoreSnapshot Snapshot, (string Namespace, string Name)? After) Resume(
        ObjectStore store,
        ResourceType type,
        string token
    )
    {
        var (version, ns, name) = Read(token);
        var snapshot = Find(store, type, version) ?? throw ApiErrors.ContinueExpired();
        return (snapshot, (ns, name));
    }

    /// <summary>The list as it was at a version, if it is still known and not compacted away.</summary>
    public StoreSnapshot? Find(ObjectStore store, ResourceType type, long version)
    {
        if (version < store.OldestVersion)
        {
            return null;
        }

        lock (gate)
        {
            return snapshots.GetValueOrDefault((type, version));
        }
    }

    private static (long Version, string Namespace, string Name) Read(string token)
    {
        try
        {
            var node = JsonNode.Parse(Base64Url.DecodeFromChars(token)) as JsonObject;
            if (
                node?["rv"] is JsonValue rv
                && rv.TryGetValue<long>(out var version)
                && JsonFields.Text(node, "start")?.TrimEnd('\0').Split('/') is ["", var ns, var name]
            )
            {
                return (version, ns, name);
            }
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw Invalid();
        }

        throw Invalid();
    }

    private static ApiException Invalid() => ApiErrors.BadRequest("continue key is not valid");
}
