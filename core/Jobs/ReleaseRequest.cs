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
    public string? RunId { get; init; }
    public int? RunAttempt { get; init; }

    /// <summary>Image as Kubernetes writes it: <c>name[:tag][@digest]</c>.</summary>
    public string Reference => Image + (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);
}
