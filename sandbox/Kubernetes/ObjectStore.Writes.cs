using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>Reads and writes on the stored form, for the API server, which serves the bytes as they are.</summary>
public sealed partial class ObjectStore
{
    internal StoredObject? Find(ResourceType type, string ns, string name)
    {
        lock (gate)
        {
            return objects[type].TryGetValue(StoredObject.Probe(type, ns, name), out var stored) ? stored : null;
        }
    }

    internal StoreSnapshot Snapshot(ResourceType type)
    {
        lock (gate)
        {
            return new StoreSnapshot(type, objects[type], version);
        }
    }

    /// <summary>The oldest version that a watch may start from.</summary>
    internal long OldestVersion
    {
        get
        {
            lock (gate)
            {
                return hub.Oldest;
            }
        }
    }

    internal WatchSubscription Subscribe(ResourceType type, string? ns, long? from, out StoreSnapshot present)
    {
        lock (gate)
        {
            present = new StoreSnapshot(type, objects[type], version);
            var subscription = new WatchSubscription(this, type, ns, from ?? version);
            hub.Add(subscription, from);
            return subscription;
        }
    }

    internal void Unsubscribe(WatchSubscription subscription)
    {
        lock (gate)
        {
            hub.Remove(subscription);
        }
    }

    /// <summary>Takes <paramref name="item"/> over; a dry run stores nothing.</summary>
    internal StoredObject Insert(ResourceType type, JsonObject item, bool dryRun)
    {
        var metadata = JsonFields.Ensure(item, "metadata");
        if (string.IsNullOrEmpty(JsonFields.Text(metadata, "name")))
        {
            var prefix = JsonFields.Text(metadata, "generateName");
            ArgumentException.ThrowIfNullOrEmpty(prefix, "metadata.name");
            metadata["name"] = prefix + Guid.NewGuid().ToString("N")[..5];
        }

        if (!type.Namespaced)
        {
            metadata.Remove("namespace");
        }
        else
        {
            ArgumentException.ThrowIfNullOrEmpty(JsonFields.Text(metadata, "namespace"), "metadata.namespace");
        }

        item["apiVersion"] = type.ApiVersion;
        item["kind"] = type.Kind;
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = JsonFields.Time(clock.GetUtcNow());
        JsonFields.Put(metadata, "generation", type.HasGeneration ? 1 : null);
        lock (gate)
        {
            var created = StoredObject.From(type, item, version + 1);
            var set = objects[type];
            if (set.Contains(created))
            {
                throw new ObjectAlreadyExistsException(type, created.Name);
            }

            if (!dryRun)
            {
                objects[type] = set.Add(created);
                Commit("ADDED", created, null);
            }

            return created;
        }
    }

    internal StoredObject? Replace(
        ResourceType type,
        string ns,
        string name,
        Func<JsonObject, JsonObject?> change,
        bool dryRun
    )
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (gate)
        {
            if (Find(type, ns, name) is not { } current)
            {
                return null;
            }

            if (change(current.ToNode()) is not { } changed)
            {
                return current;
            }

            var before = current.ToNode();
            KeepIdentity(before, changed);
            if (JsonNode.DeepEquals(before, changed))
            {
                return current;
            }

            if (type.HasGeneration && IsDesiredStateChanged(type, before, changed))
            {
                var metadata = changed["metadata"]!.AsObject();
                metadata["generation"] = (metadata["generation"]?.GetValue<long>() ?? 0) + 1;
            }

            var updated = StoredObject.From(type, changed, version + 1);
            if (!dryRun)
            {
                objects[type] = objects[type].Remove(current).Add(updated);
                Commit("MODIFIED", updated, current);
            }

            return updated;
        }
    }

    /// <summary>Removes; <paramref name="check"/> may throw to refuse. Returns the last state, null if there was none.</summary>
    internal StoredObject? Remove(ResourceType type, string ns, string name, Action<JsonObject>? check, bool dryRun)
    {
        lock (gate)
        {
            if (Find(type, ns, name) is not { } current)
            {
                return null;
            }

            check?.Invoke(current.ToNode());
            if (dryRun)
            {
                return current;
            }

            // The deletion is a version of its own; the object that watches are told carries it.
            var last = StoredObject.From(type, current.ToNode(), version + 1);
            objects[type] = objects[type].Remove(current);
            Commit("DELETED", last, current);
            return last;
        }
    }

    private void Commit(string type, StoredObject current, StoredObject? former)
    {
        version = current.ResourceVersion;
        var change = new StoreEvent(type, current, former);
        hub.Publish(change);
        Changed?.Invoke(change);
    }

    private static void KeepIdentity(JsonObject before, JsonObject changed)
    {
        changed["apiVersion"] = before["apiVersion"]!.DeepClone();
        changed["kind"] = before["kind"]!.DeepClone();
        var metadata = JsonFields.Ensure(changed, "metadata");
        foreach (
            var field in (string[])
                ["name", "namespace", "uid", "creationTimestamp", "generation", "resourceVersion", "selfLink"]
        )
        {
            JsonFields.Put(metadata, field, before["metadata"]![field]?.DeepClone());
        }
    }

    /// <summary>
    /// Without a status subresource everything but metadata counts as desired state, as with a custom resource.
    /// </summary>
    private static bool IsDesiredStateChanged(ResourceType type, JsonObject before, JsonObject changed) =>
        before
            .Select(field => field.Key)
            .Union(changed.Select(field => field.Key))
            .Where(key => key != "metadata" && !(key == "status" && type.HasStatus))
            .Any(key => !JsonNode.DeepEquals(before[key], changed[key]));
}
