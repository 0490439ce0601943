using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>
/// What a release brings: the commits between what was live and what is released, their pull requests, and what the
/// GitOps repository changed beside the image. It is read from GitHub once for each pair of commits, and never waited for.
/// </summary>
/// <param name="Head">The source commit that is released.</param>
/// <param name="Base">The source commit of what was live; <c>null</c> when that is not known, and then only the head was read.</param>
/// <param name="GitOpsCommit">The commit that asked for it; <c>null</c> when it is not known.</param>
public sealed record ReleaseContents(string Head, string? Base, string? GitOpsCommit)
{
    /// <summary>More commits are counted, not kept.</summary>
    public const int MostCommits = 50;

    /// <summary>The same for pull requests.</summary>
    public const int MostPulls = 50;

    /// <summary>The same for changed files.</summary>
    public const int MostFiles = 20;

    /// <summary><see cref="ReleaseRequest.WorkflowCommit"/>, whose authors were read as well.</summary>
    public string? WorkflowCommit { get; init; }

    /// <summary>
    /// The commit that was live as far as is known, where GitHub does not know it: <see cref="Base"/> is the catalog's then.
    /// </summary>
    public string? UnknownBase { get; init; }

    /// <summary>When commits, pull requests and authors were read; <c>null</c>: not yet.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>When the commits of the GitOps repository were read; <c>null</c>: not yet, or none is known.</summary>
    public DateTimeOffset? GitOpsReadAt { get; init; }

    /// <summary>The commits, newest first; the first <see cref="MostCommits"/>.</summary>
    public ImmutableArray<ReleasedCommit> Commits { get; init; } = [];

    /// <summary>How many commits there are.</summary>
    public int TotalCommits { get; init; }

    /// <summary>How many commits what was live has and this has not: an older version is released again.</summary>
    public int Behind { get; init; }

    /// <summary>The merged pull requests, newest first; the first <see cref="MostPulls"/>.</summary>
    public ImmutableArray<ReleasedPull> Pulls { get; init; } = [];
    public int TotalPulls { get; init; }

    /// <summary>There were more commits than are read, so that not everybody behind them is known.</summary>
    public bool AuthorsAreCut { get; init; }

    /// <summary>
    /// The commits of the GitOps repository that were synced together with <see cref="GitOpsCommit"/>, newest first; the
    /// first <see cref="MostCommits"/>.
    /// </summary>
    public ImmutableArray<ReleasedCommit> GitOpsCommits { get; init; } = [];

    /// <summary>There were more of them than are read.</summary>
    public bool GitOpsAuthorsAreCut { get; init; }

    /// <summary><see cref="GitOpsCommit"/> was seen in the history of what was synced.</summary>
    public bool HasGitOpsCommit { get; init; }

    /// <summary>
    /// What was synced before is not known, and so not what came between it and <see cref="GitOpsCommit"/>.
    /// </summary>
    public bool IsGitOpsBaseUnknown { get; init; }

    /// <summary>The files that all those commits changed; the first <see cref="MostFiles"/>.</summary>
    public ImmutableArray<ChangedFile> Files { get; init; } = [];
    public int TotalFiles { get; init; }

    /// <summary>It is not asked again before that.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Failed attempts in a row.</summary>
    public int Failures { get; init; }

    /// <summary>Why the last attempt failed, in one line; empty when it did not.</summary>
    public string Problem { get; init; } = "";

    /// <inheritdoc cref="Release.NewerMembers"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? NewerMembers { get; init; }

    /// <summary>Everything that can be known is.</summary>
    public bool IsComplete => ReadAt is not null && (GitOpsCommit is null || GitOpsReadAt is not null);
}

/// <summary>A commit of a release; all texts come from outside.</summary>
/// <param name="Title">The first line of its message.</param>
/// <param name="Author">Login, else the name that Git says.</param>
/// <param name="Pull">The pull request that brought it.</param>
public sealed record ReleasedCommit(string Sha, string Title, string Author, int? Pull);

/// <summary>A merged pull request of a release; all texts come from outside.</summary>
public sealed record ReleasedPull(int Number, string Title, string? Author, string? MergedBy);

/// <summary>A file that commits of the GitOps repository changed.</summary>
/// <param name="Status"><c>added</c>, <c>removed</c>, <c>modified</c> … as GitHub says it.</param>
/// <param name="Lines">Changed lines beside those of the image, with `+` or `-` before them; the first few.</param>
/// <param name="MoreLines">How many more there are.</param>
public sealed record ChangedFile(string Path, string Status, ImmutableArray<string> Lines, int MoreLines)
{
    /// <summary>GitHub shows no text of it: binary, or too large.</summary>
    public bool IsOpaque { get; init; }

    /// <summary>It changed in no other way than its image.</summary>
    public bool IsImageOnly => Status == "modified" && Lines.IsEmpty && !IsOpaque;
}
