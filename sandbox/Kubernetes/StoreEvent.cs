using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>One change of one object, as a watch tells it.</summary>
public sealed class StoreEvent
{
    internal StoreEvent(string type, StoredObject current, StoredObject? former)
    {
        Type = type;
        Current = current;
        Former = former;
    }

    /// <summary><c>ADDED</c>, <c>MODIFIED</c> or <c>DELETED</c>.</summary>
    public string Type { get; }

    /// <summary>The kind of the object.</summary>
    public ResourceType Resource => Current.Type;

    /// <summary>Namespace of the object, empty for objects of the cluster.</summary>
    public string Namespace => Current.Namespace;

    /// <summary>Name of the object.</summary>
    public string Name => Current.Name;

    /// <summary>The object after the change (for a deletion: as it was last); a fresh copy at each reading.</summary>
    public JsonObject Object => Current.ToNode();

    /// <summary>The store's version that this change made.</summary>
    public long ResourceVersion => Current.ResourceVersion;

    internal StoredObject Current { get; }

    /// <summary>The version before, which tells whether the object has come into or left a selector.</summary>
    internal StoredObject? Former { get; }
}
