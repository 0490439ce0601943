using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>One column of what <c>kubectl get</c> prints.</summary>
/// <param name="Priority">Above 0: shown with <c>-o wide</c> only.</param>
internal sealed record TableColumn(
    string Name,
    string Type,
    string Description,
    Func<JsonObject, DateTimeOffset, JsonNode?> Cell,
    int Priority = 0
)
{
    public JsonObject Definition() =>
        new()
        {
            ["name"] = Name,
            ["type"] = Type,
            ["format"] = Name == "Name" ? "name" : "",
            ["description"] = Description,
            ["priority"] = Priority,
        };
}

/// <summary>The columns of each kind: those of the CustomResourceDefinition, or of the API server's own printers.</summary>
internal static class TableColumns
{
    private static readonly TableColumn Name = new(
        "Name",
        "string",
        "Name must be unique within a namespace. Is required when creating resources, although some resources may allow "
            + "a client to request the generation of an appropriate name automatically. Name is primarily intended for "
            + "creation idempotence and configuration definition. Cannot be updated. More info: "
            + "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names",
        (item, _) => CellText.At(item, "metadata.name")
    );

    private static readonly Dictionary<string, IReadOnlyList<TableColumn>> ByKind = new(StringComparer.Ordinal)
    {
        ["Rollout"] =
        [
            Name,
            Number("Desired", "spec.replicas", "Number of desired pods"),
            Number("Current", "status.replicas", "Total number of non-terminated pods targeted by this rollout"),
            Number(
                "Up-to-date",
                "status.updatedReplicas",
                "Total number of non-terminated pods targeted by this rollout that have the desired template spec"
            ),
            Number(
                "Available",
                "status.availableReplicas",
                "Total number of available pods (ready for at least minReadySeconds) targeted by this rollout"
            ),
            Age("Time since resource was created"),
        ],
        ["Scale"] =
        [
            Name,
            Number("Desired", "spec.replicas", "Number of desired replicas"),
            Number("Available", "status.replicas", "Number of actual replicas"),
            Age("Time since resource was created"),
        ],
        ["AnalysisRun"] =
        [
            Name,
            Text("Status", "status.phase", "AnalysisRun status"),
            Age("Time since resource was created"),
        ],
        ["Experiment"] =
        [
            Name,
            Text("Status", "status.phase", "Experiment status"),
            Age("Time since resource was created"),
        ],
        ["Application"] =
        [
            Name,
            Text("Sync Status", "status.sync.status"),
            Text("Health Status", "status.health.status"),
            Text("Revision", "status.sync.revision", "", 10),
            Text("Project", "spec.project", "", 10),
        ],
        ["ReplicaSet"] =
        [
            Name,
            Count("Desired", "spec.replicas"),
            Count("Current", "status.replicas"),
            Count("Ready", "status.readyReplicas"),
            Age(),
            .. Containers,
            Made("Selector", CellText.Selector, 1),
        ],
        ["Deployment"] =
        [
            Name,
            Made("Ready", item => CellText.Ratio(item, "status.readyReplicas", "spec.replicas")),
            Count("Up-to-date", "status.updatedReplicas"),
            Count("Available", "status.availableReplicas"),
            Age(),
            .. Containers,
            Made("Selector", CellText.Selector, 1),
        ],
        ["Pod"] =
        [
            Name,
            Made("Ready", CellText.PodReady),
            Made("Status", CellText.PodStatus),
            Made("Restarts", CellText.PodRestarts),
            Age(),
            Text("IP", "status.podIP", "", 1, "<none>"),
            Text("Node", "spec.nodeName", "", 1, "<none>"),
            Made("Nominated Node", _ => "<none>", 1),
            Made("Readiness Gates", _ => "<none>", 1),
        ],
        ["Service"] =
        [
            Name,
            Text("Type", "spec.type", "", 0, "ClusterIP"),
            Text("Cluster-IP", "spec.clusterIP", "", 0, "<none>"),
            Made("External-IP", _ => "<none>"),
            Made("Port(s)", CellText.ServicePorts),
            Age(),
            Made("Selector", CellText.ServiceSelector, 1),
        ],
        ["Namespace"] = [Name, Text("Status", "status.phase", "", 0, "Active"), Age()],
        ["Event"] =
        [
            new TableColumn("Last Seen", "string", "", (item, now) => CellText.Age(item, "lastTimestamp", now)),
            Text("Type", "type"),
            Text("Reason", "reason"),
            Made("Object", CellText.EventObject),
            Text("Message", "message"),
            Name with
            {
                Priority = 1,
            },
        ],
    };

    private static IEnumerable<TableColumn> Containers =>
        [
            Made("Containers", item => CellText.Containers(item, "name"), 1),
            Made("Images", item => CellText.Containers(item, "image"), 1),
        ];

    public static IReadOnlyList<TableColumn> Of(ResourceType type) =>
        ByKind.TryGetValue(type.Kind, out var columns) ? columns : [Name, Age("Time since resource was created")];

    private static TableColumn Number(string name, string path, string description = "") =>
        new(name, "integer", description, (item, _) => CellText.At(item, path));

    /// <summary>A number of a built-in kind, where nothing means zero.</summary>
    private static TableColumn Count(string name, string path) =>
        new(name, "integer", "", (item, _) => CellText.At(item, path) ?? 0);

    private static TableColumn Text(
        string name,
        string path,
        string description = "",
        int priority = 0,
        string? missing = null
    ) => new(name, "string", description, (item, _) => CellText.At(item, path) ?? missing, priority);

    private static TableColumn Made(string name, Func<JsonObject, string> make, int priority = 0) =>
        new(name, "string", "", (item, _) => make(item), priority);

    private static TableColumn Age(string description = "") =>
        description.Length > 0
            ? new("Age", "date", description, (item, now) => CellText.Age(item, "metadata.creationTimestamp", now))
            : new("Age", "string", "", (item, now) => CellText.Age(item, "metadata.creationTimestamp", now));
}
