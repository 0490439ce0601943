namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>What the API server knows about one kind of object: where it is served and how it behaves.</summary>
/// <param name="Group">API group, empty for the core group.</param>
/// <param name="Version">API version within the group, such as <c>v1alpha1</c>.</param>
/// <param name="Kind">Kind as written in manifests, such as <c>Rollout</c>.</param>
/// <param name="Plural">Name in paths, such as <c>rollouts</c>.</param>
/// <param name="Singular">Name that kubectl accepts for one object.</param>
/// <param name="ShortNames">Abbreviations that kubectl accepts.</param>
/// <param name="Namespaced">Whether objects live in a namespace.</param>
/// <param name="HasStatus">
/// Whether <c>/status</c> is served. If it is, the main resource ignores status; if not, status is part of the main
/// resource and a change of it raises the generation.
/// </param>
public sealed record ResourceType(
    string Group,
    string Version,
    string Kind,
    string Plural,
    string Singular,
    string[] ShortNames,
    bool Namespaced,
    bool HasStatus
)
{
    /// <summary>The <c>apiVersion</c> of its objects: <c>v1</c>, <c>apps/v1</c>, …</summary>
    public string ApiVersion { get; } = Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The name in error messages: <c>rollouts.argoproj.io</c>, or <c>pods</c> in the core group.</summary>
    public string QualifiedPlural { get; } = Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The name in validation errors: <c>Rollout.argoproj.io</c>, or <c>Pod</c> in the core group.</summary>
    public string QualifiedKind { get; } = Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    /// <summary>Whether it is defined by a CustomResourceDefinition; those know no strategic merge patch.</summary>
    public bool IsCustom { get; } = Group.Contains('.', StringComparison.Ordinal);

    /// <summary>Whether its objects carry <c>metadata.generation</c>; of the core group only Pods do.</summary>
    public bool HasGeneration { get; } = Group.Length > 0 || Kind == "Pod";

    /// <summary>Whether <c>/scale</c> is served.</summary>
    public bool HasScale { get; init; }

    /// <inheritdoc />
    public override string ToString() => QualifiedPlural;
}
