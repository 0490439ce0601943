using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>Objects of one kind at one moment.</summary>
/// <param name="Items">Copies, ordered by namespace and name.</param>
/// <param name="ResourceVersion">The store's version at that moment; a watch from here misses nothing.</param>
public sealed record ListResult(IReadOnlyList<JsonObject> Items, long ResourceVersion);
