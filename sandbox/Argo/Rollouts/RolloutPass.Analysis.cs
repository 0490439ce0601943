using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>The AnalysisRuns before and after the switch. They are run by <c>AnalysisRunner</c>.</summary>
internal sealed partial class RolloutPass
{
    private readonly List<JsonObject> ownRuns;

    private JsonObject? CurrentPre => FindRun(rollout.Status.PrePromotion);

    private JsonObject? CurrentPost => FindRun(rollout.Status.PostPromotion);

    private List<JsonObject> LoadAnalysisRuns() =>
        [
            .. env
                .Store.List(Resources.AnalysisRun, rollout.Namespace)
                .Items.Where(run => Ownership.IsControlledBy(run, rollout.Uid)),
        ];

    private JsonObject? FindRun(AnalysisRunSummary? summary) =>
        summary is null ? null : ownRuns.Find(run => run.Text("metadata", "name") == summary.Name);

    private void ReconcileAnalysis()
    {
        var pre = CurrentPre;
        var post = CurrentPost;
        var skips =
            pause.IsAborted
            || rollout.Status.PromoteFull
            || New.ScaleDownDeadline is not null
            || rollout.Status.StableRS.Length == 0
            || IsRollbackWithinWindow;
        if (skips)
        {
            Cancel(ownRuns);
            (next.PrePromotion, next.PostPromotion) = (Summary(pre), Summary(post));
            return;
        }

        pre = ReconcileRun(pre, rollout.PrePromotionAnalysis, "pre", "PrePromotion", SkipsPrePromotion(pre));
        PauseOrAbortBy(pre, "pre");
        post = ReconcileRun(post, rollout.PostPromotionAnalysis, "post", "PostPromotion", SkipsPostPromotion(post));
        PauseOrAbortBy(post, "post");
        Cancel(ownRuns.Where(run => !IsSame(run, pre) && !IsSame(run, post)));
        (next.PrePromotion, next.PostPromotion) = (Summary(pre), Summary(post));
        TellChange(rollout.Status.PostPromotion, next.PostPromotion);
        TellChange(rollout.Status.PrePromotion, next.PrePromotion);
    }

    private JsonObject? ReconcileRun(JsonObject? current, JsonObject? analysis, string suffix, string kind, bool skips)
    {
        if (analysis is null || skips)
        {
            Cancel(current is null ? [] : [current]);
            return analysis is null ? null : current;
        }

        return IsHaltedByAnalysis || !NeedsNewRun(current) ? current : CreateRun(analysis, suffix, kind);
    }

    private bool IsHaltedByAnalysis => rollout.Status.IsPausedBy(PauseCondition.InconclusiveAnalysisRun);

    /// <summary>The first run, one more after an inconclusive one was promoted, one more after an abort was retried.</summary>
    private bool NeedsNewRun(JsonObject? current)
    {
        if (current is null)
        {
            return true;
        }

        return rollout.Status.ControllerPause && !rollout.Status.IsPausedBy(PauseCondition.BlueGreenPause)
            ? PhaseOf(current) == AnalysisPhase.Inconclusive
            : rollout.Status.AbortedAt is not null;
    }

    private bool SkipsPrePromotion(JsonObject? current)
    {
        var active = rollout.Status.ActiveSelector;
        if (rollout.Status.StableRS == New.Hash || active.Length == 0 || active == New.Hash)
        {
            return true;
        }

        if (current is not null)
        {
            return false;
        }

        return rollout.PreviewReplicaCount is { } preview
            ? New.Wanted != preview || New.Available != preview
            : !New.IsSaturated(rollout.Replicas);
    }

    private bool SkipsPostPromotion(JsonObject? current) =>
        rollout.Status.StableRS == New.Hash
        || rollout.Status.ActiveSelector != New.Hash
        || (current is null && !New.IsSaturated(rollout.Replicas));

    private void PauseOrAbortBy(JsonObject? run, string when)
    {
        switch (PhaseOf(run))
        {
            case AnalysisPhase.Inconclusive:
                pause.Add(PauseCondition.InconclusiveAnalysisRun);
                break;
            case AnalysisPhase.Failed or AnalysisPhase.Error:
                var reason = run.Text("status", "message") is { Length: > 0 } message ? $": {message}" : "";
                pause.Abort($"Blue/green {when}-promotion analysis phase error/failed{reason}");
                break;
        }
    }

    private JsonObject CreateRun(JsonObject analysis, string suffix, string kind)
    {
        var name = $"{rollout.Name}-{New.Hash}-{rollout.Revision}-{suffix}";
        var labels = rollout.Spec.At("selector", "matchLabels") is JsonObject match ? match.DeepClone().AsObject() : [];
        labels[Names.PodHashLabel] = New.Hash;
        labels[Names.RolloutType] = kind;
        var taken = ownRuns.Select(run => run.Text("metadata", "name")).ToHashSet();
        var unique = name;
        for (var count = 1; taken.Contains(unique); count++)
        {
            unique = $"{name}.{count}";
        }

        var created = env.Store.Create(
            Resources.AnalysisRun,
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = unique,
                    ["namespace"] = rollout.Namespace,
                    ["labels"] = labels,
                    ["annotations"] = new JsonObject { [Names.Revision] = Text(rollout.Revision) },
                    ["ownerReferences"] = new JsonArray(Ownership.ReferenceTo(rollout.Json)),
                },
                ["spec"] = AnalysisTemplates.SpecFor(
                    env.Store,
                    rollout.Namespace,
                    analysis,
                    New.Hash,
                    rollout.Status.StableRS
                ),
            }
        );
        ownRuns.Add(created);
        return created;
    }

    /// <summary>Asks runs that are not over to stop; they end as Successful, as ones stopped by hand do.</summary>
    private void Cancel(IEnumerable<JsonObject> runs)
    {
        foreach (var run in runs)
        {
            if (!AnalysisPhase.IsFinal(PhaseOf(run)) && run.Flag("spec", "terminate") != true)
            {
                env.Store.Update(
                    Resources.AnalysisRun,
                    rollout.Namespace,
                    run.Text("metadata", "name") ?? "",
                    json =>
                    {
                        json.Ensure("spec")["terminate"] = true;
                        return json;
                    }
                );
            }
        }
    }

    private void TellChange(AnalysisRunSummary? before, AnalysisRunSummary? after)
    {
        if (
            after is { Status.Length: > 0 }
            && (before is null || (before.Name == after.Name && before.Status != after.Status))
        )
        {
            env.Emit("AnalysisRun" + after.Status, rollout.Json);
        }
    }

    private static bool IsSame(JsonObject run, JsonObject? other) =>
        other is not null && run.Text("metadata", "name") == other.Text("metadata", "name");

    private static AnalysisRunSummary? Summary(JsonObject? run) =>
        run is null
            ? null
            : new(
                run.Text("metadata", "name") ?? "",
                run.Text("status", "phase") ?? "",
                run.Text("status", "message") ?? ""
            );
}
