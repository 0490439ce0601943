using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>
/// A Rollout as one pass of the controller read it, with the defaults of
/// https://argo-rollouts.readthedocs.io/en/stable/features/specification/ filled in.
/// </summary>
internal sealed class RolloutView(JsonObject json)
{
    public JsonObject Json { get; } = json;

    public RolloutStatus Status { get; } = RolloutStatus.From(json.At("status"));

    public string Namespace => Json.Text("metadata", "namespace") ?? "";

    public string Name => Json.Text("metadata", "name") ?? "";

    public string Uid => Json.Text("metadata", "uid") ?? "";

    public string ResourceVersion => Json.Text("metadata", "resourceVersion") ?? "";

    public string Generation => Json.At("metadata", "generation")?.ToString() ?? "";

    public int Revision => int.TryParse(Json.Annotation(Names.Revision), out var revision) ? revision : 0;

    public JsonNode? Spec => Json["spec"];

    public JsonObject Template => Spec.At("template") as JsonObject ?? [];

    public int Replicas => Spec.Number("replicas") ?? 1;

    public bool Paused => Spec.Flag("paused") ?? false;

    public DateTimeOffset? RestartAt => JsonPath.Moment(Spec.Text("restartAt"));

    public int MinReadySeconds => Spec.Number("minReadySeconds") ?? 0;

    public int RevisionHistoryLimit => Spec.Number("revisionHistoryLimit") ?? 10;

    public int RollbackWindow => Spec.Number("rollbackWindow", "revisions") ?? 0;

    public TimeSpan ProgressDeadline => Seconds(Spec.Number("progressDeadlineSeconds") ?? 600);

    public bool ProgressDeadlineAbort => Spec.Flag("progressDeadlineAbort") ?? false;

    public JsonNode? BlueGreen => Spec.At("strategy", "blueGreen");

    public string ActiveService => BlueGreen.Text("activeService") ?? "";

    public string PreviewService => BlueGreen.Text("previewService") ?? "";

    public int? PreviewReplicaCount => BlueGreen.Number("previewReplicaCount");

    public bool AutoPromotionEnabled => BlueGreen.Flag("autoPromotionEnabled") ?? true;

    public TimeSpan AutoPromotionAfter => Seconds(BlueGreen.Number("autoPromotionSeconds") ?? 0);

    /// <summary>Null when nothing is said; then a post-promotion analysis keeps the old ReplicaSet until it is done.</summary>
    public TimeSpan? StatedScaleDownDelay =>
        BlueGreen.Number("scaleDownDelaySeconds") is { } seconds ? Seconds(seconds) : null;

    public TimeSpan ScaleDownDelay => StatedScaleDownDelay ?? Seconds(30);

    public int ScaleDownDelayRevisionLimit => BlueGreen.Number("scaleDownDelayRevisionLimit") ?? int.MaxValue;

    /// <summary>Null: the preview of an aborted update stays up for good.</summary>
    public TimeSpan? AbortScaleDownDelay =>
        BlueGreen.Number("abortScaleDownDelaySeconds") switch
        {
            null => Seconds(30),
            0 => null,
            var seconds => Seconds(seconds.Value),
        };

    public JsonObject? PrePromotionAnalysis => Analysis("prePromotionAnalysis");

    public JsonObject? PostPromotionAnalysis => Analysis("postPromotionAnalysis");

    /// <summary>Whether the controller has to pause before the switch; the seconds alone are enough for that.</summary>
    public bool NeedsPause => !AutoPromotionEnabled || AutoPromotionAfter > TimeSpan.Zero;

    public string SelectorText =>
        string.Join(
            ',',
            (Spec.At("selector", "matchLabels") as JsonObject ?? [])
                .Select(label => $"{label.Key}={label.Value}")
                .Order(StringComparer.Ordinal)
        );

    private JsonObject? Analysis(string name) =>
        BlueGreen.At(name) is JsonObject analysis && analysis["templates"] is JsonArray { Count: > 0 }
            ? analysis
            : null;

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
