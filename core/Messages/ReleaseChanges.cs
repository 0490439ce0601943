using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>Pull requests and commits that a release brings, as every surface tells them; the surface lays them out.</summary>
internal static class ReleaseChanges
{
    /// <summary>How much it is, with a link to compare; <c>null</c> while that is not known.</summary>
    public static string? Head(ReleaseScene scene, ReleaseContents contents)
    {
        if (ContentsTexts.Amount(contents) is not { } amount)
        {
            return null;
        }

        var compare =
            contents.Base != contents.Head
            && GitHubPages.Compare(scene.Target.App.Repository, contents.Base, contents.Head) is { } page
                ? $" · {scene.Markup.Link(page, "compare")}"
                : "";
        return $"{scene.Bold("Brings")} {amount}{compare}";
    }

    /// <summary>A line for each pull request and for each commit that none of them brought, and one for what is left out.</summary>
    /// <param name="most">How many of either are listed.</param>
    public static IEnumerable<string> Lines(ReleaseScene scene, ReleaseContents contents, int most)
    {
        foreach (var pull in contents.Pulls.Take(most))
        {
            yield return Pull(scene, pull);
        }

        var alone = ContentsTexts.Alone(contents).ToList();
        foreach (var commit in alone.Take(most))
        {
            yield return Line(scene, scene.Target.App.Repository, commit);
        }

        var more = new[]
        {
            ContentsTexts.More(contents.TotalPulls - Math.Min(contents.Pulls.Length, most), "pull request"),
            ContentsTexts.More(
                alone.Count - Math.Min(alone.Count, most) + contents.TotalCommits - contents.Commits.Length,
                "commit"
            ),
        };
        if (string.Join(", ", more.OfType<string>()) is { Length: > 0 } rest)
        {
            yield return rest;
        }
    }

    /// <summary>
    /// A line for each commit of the GitOps repository that came with the one that asks for the release, and one for what is
    /// left out.
    /// </summary>
    public static IEnumerable<string> GitOpsLines(ReleaseScene scene, ReleaseContents contents, int most)
    {
        var repository = scene.Environment.GitOps?.Repository;
        foreach (var commit in contents.GitOpsCommits.Take(most))
        {
            yield return Line(scene, repository, commit);
        }

        var left = contents.GitOpsCommits.Length - Math.Min(contents.GitOpsCommits.Length, most);
        if (ContentsTexts.More(left, "commit") is { } more)
        {
            yield return more;
        }
    }

    /// <summary>A pull request with its people.</summary>
    public static string Pull(ReleaseScene scene, ReleasedPull pull)
    {
        var number = scene.Markup.Link(GitHubPages.Pull(scene.Target.App.Repository, pull.Number), $"#{pull.Number}");
        var people = new[]
        {
            pull.Author is { } author ? Name(scene, author) : "",
            pull.MergedBy is { } merger && merger != pull.Author ? $"merged by {Name(scene, merger)}" : "",
        }.Where(name => name.Length > 0);
        return $"{number} {Text(scene, pull.Title)} ({string.Join(", ", people)})";
    }

    /// <summary>A commit by its first digits.</summary>
    public static string Commit(ReleaseScene scene, string? repository, string commit)
    {
        var shown = GitHubPages.Short(commit);
        return GitHubPages.Commit(repository, commit) is { } page ? scene.Markup.Link(page, shown) : scene.Code(shown);
    }

    private static string Line(ReleaseScene scene, string? repository, ReleasedCommit commit) =>
        $"{Commit(scene, repository, commit.Sha)} {Text(scene, commit.Title)} ({Name(scene, commit.Author)})";

    private static string Text(ReleaseScene scene, string text) =>
        scene.Markup.Text(text, Math.Min(100, scene.Longest));

    private static string Name(ReleaseScene scene, string name) => scene.Markup.Text(name, Math.Min(40, scene.Longest));
}
