using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>One request to an API server, with the words that its faults are told in.</summary>
/// <param name="Verb">The verb as RBAC names it: get, list, patch.</param>
/// <param name="Resource">The resource as RBAC names it, with its subresource.</param>
/// <param name="Namespace">Namespace of the resource.</param>
/// <param name="Path">Path and query below the server's address, without a leading slash.</param>
internal sealed record ApiRequest(string Verb, string Resource, string Namespace, string Path)
{
    /// <summary>The object asked for; empty for a list.</summary>
    public string Name { get; init; } = "";

    /// <summary>What is sent, for a patch.</summary>
    public string? Body { get; init; }

    /// <summary>The patch's media type.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>In which form the answer is wanted.</summary>
    public string Accept { get; init; } = "application/json";

    /// <summary>A change: without an answer it may have happened.</summary>
    public bool Changes => Body is not null;

    /// <summary>Reads one object of a namespace.</summary>
    public static ApiRequest Get(string api, string resource, string ns, string name) =>
        new("get", resource, ns, $"{api}/namespaces/{ns}/{resource}/{name}") { Name = name };

    /// <summary>Reads one page of the objects of a namespace that a label selector picks.</summary>
    public static ApiRequest List(string api, string resource, string ns, string selector, int limit, string next)
    {
        var path = $"{api}/namespaces/{ns}/{resource}?limit={limit}";
        path += selector.Length > 0 ? $"&labelSelector={Uri.EscapeDataString(selector)}" : "";
        path += next.Length > 0 ? $"&continue={Uri.EscapeDataString(next)}" : "";
        return new ApiRequest("list", resource, ns, path);
    }

    /// <summary>Follows the objects of a namespace from a version; the server ends it after this time.</summary>
    public static ApiRequest Watch(string api, string resource, string ns, string version, TimeSpan time) =>
        new(
            "watch",
            resource,
            ns,
            $"{api}/namespaces/{ns}/{resource}?watch=true&allowWatchBookmarks=true&resourceVersion={Uri.EscapeDataString(version)}"
                + $"&timeoutSeconds={(int)time.TotalSeconds}"
        );

    /// <summary>
    /// The same, with nothing of the objects but their metadata
    /// (https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches).
    /// </summary>
    public ApiRequest MetadataOnly() =>
        this with
        {
            Accept =
                $"application/json;as=PartialObjectMetadata{(Verb == "list" ? "List" : "")};g=meta.k8s.io;v=v1,application/json",
        };

    /// <summary>
    /// Why these names can be no part of a path, or nothing. Names come from hooks too: <c>..</c> would ask for
    /// something else.
    /// </summary>
    public static ClusterFault? Refuse(RolloutRef rollout) => Refuse("Rollout", rollout.Namespace, rollout.Name);

    /// <inheritdoc cref="Refuse(RolloutRef)"/>
    public static ClusterFault? Refuse(string kind, string ns, string name) =>
        IsName(ns) && IsName(name)
            ? null
            : new ClusterFault(ClusterFaultKind.Invalid, $"This is not a namespace and name of a {kind}.");

    // RFC 1123 subdomain, what Kubernetes allows for names of these kinds.
    private static bool IsName(string text) =>
        text.Length is > 0 and <= 253
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
        && !text.Contains("..", StringComparison.Ordinal);
}
