using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>
/// Reads Kubernetes objects, as the API server sends them, into our own records. Fields of the wrong type count as
/// missing: a strange object must never stop the reader, decisions on missing fields are refused later.
/// </summary>
public static class KubernetesReader
{
    /// <summary>The label that Argo Rollouts puts on ReplicaSets, Pods and Service selectors.</summary>
    public const string HashLabel = "rollouts-pod-template-hash";

    /// <summary>Our annotation on a Rollout whose promote was swallowed; any change gets the controller moving.</summary>
    public const string NudgeAnnotation = "devflow.chatops/nudge";

    public static RolloutView Rollout(JsonElement item)
    {
        var spec = item.Get("spec");
        var status = item.Get("status");
        var blueGreen = status.Get("blueGreen");
        return new RolloutView(item.Get("metadata").Text("namespace"), item.Get("metadata").Text("name"))
        {
            Uid = item.Get("metadata").Text("uid"),
            ResourceVersion = item.Get("metadata").Text("resourceVersion"),
            Generation = item.Get("metadata").Number("generation") ?? 0,
            ObservedGeneration = status.Number("observedGeneration"),
            Revision = item.Get("metadata").Get("annotations").Count("rollout.argoproj.io/revision"),
            Nudge = item.Get("metadata").Get("annotations").TextOrNull(NudgeAnnotation),
            Phase = status.Text("phase"),
            Message = status.Text("message"),
            CurrentPodHash = new PodHash(status.Text("currentPodHash")),
            StableRS = new PodHash(status.Text("stableRS")),
            ActiveSelector = new PodHash(blueGreen.Text("activeSelector")),
            PreviewSelector = new PodHash(blueGreen.Text("previewSelector")),
            Abort = status.Flag("abort") ?? false,
            AbortedAt = status.Time("abortedAt"),
            PromoteFull = status.Flag("promoteFull") ?? false,
            ControllerPause = status.Flag("controllerPause") ?? false,
            PauseConditions =
            [
                .. status
                    .Items("pauseConditions")
                    .Select(pause => new PauseCondition(
                        pause.Text("reason"),
                        pause.Time("startTime") ?? DateTimeOffset.UnixEpoch
                    )),
            ],
            SpecPaused = spec.Flag("paused") ?? false,
            Replicas = spec.Count("replicas") ?? 1,
            PausedConditionChangedAt = Condition(status, "Paused").Time("lastTransitionTime"),
            PausedConditionIsTrue = Condition(status, "Paused").Text("status") == "True",
            ScaleUpPreviewCheckPoint = blueGreen.Flag("scaleUpPreviewCheckPoint") ?? false,
            PrePromotionAnalysis = Analysis(blueGreen.Get("prePromotionAnalysisRunStatus")),
            PostPromotionAnalysis = Analysis(blueGreen.Get("postPromotionAnalysisRunStatus")),
            BlueGreen = Strategy(spec.Get("strategy"), blueGreen),
            HasWorkloadRef = spec.Get("workloadRef").ValueKind == JsonValueKind.Object,
            WorkloadGeneration = item.Get("metadata")
                .Get("annotations")
                .Number("rollout.argoproj.io/workload-generation"),
            WorkloadObservedGeneration = status.Number("workloadObservedGeneration"),
            TemplateImages = Images(spec.Get("template").Get("spec")),
        };
    }

    /// <summary>A ReplicaSet, or <c>null</c> when it is not one of a Rollout.</summary>
    public static ReplicaSetView? ReplicaSet(JsonElement item)
    {
        var metadata = item.Get("metadata");
        var hash = new PodHash(metadata.Get("labels").Text(HashLabel));
        if (hash.IsNone)
        {
            return null;
        }

        var annotations = metadata.Get("annotations");
        return new ReplicaSetView(metadata.Text("name"), hash)
        {
            ResourceVersion = metadata.Text("resourceVersion"),
            Wanted = item.Get("spec").Count("replicas") ?? 1,
            Replicas = item.Get("status").Count("replicas") ?? 0,
            Ready = item.Get("status").Count("readyReplicas") ?? 0,
            Available = item.Get("status").Count("availableReplicas") ?? 0,
            Revision = annotations.Count("rollout.argoproj.io/revision"),
            ScaleDownDeadline = annotations.Time("scale-down-deadline"),
            Images = Images(item.Get("spec").Get("template").Get("spec")),
            TemplateJson = TemplateOf(item.Get("spec").Get("template")),
        };
    }

    /// <summary>An AnalysisRun, or <c>null</c> when it belongs to no pod hash.</summary>
    public static AnalysisRunView? AnalysisRun(JsonElement item)
    {
        var hash = new PodHash(item.Get("metadata").Get("labels").Text(HashLabel));
        return hash.IsNone
            ? null
            : new AnalysisRunView(
                item.Get("metadata").Text("name"),
                hash,
                item.Get("status").Text("phase"),
                item.Get("status").Text("message")
            )
            {
                Metrics =
                [
                    .. item.Get("status")
                        .Items("metricResults")
                        .Select(metric => new MetricView(
                            metric.Text("name"),
                            metric.Text("phase"),
                            metric.Items("measurements").Select(measured => measured.Text("value")).LastOrDefault("")
                        )),
                ],
            };
    }

    public static ApplicationView Application(JsonElement item)
    {
        var status = item.Get("status");
        var operation = status.Get("operationState");
        var automated = item.Get("spec").Get("syncPolicy").Get("automated");
        var result = operation.Get("syncResult");
        var source = result.Get("source") is { ValueKind: JsonValueKind.Object } synced
            ? synced
            : item.Get("spec").Get("source");
        return new ApplicationView(item.Get("metadata").Text("namespace"), item.Get("metadata").Text("name"))
        {
            OperationPhase = operation.Text("phase"),
            OperationMessage = operation.Text("message"),
            SyncedRevision = result.Text("revision"),
            SyncedAt = operation.Time("finishedAt"),
            RepoUrl = source.Text("repoURL"),
            TargetRevision = source.Text("targetRevision"),
            SyncStatus = status.Get("sync").Text("status"),
            ComparedRevision = status.Get("sync").Text("revision"),
            Health = status.Get("health").Text("status"),
            AutomatedSync = automated.ValueKind == JsonValueKind.Object && automated.Flag("enabled") != false,
        };
    }

    /// <summary>The name, uid and version of any object, also of one that is sent with its metadata only.</summary>
    public static (string Name, string Uid, string ResourceVersion) Identity(JsonElement item)
    {
        var metadata = item.Get("metadata");
        return (metadata.Text("name"), metadata.Text("uid"), metadata.Text("resourceVersion"));
    }

    /// <summary>A Rollout's ReplicaSet, also of one that is sent with its metadata only; <c>null</c> when it is none.</summary>
    public static (string Rollout, PodHash Hash, string ResourceVersion)? ReplicaSetIdentity(JsonElement item)
    {
        var metadata = item.Get("metadata");
        var hash = new PodHash(metadata.Get("labels").Text(HashLabel));
        return OwnerOf(item, "Rollout") is { } owner && !hash.IsNone
            ? (owner.Name, hash, metadata.Text("resourceVersion"))
            : null;
    }

    /// <summary>Where the next page of a list begins (empty after the last), and the version that all pages are of.</summary>
    public static (string Next, string Version) PageOf(JsonElement list)
    {
        var metadata = list.Get("metadata");
        return (metadata.Text("continue"), metadata.Text("resourceVersion"));
    }

    /// <summary>The type of a watch's event, such as <c>MODIFIED</c>, and its object.</summary>
    public static (string Type, JsonElement Item) WatchEvent(JsonElement line) =>
        (line.Text("type"), line.Get("object"));

    /// <summary>The <c>Status</c> of a watch whose version the server has forgotten.</summary>
    public static bool IsExpired(JsonElement status) =>
        status.Number("code") == 410 || status.Text("reason") is "Expired" or "Gone";

    /// <summary>Whether the object names the given owner in its ownerReferences.</summary>
    public static bool IsOwnedBy(JsonElement item, string kind, string name, string uid) =>
        item.Get("metadata")
            .Items("ownerReferences")
            .Any(owner =>
                owner.Text("kind") == kind
                && owner.Text("name") == name
                && (uid.Length == 0 || owner.Text("uid") is "" || owner.Text("uid") == uid)
            );

    /// <summary>The owner of the given kind that the object names, or <c>null</c>.</summary>
    public static (string Name, string Uid)? OwnerOf(JsonElement item, string kind) =>
        item.Get("metadata")
            .Items("ownerReferences")
            .Where(owner => owner.Text("kind") == kind && owner.Text("name").Length > 0)
            .Select(owner => ((string, string)?)(owner.Text("name"), owner.Text("uid")))
            .FirstOrDefault();

    /// <summary>What an Argo CD Application manages: <c>status.resources</c>.</summary>
    public static IEnumerable<(string Kind, string Namespace, string Name)> ResourcesOf(JsonElement application) =>
        application
            .Get("status")
            .Items("resources")
            .Select(resource => (resource.Text("kind"), resource.Text("namespace"), resource.Text("name")));

    private static JsonElement Condition(JsonElement status, string type) =>
        status.Items("conditions").FirstOrDefault(condition => condition.Text("type") == type);

    private static AnalysisStatus? Analysis(JsonElement status) =>
        status.Text("name") is { Length: > 0 } name
            ? new AnalysisStatus(name, status.Text("status"), status.Text("message"))
            : null;

    private static BlueGreenStrategy? Strategy(JsonElement strategy, JsonElement status) =>
        strategy.Get("blueGreen") is { ValueKind: JsonValueKind.Object } blueGreen ? Strategy(blueGreen)
        // The spec was cut off or names no strategy any more; only a blue/green Rollout has these selectors.
        : strategy.Get("canary").ValueKind != JsonValueKind.Object
        && (status.Text("activeSelector").Length > 0 || status.Text("previewSelector").Length > 0)
            ? new BlueGreenStrategy { AutoPromotionEnabled = false }
        : null;

    private static BlueGreenStrategy Strategy(JsonElement blueGreen) =>
        new()
        {
            ActiveService = blueGreen.Text("activeService"),
            PreviewService = blueGreen.Text("previewService"),
            AutoPromotionEnabled = blueGreen.Flag("autoPromotionEnabled") ?? true,
            AutoPromotionSeconds = blueGreen.Count("autoPromotionSeconds") ?? 0,
            PreviewReplicaCount = blueGreen.Count("previewReplicaCount"),
            HasPrePromotionAnalysis = blueGreen.Get("prePromotionAnalysis").Items("templates").Any(),
            HasPostPromotionAnalysis = blueGreen.Get("postPromotionAnalysis").Items("templates").Any(),
        };

    private static ImmutableArray<string> Images(JsonElement podSpec) =>
        [
            .. podSpec
                .Items("containers")
                .Concat(podSpec.Items("initContainers"))
                .Select(container => container.Text("image"))
                .Where(image => image.Length > 0),
        ];

    private static string TemplateOf(JsonElement template)
    {
        if (template.ValueKind != JsonValueKind.Object)
        {
            return "";
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteWithout(writer, template, ["metadata", "labels", HashLabel]);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteWithout(Utf8JsonWriter writer, JsonElement item, ReadOnlySpan<string> path)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            item.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var property in item.EnumerateObject())
        {
            if (!property.NameEquals(path[0]))
            {
                property.WriteTo(writer);
            }
            else if (path.Length > 1)
            {
                writer.WritePropertyName(property.Name);
                WriteWithout(writer, property.Value, path[1..]);
            }
        }

        writer.WriteEndObject();
    }
}
