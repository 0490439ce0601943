using System.Globalization;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>Pages of repositories on GitHub; <c>null</c> unless every part of the address is what it should be.</summary>
public static partial class GitHubPages
{
    private const string GitHub = "https://github.com/";

    /// <summary>A commit.</summary>
    public static Uri? Commit(string? repository, string? commit) =>
        IsCommit(commit) ? Page(repository, $"commit/{commit}") : null;

    /// <summary>What one commit has and another has not.</summary>
    public static Uri? Compare(string? repository, string? @base, string? head) =>
        IsCommit(@base) && IsCommit(head) ? Page(repository, $"compare/{@base}...{head}") : null;

    /// <summary>A pull request.</summary>
    public static Uri? Pull(string? repository, int number) =>
        Page(repository, string.Create(CultureInfo.InvariantCulture, $"pull/{number}"));

    /// <summary>A comment on a pull request.</summary>
    public static Uri? Comment(string? repository, int number, long comment) =>
        Page(repository, string.Create(CultureInfo.InvariantCulture, $"pull/{number}#issuecomment-{comment}"));

    /// <summary>The checks of a commit, of which the newest run of each name is shown.</summary>
    public static Uri? Checks(string? repository, string? commit) =>
        IsCommit(commit) ? Page(repository, $"commit/{commit}/checks") : null;

    /// <summary>A workflow run.</summary>
    public static Uri? Run(string? repository, string? run) =>
        run is not null && Number().IsMatch(run) ? Page(repository, $"actions/runs/{run}") : null;

    /// <summary>A commit as people write it: seven digits; another text as it is.</summary>
    public static string Short(string commit) => IsCommit(commit) ? commit[..7] : commit;

    private static bool IsCommit(string? commit) => commit is not null && Sha().IsMatch(commit);

    private static Uri? Page(string? repository, string path) =>
        repository is not null && Repository().IsMatch(repository) ? new Uri($"{GitHub}{repository}/{path}") : null;

    [GeneratedRegex(@"\A[0-9a-f]{7,64}\z")]
    private static partial Regex Sha();

    [GeneratedRegex(@"\A[0-9]{1,20}\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"\A[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex Repository();
}
