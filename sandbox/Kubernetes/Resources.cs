namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>The kinds that the stand-in serves: those of Argo Rollouts and Argo CD and what a release touches.</summary>
public static class Resources
{
    private const string Argo = "argoproj.io";

    /// <summary>The only Argo kind with a status and a scale subresource.</summary>
    public static readonly ResourceType Rollout = new(
        Argo,
        "v1alpha1",
        "Rollout",
        "rollouts",
        "rollout",
        ["ro"],
        true,
        true
    )
    {
        HasScale = true,
    };

    /// <summary>One run of an analysis; its status is part of the main resource.</summary>
    public static readonly ResourceType AnalysisRun = Custom("AnalysisRun", "analysisruns", "ar");

    /// <summary>Analysis template of a namespace.</summary>
    public static readonly ResourceType AnalysisTemplate = Custom("AnalysisTemplate", "analysistemplates", "at");

    /// <summary>Analysis template of the whole cluster.</summary>
    public static readonly ResourceType ClusterAnalysisTemplate = Custom(
        "ClusterAnalysisTemplate",
        "clusteranalysistemplates",
        "cat"
    ) with
    {
        Namespaced = false,
    };

    /// <summary>Experiment of Argo Rollouts.</summary>
    public static readonly ResourceType Experiment = Custom("Experiment", "experiments", "exp");

    /// <summary>Application of Argo CD; its status is part of the main resource.</summary>
    public static readonly ResourceType Application = new(
        Argo,
        "v1alpha1",
        "Application",
        "applications",
        "application",
        ["app", "apps"],
        true,
        false
    );

    /// <summary>ReplicaSet, one per pod hash.</summary>
    public static readonly ResourceType ReplicaSet = new(
        "apps",
        "v1",
        "ReplicaSet",
        "replicasets",
        "replicaset",
        ["rs"],
        true,
        true
    );

    /// <summary>Deployment, for rollouts with a workloadRef.</summary>
    public static readonly ResourceType Deployment = new(
        "apps",
        "v1",
        "Deployment",
        "deployments",
        "deployment",
        ["deploy"],
        true,
        true
    );

    /// <summary>Pod.</summary>
    public static readonly ResourceType Pod = new("", "v1", "Pod", "pods", "pod", ["po"], true, true);

    /// <summary>Service; its selector says where traffic goes.</summary>
    public static readonly ResourceType Service = new("", "v1", "Service", "services", "service", ["svc"], true, true);

    /// <summary>Event of the core group.</summary>
    public static readonly ResourceType Event = new("", "v1", "Event", "events", "event", ["ev"], true, false);

    /// <summary>Namespace. Objects may be created in one that does not exist: nothing here depends on them.</summary>
    public static readonly ResourceType Namespace = new(
        "",
        "v1",
        "Namespace",
        "namespaces",
        "namespace",
        ["ns"],
        false,
        true
    );

    /// <summary>Every kind, in the order of discovery.</summary>
    public static IReadOnlyList<ResourceType> All { get; } =
    [
        Rollout,
        AnalysisRun,
        AnalysisTemplate,
        ClusterAnalysisTemplate,
        Experiment,
        Application,
        ReplicaSet,
        Deployment,
        Pod,
        Service,
        Event,
        Namespace,
    ];

    private static readonly Dictionary<(string Group, string Version, string Plural), ResourceType> ByPath =
        All.ToDictionary(type => (type.Group, type.Version, type.Plural));

    private static readonly Dictionary<(string ApiVersion, string Kind), ResourceType> ByKind = All.ToDictionary(type =>
        (type.ApiVersion, type.Kind)
    );

    /// <summary>The kind served under a path, null if none is.</summary>
    public static ResourceType? Find(string group, string version, string plural) =>
        ByPath.GetValueOrDefault((group, version, plural));

    /// <summary>The kind of a manifest, null if it is not served.</summary>
    public static ResourceType? OfKind(string? apiVersion, string? kind) =>
        ByKind.GetValueOrDefault((apiVersion ?? "", kind ?? ""));

    private static ResourceType Custom(string kind, string plural, string shortName) =>
        new(Argo, "v1alpha1", kind, plural, kind.ToLowerInvariant(), [shortName], true, false);
}
