using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>An app as its team would deploy it: a blue/green Rollout and its two Services.</summary>
/// <param name="Namespace">Where it lives.</param>
/// <param name="Name">Name of the Rollout; the Services are called <c>name-active</c> and <c>name-preview</c>.</param>
/// <param name="Image">Image with tag.</param>
public sealed record BlueGreenApp(string Namespace, string Name, string Image)
{
    /// <summary>Pods of the version that is live.</summary>
    public int Replicas { get; init; } = 2;

    /// <summary>False: a person promotes. Null: not set, which means true to the controller.</summary>
    public bool? AutoPromotionEnabled { get; init; } = false;

    /// <summary>Seconds after which a pause ends by itself; needs auto-promotion.</summary>
    public int? AutoPromotionSeconds { get; init; }

    /// <summary>How long the old version stays after the switch: the instant-rollback window. Default 30.</summary>
    public int? ScaleDownDelaySeconds { get; init; }

    /// <summary>How long the preview stays after an abort. Default 30, 0 for ever.</summary>
    public int? AbortScaleDownDelaySeconds { get; init; }

    /// <summary>How long an update may make no progress. Default 600.</summary>
    public int? ProgressDeadlineSeconds { get; init; }

    /// <summary>Whether an update that makes no progress is aborted.</summary>
    public bool ProgressDeadlineAbort { get; init; }

    /// <summary>Pods of the preview before it is promoted, if fewer than <see cref="Replicas"/>.</summary>
    public int? PreviewReplicaCount { get; init; }

    /// <summary>Template of the analysis before the switch.</summary>
    public string? PrePromotionTemplate { get; init; }

    /// <summary>Template of the analysis after the switch.</summary>
    public string? PostPromotionTemplate { get; init; }

    /// <summary>Arguments of both analyses, such as <c>result</c> and <c>duration-seconds</c>.</summary>
    public IReadOnlyDictionary<string, string> AnalysisArguments { get; init; } = new Dictionary<string, string>();

    /// <summary>Annotations of the Rollout.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Creates the Services and the Rollout where they are missing; what is there stays as it is.</summary>
    public void CreateIn(ObjectStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        foreach (var service in Services())
        {
            CreateMissing(store, Resources.Service, service);
        }

        CreateMissing(store, Resources.Rollout, Rollout());
    }

    /// <summary>The two Services.</summary>
    public IReadOnlyList<JsonObject> Services() => [Service("active"), Service("preview")];

    /// <summary>The Rollout.</summary>
    public JsonObject Rollout()
    {
        var strategy = new JsonObject { ["activeService"] = $"{Name}-active", ["previewService"] = $"{Name}-preview" };
        Put(strategy, "autoPromotionEnabled", AutoPromotionEnabled);
        Put(strategy, "autoPromotionSeconds", AutoPromotionSeconds);
        Put(strategy, "scaleDownDelaySeconds", ScaleDownDelaySeconds);
        Put(strategy, "abortScaleDownDelaySeconds", AbortScaleDownDelaySeconds);
        Put(strategy, "previewReplicaCount", PreviewReplicaCount);
        Put(strategy, "prePromotionAnalysis", Analysis(PrePromotionTemplate));
        Put(strategy, "postPromotionAnalysis", Analysis(PostPromotionTemplate));
        var spec = new JsonObject
        {
            ["replicas"] = Replicas,
            ["revisionHistoryLimit"] = 5,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = Name } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = Name } },
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray(
                        new JsonObject
                        {
                            ["name"] = "web",
                            ["image"] = Image,
                            ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["containerPort"] = 8080 }),
                        }
                    ),
                },
            },
            ["strategy"] = new JsonObject { ["blueGreen"] = strategy },
        };
        Put(spec, "progressDeadlineSeconds", ProgressDeadlineSeconds);
        if (ProgressDeadlineAbort)
        {
            spec["progressDeadlineAbort"] = true;
        }

        var metadata = new JsonObject
        {
            ["name"] = Name,
            ["namespace"] = Namespace,
            ["labels"] = new JsonObject { ["app"] = Name },
        };
        if (Annotations.Count > 0)
        {
            metadata["annotations"] = new JsonObject(
                Annotations.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))
            );
        }

        return new JsonObject
        {
            ["apiVersion"] = "argoproj.io/v1alpha1",
            ["kind"] = "Rollout",
            ["metadata"] = metadata,
            ["spec"] = spec,
        };
    }

    private JsonObject Service(string role) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = new JsonObject { ["name"] = $"{Name}-{role}", ["namespace"] = Namespace },
            ["spec"] = new JsonObject
            {
                ["selector"] = new JsonObject { ["app"] = Name },
                ["ports"] = new JsonArray(
                    new JsonObject
                    {
                        ["name"] = "http",
                        ["port"] = 80,
                        ["targetPort"] = 8080,
                    }
                ),
            },
        };

    private JsonObject? Analysis(string? template)
    {
        if (template is null)
        {
            return null;
        }

        var arguments = AnalysisArguments.Select(pair => new JsonObject
        {
            ["name"] = pair.Key,
            ["value"] = pair.Value,
        });
        return new JsonObject
        {
            ["templates"] = new JsonArray(new JsonObject { ["templateName"] = template }),
            ["args"] = new JsonArray([.. arguments]),
        };
    }

    private static void CreateMissing(ObjectStore store, ResourceType type, JsonObject item)
    {
        if (store.Get(type, item.Text("metadata", "namespace") ?? "", item.Text("metadata", "name") ?? "") is null)
        {
            store.Create(type, item);
        }
    }

    private static void Put(JsonObject json, string key, JsonNode? value)
    {
        if (value is not null)
        {
            json[key] = value;
        }
    }
}
