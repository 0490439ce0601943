using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;

namespace Devflow.ChatOps.Core.Messages.GitHub;

/// <summary>What a release brings: pull requests, commits and configuration. Paragraphs of Markdown.</summary>
internal static class CheckRunContents
{
    private const int MostItems = 20;
    private const int MostFiles = 10;
    private const int MostLines = 10;

    public static IEnumerable<string> Lines(ReleaseScene scene)
    {
        if (scene.Job.Contents is not { } contents || scene.Job.Request?.SourceCommit != contents.Head)
        {
            yield break;
        }

        if (ContentsTexts.Problem(contents) is { } problem)
        {
            yield return $"⚠️ {Markdown.Text(problem, 300)}";
        }

        if (ReleaseChanges.Head(scene, contents) is { } head)
        {
            var items = ReleaseChanges.Lines(scene, contents, MostItems).Select(line => $"- {line}").ToList();
            // A list needs an empty line before it.
            yield return items.Count == 0 ? head : $"{head}\n\n{string.Join('\n', items)}";
        }

        if (ContentsTexts.Config(contents) is { } config)
        {
            var commits = ReleaseChanges.GitOpsLines(scene, contents, MostItems).Select(line => $"- {line}");
            var files = contents.Files.Where(file => !file.IsImageOnly).Take(MostFiles).Select(File);
            var items = commits.Concat(files).ToList();
            yield return $"**Configuration** {config}" + (items.Count == 0 ? "" : $"\n\n{string.Join('\n', items)}");
        }
    }

    private static string File(ChangedFile file)
    {
        var what = file.Status == "modified" ? "" : $" {Markdown.Text(file.Status, 20)}";
        var lines = file.Lines.Take(MostLines).Select(line => $"  - {Markdown.Code(line, 120)}");
        var more = ContentsTexts.More(
            file.Lines.Length - Math.Min(file.Lines.Length, MostLines) + file.MoreLines,
            "line"
        );
        var head = $"- {Markdown.Code(file.Path, 150)}{what}{(file.IsOpaque ? " (no text)" : "")}";
        return string.Join('\n', lines.Prepend(head).Concat(more is null ? [] : [$"  - {more}"]));
    }
}
