using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>Something that the controller tells: like the real one, about every event, whether it matters or not.</summary>
/// <param name="Trigger">Such as <c>on-rollout-paused</c>.</param>
/// <param name="Object">
/// The Rollout as it was before the change (or, for the first word of an analysis that failed, the AnalysisRun).
/// on-rollout-updated lacks kind and apiVersion, as recorded.
/// </param>
public sealed record RolloutNotification(string Trigger, JsonObject Object);

/// <summary>Takes notifications; called within a pass of the controller, so it must return at once.</summary>
public delegate void NotificationSink(RolloutNotification notification);
