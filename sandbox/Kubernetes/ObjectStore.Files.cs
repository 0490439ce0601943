using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>Saving and loading, so that the cluster goes on where it was.</summary>
public sealed partial class ObjectStore
{
    /// <summary>Writes everything to a file; the file is the old one or the new one, never half of it.</summary>
    public void SaveTo(string path)
    {
        StoreSnapshot[] all;
        long at;
        lock (gate)
        {
            all = [.. Resources.All.Select(type => new StoreSnapshot(type, objects[type], version))];
            at = version;
        }

        var temporary = path + ".tmp";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            using (var json = new Utf8JsonWriter(file))
            {
                json.WriteStartObject();
                json.WriteNumber("resourceVersion", at);
                json.WriteStartArray("objects");
                foreach (var stored in all.SelectMany(snapshot => snapshot.Objects))
                {
                    json.WriteRawValue(stored.Json, skipInputValidation: true);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>
    /// Takes the state of a saved file in place of its own. Versions go on rising from there; watches are ended, and
    /// one from before is answered <c>410 Expired</c>, for the history was not saved.
    /// </summary>
    /// <exception cref="InvalidDataException">It is no such file, or it speaks of kinds that are not known.</exception>
    public void LoadFrom(string path)
    {
        JsonObject saved;
        try
        {
            saved = JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw NotAStore(path, null);
        }
        catch (JsonException e)
        {
            throw NotAStore(path, e);
        }

        if (saved["resourceVersion"] is not JsonValue at || saved["objects"] is not JsonArray items)
        {
            throw NotAStore(path, null);
        }

        var loaded = items.Select(Parse).ToLookup(stored => stored.Type);
        lock (gate)
        {
            hub.CloseAll();
            foreach (var type in Resources.All)
            {
                objects[type] = objects[type].Clear().Union(loaded[type]);
            }

            version = Math.Max(version, at.GetValue<long>());
            hub.Forget(version);
        }
    }

    private static StoredObject Parse(JsonNode? node)
    {
        if (
            node is not JsonObject item
            || Resources.OfKind(JsonFields.Text(item, "apiVersion"), JsonFields.Text(item, "kind")) is not { } type
            || !long.TryParse(JsonFields.Text(JsonFields.Object(item, "metadata"), "resourceVersion"), out var version)
        )
        {
            throw new InvalidDataException("The saved cluster contains something that is no known object.");
        }

        return StoredObject.From(type, item, version);
    }

    private static InvalidDataException NotAStore(string path, Exception? cause) =>
        new($"{path} is not a saved cluster.", cause);
}
