namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>
/// What a request asks for, read from its method and path alone, before it is known whether such a resource exists:
/// authorization comes before that, as in a real API server.
/// </summary>
/// <param name="Verb">get, list, watch, create, update, patch, delete or deletecollection.</param>
/// <param name="Group">API group, empty for the core group.</param>
/// <param name="Version">API version.</param>
/// <param name="Resource">Plural name.</param>
/// <param name="Subresource">Such as <c>status</c>, or null.</param>
/// <param name="Namespace">Null for requests at the cluster scope.</param>
/// <param name="Name">Null for requests about a collection.</param>
internal sealed record RequestInfo(
    string Verb,
    string Group,
    string Version,
    string Resource,
    string? Subresource,
    string? Namespace,
    string? Name
)
{
    /// <summary>The resource as authorization rules name it: <c>rollouts</c>, <c>rollouts/status</c>.</summary>
    public string FullResource => Subresource is null ? Resource : $"{Resource}/{Subresource}";

    /// <summary>The resource with its group as in error messages: <c>rollouts.argoproj.io</c>.</summary>
    public string QualifiedResource => Group.Length == 0 ? Resource : $"{Resource}.{Group}";

    /// <summary>Reads a request; null if its path is not one of a resource (discovery, health, …).</summary>
    public static RequestInfo? From(HttpRequest request)
    {
        var parts = (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, version, rest) = parts switch
        {
            ["api", var v, .. var tail] => ("", v, tail),
            ["apis", var g, var v, .. var tail] => (g, v, tail),
            _ => ("", "", []),
        };
        return Split(rest) is { } found
            ? new RequestInfo(
                VerbOf(request, found.Name),
                group,
                version,
                found.Resource,
                found.Subresource,
                found.Namespace,
                found.Name
            )
            : null;
    }

    private static (string Resource, string? Subresource, string? Namespace, string? Name)? Split(string[] rest) =>
        rest switch
        {
            [] => null,
            ["namespaces"] => ("namespaces", null, null, null),
            ["namespaces", var name] => ("namespaces", null, name, name),
            ["namespaces", var name, "status" or "finalize"] => ("namespaces", rest[2], name, name),
            ["namespaces", var ns, var resource] => (resource, null, ns, null),
            ["namespaces", var ns, var resource, var name] => (resource, null, ns, name),
            ["namespaces", var ns, var resource, var name, .. var sub] => (resource, string.Join('/', sub), ns, name),
            [var resource] => (resource, null, null, null),
            [var resource, var name] => (resource, null, null, name),
            [var resource, var name, .. var sub] => (resource, string.Join('/', sub), null, name),
        };

    private static string VerbOf(HttpRequest request, string? name) =>
        request.Method switch
        {
            "GET" or "HEAD" => IsTrue(request.Query["watch"]) ? "watch"
            : name is null ? "list"
            : "get",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => name is null ? "deletecollection" : "delete",
            var other => other.ToLowerInvariant(),
        };

    /// <summary>A flag as the API server reads it: <c>watch</c>, <c>watch=1</c> and <c>watch=true</c> are the same.</summary>
    public static bool IsTrue(Microsoft.Extensions.Primitives.StringValues value) =>
        value.Count > 0 && value[0] is not ("0" or "false" or "False" or "f" or "F");
}
