using System.Globalization;
using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>
/// What a release brings, in plain text that each surface escapes and links for itself; what comes from outside is kept
/// apart from it.
/// </summary>
public static class ContentsTexts
{
    /// <summary>How much it is, such as <c>12 commits in 3 pull requests</c>; <c>null</c> while that is not known.</summary>
    public static string? Amount(ReleaseContents contents)
    {
        if (contents.ReadAt is null)
        {
            return null;
        }

        if (contents.TotalCommits == 0)
        {
            return contents.Behind == 0
                ? "the source commit that was live before"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"an older commit: {Count(contents.Behind, "commit")} that {Was(contents.Behind)} live {Goes(contents.Behind)}"
                );
        }

        var pulls = contents.TotalPulls > 0 ? $" in {Count(contents.TotalPulls, "pull request")}" : "";
        var back =
            contents.Behind > 0
                ? $"; {Count(contents.Behind, "commit")} that {Was(contents.Behind)} live {Goes(contents.Behind)}"
                : "";
        return contents.Base is null
            ? "the last commit only: what was live before is not known"
            : Count(contents.TotalCommits, "commit") + pulls + back;
    }

    /// <summary>Why it is not known; <c>null</c> when nothing failed.</summary>
    public static string? Problem(ReleaseContents contents) =>
        contents.Problem.Length == 0 ? null
        : contents.ReadAt is null
            ? $"GitHub did not tell yet what this release brings and who made it ({contents.Problem}). I keep asking."
        : $"GitHub did not tell yet what changed in the GitOps repository ({contents.Problem}). I keep asking.";

    /// <summary>What came from the GitOps repository beside the image, in a word; <c>null</c> while that is not known.</summary>
    public static string? Config(ReleaseContents contents)
    {
        if (contents.GitOpsReadAt is null)
        {
            return null;
        }

        var files = contents.Files.Count(file => !file.IsImageOnly) + contents.TotalFiles - contents.Files.Length;
        var others = contents.GitOpsCommits.Length;
        return (files == 0 ? "nothing but the image" : $"{Count(files, "file")} beside the image")
            + (others == 0 ? "" : $"; {Count(others, "commit")} came with the one that asks for it")
            + (contents.IsGitOpsBaseUnknown ? "; what came before that one is not known" : "");
    }

    /// <summary>Commits that no pull request on the list has brought, newest first.</summary>
    public static IEnumerable<ReleasedCommit> Alone(ReleaseContents contents)
    {
        var listed = contents.Pulls.Select(pull => pull.Number).ToHashSet();
        return contents.Commits.Where(commit => commit.Pull is not { } pull || !listed.Contains(pull));
    }

    /// <summary>What is not on a list, such as <c>and 7 more commits</c>; <c>null</c> when all is.</summary>
    public static string? More(int count, string noun) => count > 0 ? $"and {Count(count, "more " + noun)}" : null;

    private static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    private static string Was(int count) => count == 1 ? "was" : "were";

    private static string Goes(int count) => count == 1 ? "goes" : "go";
}
