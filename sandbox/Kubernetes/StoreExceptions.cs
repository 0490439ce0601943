namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>An object of this kind, namespace and name is already there.</summary>
public sealed class ObjectAlreadyExistsException(ResourceType type, string name)
    : Exception($"{type} \"{name}\" already exists")
{
    /// <summary>Name of the object.</summary>
    public string Name { get; } = name;
}

/// <summary>The history that a watch asked for is gone; list again.</summary>
public sealed class ResourceVersionTooOldException(long requested, long oldest)
    : Exception($"too old resource version: {requested} ({oldest})")
{
    /// <summary>The version that was asked for.</summary>
    public long Requested { get; } = requested;

    /// <summary>The oldest version that a watch may start from.</summary>
    public long Oldest { get; } = oldest;
}
