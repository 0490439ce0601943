using System.Text.Json;
using System.Text.Json.Serialization;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>What was asked to be released. Everything but the image may be unknown.</summary>
public sealed record ReleaseRequest(string Image)
{
    public string? Tag { get; init; }
    public string? Digest { get; init; }
    public string? GitOpsRepository { get; init; }
    public string? GitOpsCommit { get; init; }

    /// <summary>The parent of <see cref="GitOpsCommit"/>: what Git goes back to.</summary>
    public string? GitOpsParent { get; init; }
    public string? SourceCommit { get; init; }

    /// <summary>
    /// The commit for which the announcing workflow ran, as its token proves it, where that is another one than
    /// <see cref="SourceCommit"/>, which the workflow only says; <c>null</c> where they are the same. Whoever made either is
    /// an author.
    /// </summary>
    public string? WorkflowCommit { get; init; }

    /// <summary>A workflow has announced it, whose token proves which repository and commit it ran for.</summary>
    public bool IsOfWorkflow { get; init; }
    public string? RunId { get; init; }
    public int? RunAttempt { get; init; }

    /// <inheritdoc cref="Release.NewerMembers"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? NewerMembers { get; init; }

    /// <summary>Image as Kubernetes writes it: <c>name[:tag][@digest]</c>.</summary>
    public string Reference => Image + (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);
}
