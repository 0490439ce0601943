using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>Why and since when the controller waits.</summary>
internal sealed record PauseCondition(string Reason, DateTimeOffset StartTime)
{
    public const string BlueGreenPause = "BlueGreenPause";
    public const string InconclusiveAnalysisRun = "InconclusiveAnalysisRun";
}

/// <summary>What a Rollout's status says of one of its AnalysisRuns.</summary>
internal sealed record AnalysisRunSummary(string Name, string Status, string Message)
{
    public static AnalysisRunSummary? From(JsonNode? node) =>
        node is JsonObject ? new(node.Text("name") ?? "", node.Text("status") ?? "", node.Text("message") ?? "") : null;

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["name"] = Name, ["status"] = Status };
        if (Message.Length > 0)
        {
            json["message"] = Message;
        }

        return json;
    }
}

/// <summary>Status of a Rollout; empty values are left out of the JSON, as Go's <c>omitempty</c> does.</summary>
internal sealed class RolloutStatus
{
    public string ObservedGeneration { get; set; } = "";
    public string Phase { get; set; } = "";
    public string Message { get; set; } = "";
    public List<PauseCondition> PauseConditions { get; set; } = [];
    public bool ControllerPause { get; set; }
    public bool Abort { get; set; }
    public DateTimeOffset? AbortedAt { get; set; }
    public bool PromoteFull { get; set; }
    public string CurrentPodHash { get; set; } = "";
    public string StableRS { get; set; } = "";
    public int Replicas { get; set; }
    public int UpdatedReplicas { get; set; }
    public int ReadyReplicas { get; set; }
    public int AvailableReplicas { get; set; }
    public int HpaReplicas { get; set; }
    public string Selector { get; set; } = "";
    public DateTimeOffset? RestartedAt { get; set; }
    public string ActiveSelector { get; set; } = "";
    public string PreviewSelector { get; set; } = "";
    public bool ScaleUpPreviewCheckPoint { get; set; }
    public AnalysisRunSummary? PrePromotion { get; set; }
    public AnalysisRunSummary? PostPromotion { get; set; }
    public List<RolloutCondition> Conditions { get; set; } = [];

    public bool IsPausedBy(string reason) => PauseConditions.Exists(pause => pause.Reason == reason);

    public RolloutCondition? Condition(string type) => Conditions.Find(condition => condition.Type == type);

    public bool IsFullyPromoted => StableRS == CurrentPodHash;

    public static RolloutStatus From(JsonNode? status)
    {
        var blueGreen = status.At("blueGreen");
        return new RolloutStatus
        {
            ObservedGeneration = status.Text("observedGeneration") ?? "",
            Phase = status.Text("phase") ?? "",
            Message = status.Text("message") ?? "",
            PauseConditions =
            [
                .. (status.At("pauseConditions") as JsonArray ?? []).Select(pause => new PauseCondition(
                    pause.Text("reason") ?? "",
                    JsonPath.Moment(pause.Text("startTime")) ?? default
                )),
            ],
            ControllerPause = status.Flag("controllerPause") ?? false,
            Abort = status.Flag("abort") ?? false,
            AbortedAt = JsonPath.Moment(status.Text("abortedAt")),
            PromoteFull = status.Flag("promoteFull") ?? false,
            CurrentPodHash = status.Text("currentPodHash") ?? "",
            StableRS = status.Text("stableRS") ?? "",
            Replicas = status.Number("replicas") ?? 0,
            UpdatedReplicas = status.Number("updatedReplicas") ?? 0,
            ReadyReplicas = status.Number("readyReplicas") ?? 0,
            AvailableReplicas = status.Number("availableReplicas") ?? 0,
            HpaReplicas = status.Number("HPAReplicas") ?? 0,
            Selector = status.Text("selector") ?? "",
            RestartedAt = JsonPath.Moment(status.Text("restartedAt")),
            ActiveSelector = blueGreen.Text("activeSelector") ?? "",
            PreviewSelector = blueGreen.Text("previewSelector") ?? "",
            ScaleUpPreviewCheckPoint = blueGreen.Flag("scaleUpPreviewCheckPoint") ?? false,
            PrePromotion = AnalysisRunSummary.From(blueGreen.At("prePromotionAnalysisRunStatus")),
            PostPromotion = AnalysisRunSummary.From(blueGreen.At("postPromotionAnalysisRunStatus")),
            Conditions =
            [
                .. (status.At("conditions") as JsonArray ?? []).OfType<JsonObject>().Select(RolloutCondition.From),
            ],
        };
    }

    public RolloutStatus Copy() => From(ToJson());

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        Put(json, "HPAReplicas", HpaReplicas);
        Put(json, "abort", Abort);
        Put(json, "abortedAt", AbortedAt);
        Put(json, "availableReplicas", AvailableReplicas);
        var blueGreen = new JsonObject();
        Put(blueGreen, "activeSelector", ActiveSelector);
        Put(blueGreen, "previewSelector", PreviewSelector);
        Put(blueGreen, "scaleUpPreviewCheckPoint", ScaleUpPreviewCheckPoint);
        Put(blueGreen, "prePromotionAnalysisRunStatus", PrePromotion);
        Put(blueGreen, "postPromotionAnalysisRunStatus", PostPromotion);
        json["blueGreen"] = blueGreen;
        json["canary"] = new JsonObject();
        if (Conditions.Count > 0)
        {
            json["conditions"] = new JsonArray([.. Conditions.Select(condition => condition.ToJson())]);
        }

        Put(json, "controllerPause", ControllerPause);
        Put(json, "currentPodHash", CurrentPodHash);
        Put(json, "message", Message);
        Put(json, "observedGeneration", ObservedGeneration);
        if (PauseConditions.Count > 0)
        {
            json["pauseConditions"] = new JsonArray([
                .. PauseConditions.Select(pause => new JsonObject
                {
                    ["reason"] = pause.Reason,
                    ["startTime"] = JsonPath.Stamp(pause.StartTime),
                }),
            ]);
        }

        Put(json, "phase", Phase);
        Put(json, "promoteFull", PromoteFull);
        Put(json, "readyReplicas", ReadyReplicas);
        Put(json, "replicas", Replicas);
        Put(json, "restartedAt", RestartedAt);
        Put(json, "selector", Selector);
        Put(json, "stableRS", StableRS);
        Put(json, "updatedReplicas", UpdatedReplicas);
        return json;
    }

    private static void Put(JsonObject json, string key, string value)
    {
        if (value.Length > 0)
        {
            json[key] = value;
        }
    }

    private static void Put(JsonObject json, string key, int value)
    {
        if (value != 0)
        {
            json[key] = value;
        }
    }

    private static void Put(JsonObject json, string key, bool value)
    {
        if (value)
        {
            json[key] = true;
        }
    }

    private static void Put(JsonObject json, string key, DateTimeOffset? value)
    {
        if (value is { } moment)
        {
            json[key] = JsonPath.Stamp(moment);
        }
    }

    private static void Put(JsonObject json, string key, AnalysisRunSummary? value)
    {
        if (value is not null)
        {
            json[key] = value.ToJson();
        }
    }
}
