using System.Collections.Immutable;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>What GitHub told of the commits of the GitOps repository that went into the cluster with a release.</summary>
/// <param name="Commits">The commits and their pull requests, with the one that asks for the release.</param>
/// <param name="Changes">The newest of them with the files that they changed, newest first.</param>
public sealed record GitOpsChanges(Contributions Commits, ImmutableArray<GitChange> Changes)
{
    /// <summary>The commit that asks for the release is in the history of what was synced.</summary>
    public bool HasAnnounced { get; init; }

    /// <summary>What was synced before is not known: only commits since the one that asks for the release are told.</summary>
    public bool IsBaseUnknown { get; init; }

    /// <summary>There are more commits than are read, so that not everybody behind them is known.</summary>
    public bool IsCut { get; init; }

    /// <summary>Everybody behind the commits; each may change what runs as much as the source does.</summary>
    public IEnumerable<AuthorIdentity> Identities() =>
        Commits.Identities().Select(identity => identity with { IsOfGitOps = true }).Distinct();

    /// <summary>The commits beside the one that asks for the release, newest first.</summary>
    public ImmutableArray<ReleasedCommit> KeptCommits(string announced) =>
        [.. Commits.KeptCommits().Where(commit => commit.Sha != announced)];

    /// <summary>The changed files, each once, with the lines of all commits.</summary>
    /// <param name="images">Names, tags and digests that the release writes or replaces.</param>
    public IReadOnlyList<ChangedFile> Files(IReadOnlySet<string> images) =>
        [
            .. Changes
                .SelectMany(change => change.Files)
                .GroupBy(file => file.Path, StringComparer.Ordinal)
                .Select(changes => changes.Select(file => ConfigDiff.Of(file, images)).Aggregate(ConfigDiff.Joined)),
        ];
}
