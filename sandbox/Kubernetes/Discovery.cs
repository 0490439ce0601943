using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>The documents that tell a client what is served: groups, versions, resources, the server's version.</summary>
internal static class Discovery
{
    private static readonly string[] Verbs =
    [
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "create",
        "update",
        "watch",
    ];

    private static readonly (string Group, string Version)[] Groups =
    [
        .. Resources.All.Where(type => type.Group.Length > 0).Select(type => (type.Group, type.Version)).Distinct(),
        ("authorization.k8s.io", "v1"),
    ];

    /// <summary>The document at a path, or null.</summary>
    public static JsonObject? At(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["version"] => Version(),
            ["api"] => new JsonObject { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") },
            ["api", "v1"] => ResourceList("", "v1"),
            ["apis"] => new JsonObject
            {
                ["kind"] = "APIGroupList",
                ["apiVersion"] = "v1",
                ["groups"] = new JsonArray([.. Groups.Select(group => Group(group.Group, group.Version, false))]),
            },
            ["apis", var group] when Groups.Any(known => known.Group == group) => Group(
                group,
                Groups.First(known => known.Group == group).Version,
                true
            ),
            ["apis", var group, var version] when Groups.Contains((group, version)) => ResourceList(group, version),
            _ => null,
        };

    private static JsonObject Version() =>
        new()
        {
            ["major"] = "1",
            ["minor"] = "34",
            ["emulationMajor"] = "1",
            ["emulationMinor"] = "34",
            ["minCompatibilityMajor"] = "1",
            ["minCompatibilityMinor"] = "33",
            ["gitVersion"] = "v1.34.9",
            ["gitCommit"] = "0000000000000000000000000000000000000000",
            ["gitTreeState"] = "clean",
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = "none: stand-in",
            ["compiler"] = "none",
            ["platform"] = "linux/amd64",
        };

    private static JsonObject Group(string group, string version, bool standalone)
    {
        JsonObject Named() => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };
        var node = new JsonObject();
        if (standalone)
        {
            node["kind"] = "APIGroup";
            node["apiVersion"] = "v1";
        }

        node["name"] = group;
        node["versions"] = new JsonArray(Named());
        node["preferredVersion"] = Named();
        return node;
    }

    private static JsonObject ResourceList(string group, string version)
    {
        var resources = new JsonArray();
        foreach (var type in Resources.All.Where(type => type.Group == group && type.Version == version))
        {
            resources.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["name"] = type.Plural,
                        ["singularName"] = type.Singular,
                        ["namespaced"] = type.Namespaced,
                        ["kind"] = type.Kind,
                        ["verbs"] = Strings(Verbs),
                        ["shortNames"] = Strings(type.ShortNames),
                    }
            );
            if (type.HasStatus)
            {
                resources.Add(
                    (JsonNode)
                        new JsonObject
                        {
                            ["name"] = $"{type.Plural}/status",
                            ["singularName"] = "",
                            ["namespaced"] = type.Namespaced,
                            ["kind"] = type.Kind,
                            ["verbs"] = Strings(["get", "patch", "update"]),
                        }
                );
            }

            if (type.HasScale)
            {
                resources.Add(
                    (JsonNode)
                        new JsonObject
                        {
                            ["name"] = $"{type.Plural}/scale",
                            ["singularName"] = "",
                            ["namespaced"] = type.Namespaced,
                            ["group"] = Scale.Type.Group,
                            ["version"] = Scale.Type.Version,
                            ["kind"] = Scale.Type.Kind,
                            ["verbs"] = Strings(["get", "patch", "update"]),
                        }
                );
            }
        }

        if (group == "authorization.k8s.io")
        {
            resources.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["name"] = "selfsubjectaccessreviews",
                        ["singularName"] = "selfsubjectaccessreview",
                        ["namespaced"] = false,
                        ["kind"] = "SelfSubjectAccessReview",
                        ["verbs"] = Strings(["create"]),
                    }
            );
        }

        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = resources,
        };
    }

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
