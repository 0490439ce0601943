using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>A ReplicaSet as a pass of the controller works with it: its own writes are seen, those of others are not.</summary>
internal sealed class ReplicaSetView(ObjectStore store, JsonObject json)
{
    public JsonObject Json { get; private set; } = json;

    public string Namespace => Json.Text("metadata", "namespace") ?? "";

    public string Name => Json.Text("metadata", "name") ?? "";

    public string Uid => Json.Text("metadata", "uid") ?? "";

    public string Hash => Json.Text("metadata", "labels", Names.PodHashLabel) ?? "";

    public DateTimeOffset Created => JsonPath.Moment(Json.Text("metadata", "creationTimestamp")) ?? default;

    public int Revision =>
        int.TryParse(Json.Annotation(Names.Revision), CultureInfo.InvariantCulture, out var revision) ? revision : 0;

    public int? DesiredReplicas =>
        int.TryParse(Json.Annotation(Names.DesiredReplicas), CultureInfo.InvariantCulture, out var desired)
            ? desired
            : null;

    public DateTimeOffset? ScaleDownDeadline => JsonPath.Moment(Json.Annotation(Names.ScaleDownDeadline));

    public int Wanted => Json.Number("spec", "replicas") ?? 0;

    public int Actual => Json.Number("status", "replicas") ?? 0;

    public int Ready => Json.Number("status", "readyReplicas") ?? 0;

    public int Available => Json.Number("status", "availableReplicas") ?? 0;

    public string SelectorText =>
        string.Join(
            ',',
            (Json.At("spec", "selector", "matchLabels") as JsonObject ?? [])
                .Select(label => $"{label.Key}={label.Value}")
                .Order(StringComparer.Ordinal)
        );

    /// <summary>Whether all replicas of the Rollout are here, asked for and available.</summary>
    public bool IsSaturated(int replicas) => Wanted == replicas && DesiredReplicas == replicas && Available == replicas;

    /// <summary>Writes a change and goes on with the result.</summary>
    public void Update(Action<JsonObject> change)
    {
        var updated = store.Update(
            Resources.ReplicaSet,
            Namespace,
            Name,
            current =>
            {
                change(current);
                return current;
            }
        );
        Json = updated ?? Json;
    }

    /// <summary>
    /// Writes a change that this pass does not see: as the real controller removes a deadline but still decides by it
    /// until the pass is over (recording 03b: that is why a quick retry goes live at once).
    /// </summary>
    public void UpdateBehind(Action<JsonObject> change)
    {
        var seen = Json;
        Update(change);
        Json = seen;
        IsOutdated = true;
    }

    /// <summary>Whether this pass no longer has the newest version: replacing it would be answered with a conflict.</summary>
    public bool IsOutdated { get; private set; }
}
