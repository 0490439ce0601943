namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>The stable codes of what a release can come to, for outputs and tables.</summary>
public static class ReleaseCodes
{
    public const string RolledBack = "rolled_back";
    public const string Older = "older";

    public const string ImageNotFound = "image_not_found";
    public const string FileNotFound = "file_not_found";
    public const string FileNotEditable = "file_not_editable";
    public const string MalformedYaml = "malformed_yaml";
    public const string TooManyFiles = "too_many_files";
    public const string ProtectedBranch = "protected_branch";
    public const string PermissionMissing = "permission_missing";
    public const string BadCredentials = "bad_credentials";
    public const string AppNotInstalled = "app_not_installed";
    public const string RepositoryNotFound = "repository_not_found";
    public const string BranchNotFound = "branch_not_found";
    public const string BranchTaken = "branch_taken";
    public const string RateLimited = "rate_limited";
    public const string BranchMoves = "branch_moves";
    public const string GitHubUnavailable = "github_unavailable";
    public const string GitHubRefused = "github_refused";

    /// <summary>Codes of <see cref="ReleaseOutcome.Refused"/> and what each means.</summary>
    public static IReadOnlyDictionary<string, string> Refusals { get; } =
        new Dictionary<string, string>
        {
            [RolledBack] = "The image was rolled back in this environment; it goes out again by force, with a reason.",
            [Older] = "The image is older than the one that stands there.",
        };

    /// <summary>Codes of <see cref="ReleaseOutcome.Failed"/> and what each means.</summary>
    public static IReadOnlyDictionary<string, string> Failures { get; } =
        new Dictionary<string, string>
        {
            [ImageNotFound] =
                "No file names the image; the message says where was looked and what stands there instead.",
            [FileNotFound] = "A file that was named is not there, or no file fits the patterns.",
            [FileNotEditable] = "A file that was named is a symbolic link or a submodule.",
            [MalformedYaml] = "A file is not YAML that can be edited; the faults say where.",
            [TooManyFiles] = "More files fit than are searched; name a folder or the files.",
            [ProtectedBranch] =
                "A branch protection or ruleset forbids the commit; add the App to its bypass list, or use a pull request.",
            [PermissionMissing] = "The token may not do this.",
            [BadCredentials] = "The token, or the App's id and key, are none that GitHub accepts.",
            [AppNotInstalled] = "The GitHub App is not installed for the repository.",
            [RepositoryNotFound] = "The repository is not there, or the token may not see it.",
            [BranchNotFound] = "The branch is not there.",
            [BranchTaken] = "The branch of the pull request carries a release of another app or environment.",
            [RateLimited] = "GitHub wants fewer requests, and for longer than was waited.",
            [BranchMoves] = "The branch moved before each try.",
            [GitHubUnavailable] = "GitHub did not answer, or answered that it cannot.",
            [GitHubRefused] = "GitHub refused for a reason that has no code of its own; the message is GitHub's.",
        };
}
