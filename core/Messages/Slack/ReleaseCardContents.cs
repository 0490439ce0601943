using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Core.Messages.Slack;

/// <summary>What a release brings, compact: pull requests and commits with their people, and configuration. Lines of mrkdwn.</summary>
internal static class ReleaseCardContents
{
    /// <summary>How many pull requests, commits and files are listed: fewer where texts must be short.</summary>
    private static int Most(ReleaseScene scene) =>
        scene.Longest switch
        {
            >= 240 => 4,
            >= 120 => 3,
            >= 60 => 2,
            _ => 0,
        };

    public static IEnumerable<string> Lines(ReleaseScene scene)
    {
        if (scene.Job.Contents is not { } contents || scene.Job.Request?.SourceCommit != contents.Head)
        {
            yield break;
        }

        if (ContentsTexts.Problem(contents) is { } problem)
        {
            yield return $"⚠️ {Mrkdwn.Text(problem, scene.Longest + 60)}";
        }

        if (ReleaseChanges.Head(scene, contents) is { } head)
        {
            yield return head;
        }

        foreach (var line in ReleaseChanges.Lines(scene, contents, Most(scene)))
        {
            yield return $"• {line}";
        }

        if (ContentsTexts.Config(contents) is { } config)
        {
            yield return $"*Configuration* {config}";
            foreach (var line in ReleaseChanges.GitOpsLines(scene, contents, Math.Max(0, Most(scene) - 1)))
            {
                yield return $"• {line}";
            }

            foreach (var file in contents.Files.Where(file => !file.IsImageOnly).Take(Math.Max(0, Most(scene) - 1)))
            {
                yield return File(scene, file);
            }
        }
    }

    private static string File(ReleaseScene scene, ChangedFile file)
    {
        var most = Most(scene);
        var lines = file.Lines.Take(most).Select(line => Mrkdwn.Code(line, Math.Min(80, scene.Longest)));
        var more = ContentsTexts.More(file.Lines.Length - Math.Min(file.Lines.Length, most) + file.MoreLines, "line");
        var what = file.Status == "modified" ? "" : $" {Mrkdwn.Text(file.Status, 20)}";
        return string.Join(
            ' ',
            new[] { $"• {Mrkdwn.Code(file.Path, Math.Min(100, scene.Longest))}{what}" }
                .Concat(lines)
                .Append(file.IsOpaque ? "(no text)" : "")
                .Append(more ?? "")
                .Where(part => part.Length > 0)
        );
    }
}
