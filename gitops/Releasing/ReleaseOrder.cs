using Devflow.ChatOps.GitOps.Editing;
using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>Whether the branch is written, or a pull request against it.</summary>
public enum ReleaseMode
{
    Commit,
    PullRequest,
}

/// <summary>The wish that images be written into the desired state of one environment of an app.</summary>
public sealed record ReleaseOrder
{
    /// <summary>What <see cref="MessageTemplate"/> is when nobody says otherwise.</summary>
    public const string DefaultMessage = "{app} ({environment}): {oldTag} -> {newTag}";

    /// <summary>
    /// What <see cref="Attempts"/> is when nobody says otherwise. Each failed try means that somebody else's commit went
    /// through, so 25 are enough for 25 who write at the same moment.
    /// </summary>
    public const int DefaultAttempts = 25;

    /// <summary>The GitOps repository, <c>owner/name</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>The branch that is deployed from, without <c>refs/heads/</c>.</summary>
    public required string Branch { get; init; }

    public required string App { get; init; }

    public required string Environment { get; init; }

    /// <summary>What is to stand there; at least one.</summary>
    public required IReadOnlyList<ImageRelease> Images { get; init; }

    /// <summary>
    /// Where to look, from the root of the repository: files, patterns (<c>*</c> within a folder, <c>**</c> across folders), or
    /// folders, which mean all YAML below them. None: all YAML of the repository.
    /// </summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Where in the files the image stands, if it is not to be searched.</summary>
    public YamlPath? Path { get; init; }

    /// <summary>Who asks, for the age check and for finding our own commit again.</summary>
    public required RunIdentity Run { get; init; }

    /// <summary>The commit of the source repository that the images were built from.</summary>
    public string? SourceCommit { get; init; }

    /// <summary>Who merged, for the commit message.</summary>
    public string Actor { get; init; } = "";

    /// <summary>
    /// The commit message above the trailers: <c>{app} {environment} {oldTag} {newTag} {sha} {actor}</c> are replaced; its
    /// first line is the headline.
    /// </summary>
    public string MessageTemplate { get; init; } = DefaultMessage;

    /// <summary>Why an image goes out although it was rolled back or is older than what stands there. Null: it does not.</summary>
    public string? ForceReason { get; init; }

    /// <summary>Whether an image may go out that is older than what stands there.</summary>
    public bool AllowOlder { get; init; }

    public ReleaseMode Mode { get; init; }

    /// <summary>
    /// Whether a digest that is known is written. Rules, trailers and whoever is told of the release know it in any case.
    /// </summary>
    public bool WriteDigest { get; init; } = true;

    internal ImageWish Wish =>
        new(
            Repository,
            Branch,
            WriteDigest
                ? Images
                :
                [
                    .. Images.Select(image =>
                        image.Tag is null ? image : new ImageRelease(image.Name, image.Tag, digest: null)
                    ),
                ],
            Path
        );

    /// <summary>Everything is read and checked, and nothing is written.</summary>
    public bool DryRun { get; init; }

    /// <summary>How often to try when the branch keeps moving; at least one.</summary>
    public int Attempts { get; init; } = DefaultAttempts;
}
