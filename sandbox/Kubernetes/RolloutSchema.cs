namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>
/// The fields of a Rollout as Argo Rollouts v1.9 defines them (<c>pkg/apis/rollouts/v1alpha1/types.go</c>), in depth
/// for blue/green. Pod templates and canary strategies are not looked into.
/// </summary>
internal static class RolloutSchema
{
    private static readonly Schema Labels = Schema.Object(
        ("labels", Schema.Map(Schema.String)),
        ("annotations", Schema.Map(Schema.String))
    );

    private static readonly Schema Analysis = Schema.Object(
        ("templates", Schema.List(Schema.Object(("templateName", Schema.String), ("clusterScope", Schema.Boolean)))),
        ("args", Schema.List(Schema.Any)),
        ("dryRun", Schema.List(Schema.Any)),
        ("measurementRetention", Schema.List(Schema.Any)),
        ("analysisRunMetadata", Labels)
    );

    private static readonly Schema BlueGreen = Schema.Object(
        ("activeService", Schema.String),
        ("previewService", Schema.String),
        ("previewReplicaCount", Schema.Integer),
        ("autoPromotionEnabled", Schema.Boolean),
        ("autoPromotionSeconds", Schema.Integer),
        ("maxUnavailable", Schema.IntOrString),
        ("scaleDownDelaySeconds", Schema.Integer),
        ("scaleDownDelayRevisionLimit", Schema.Integer),
        ("abortScaleDownDelaySeconds", Schema.Integer),
        ("prePromotionAnalysis", Analysis),
        ("postPromotionAnalysis", Analysis),
        ("antiAffinity", Schema.Any),
        ("activeMetadata", Labels),
        ("previewMetadata", Labels)
    );

    private static readonly Schema Spec = Schema.Object(
        (
            "analysis",
            Schema.Object(
                ("successfulRunHistoryLimit", Schema.Integer),
                ("unsuccessfulRunHistoryLimit", Schema.Integer)
            )
        ),
        ("minReadySeconds", Schema.Integer),
        ("paused", Schema.Boolean),
        ("progressDeadlineAbort", Schema.Boolean),
        ("progressDeadlineSeconds", Schema.Integer),
        ("replicas", Schema.Integer),
        ("restartAt", Schema.String),
        ("revisionHistoryLimit", Schema.Integer),
        ("rollbackWindow", Schema.Object(("revisions", Schema.Integer))),
        (
            "selector",
            Schema.Object(("matchLabels", Schema.Map(Schema.String)), ("matchExpressions", Schema.List(Schema.Any)))
        ),
        ("strategy", Schema.Object(("blueGreen", BlueGreen), ("canary", Schema.Any))),
        ("template", Schema.Any),
        (
            "workloadRef",
            Schema.Object(
                ("apiVersion", Schema.String),
                ("kind", Schema.String),
                ("name", Schema.String),
                ("scaleDown", Schema.String)
            )
        )
    );

    private static readonly Schema AnalysisRunStatus = Schema.Object(
        ("name", Schema.String),
        ("status", Schema.String),
        ("message", Schema.String)
    );

    private static readonly Schema Status = Schema.Object(
        ("HPAReplicas", Schema.Integer),
        ("abort", Schema.Boolean),
        ("abortedAt", Schema.String),
        ("alb", Schema.Any),
        ("albs", Schema.List(Schema.Any)),
        ("availableReplicas", Schema.Integer),
        (
            "blueGreen",
            Schema.Object(
                ("activeSelector", Schema.String),
                ("previewSelector", Schema.String),
                ("scaleUpPreviewCheckPoint", Schema.Boolean),
                ("prePromotionAnalysisRunStatus", AnalysisRunStatus),
                ("postPromotionAnalysisRunStatus", AnalysisRunStatus)
            )
        ),
        ("canary", Schema.Any),
        ("collisionCount", Schema.Integer),
        (
            "conditions",
            Schema.List(
                Schema.Object(
                    ("lastTransitionTime", Schema.String),
                    ("lastUpdateTime", Schema.String),
                    ("message", Schema.String),
                    ("reason", Schema.String),
                    ("status", Schema.String),
                    ("type", Schema.String)
                )
            )
        ),
        ("controllerPause", Schema.Boolean),
        ("currentPodHash", Schema.String),
        ("currentStepHash", Schema.String),
        ("currentStepIndex", Schema.Integer),
        ("message", Schema.String),
        // A string, though metadata.generation is a number.
        ("observedGeneration", Schema.String),
        ("pauseConditions", Schema.List(Schema.Object(("reason", Schema.String), ("startTime", Schema.String)))),
        ("phase", Schema.String),
        ("promoteFull", Schema.Boolean),
        ("readyReplicas", Schema.Integer),
        ("replicas", Schema.Integer),
        ("restartedAt", Schema.String),
        ("selector", Schema.String),
        ("stableRS", Schema.String),
        ("updatedReplicas", Schema.Integer),
        ("workloadObservedGeneration", Schema.String)
    );

    /// <summary>Schemas of the fields beside apiVersion, kind and metadata; null for kinds that are not checked.</summary>
    public static IReadOnlyList<(string Field, Schema Schema)>? Of(ResourceType type) =>
        type == Resources.Rollout ? [("spec", Spec), ("status", Status)] : null;
}
