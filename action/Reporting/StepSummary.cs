using System.Text;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Action.Reporting;

/// <summary>The step's summary: what became of it, the release's steps, the change.</summary>
internal static class StepSummary
{
    /// <summary>Leaves room within <see cref="Runner.FileCommands.LargestSummary"/> for everything else.</summary>
    private const int LargestDiff = 256 * 1024;

    private const int MostFiles = 50;

    public static string Of(RunReport report, RunPages pages)
    {
        var text = new StringBuilder();
        if (report.Request?.Order is { } order)
        {
            text.Append($"### {Markdown.Text(order.App)} → {Markdown.Text(order.Environment)}\n\n");
            text.Append($"{(report.IsOk ? "" : "**Failed.** ")}{Markdown.Text(report.Message)}\n\n");
            Facts(text, report, order, pages);
        }
        else
        {
            text.Append($"### Devflow\n\n**Failed.** {Markdown.Text(report.Message)}\n\n");
            foreach (var fault in report.Faults)
            {
                text.Append($"- {Markdown.Text(fault.Input)}: {Markdown.Text(fault.Message)}\n");
            }
        }

        Steps(text, report);
        Diff(text, report);
        return text.ToString();
    }

    private static void Facts(StringBuilder text, RunReport report, ReleaseOrder order, RunPages pages)
    {
        text.Append("| | |\n|---|---|\n");
        foreach (var image in order.Images.Take(MostFiles))
        {
            text.Append($"| Image | {Markdown.Text(image.Reference(image.Name))} |\n");
        }

        text.Append($"| GitOps | {Markdown.Text($"{order.Repository} {order.Branch}")} |\n");
        if (report.Commit is { } commit)
        {
            text.Append($"| Commit | [{commit.Short}]({pages.Commit(order.Repository, commit)}) |\n");
        }

        if (report.PullRequest is { } pull)
        {
            text.Append($"| Pull request | [#{pull.Number}]({pages.Pull(order.Repository, pull.Number)}) |\n");
        }

        if (report.Job is { } job)
        {
            text.Append($"| Job | {Linked(job.Id, pages.Known(job.GitHub?.Checks))}: {Markdown.Text(job.Status)} |\n");
            // The service makes deployments of it there.
            text.Append($"| Environment | {Linked(order.Environment, pages.Environment(order.Environment))} |\n");
        }

        if (CommitSha.TryParse(order.SourceCommit) is { } source)
        {
            text.Append($"| Source | {Linked(source.Short, pages.SourceCommit(source))} |\n");
        }

        text.Append('\n');
    }

    private static string Linked(string text, Uri? page) =>
        page is null ? Markdown.Text(text) : $"[{Markdown.Text(text)}]({page.AbsoluteUri})";

    private static void Steps(StringBuilder text, RunReport report)
    {
        if (report.Job is not { Steps.Count: > 0 } job)
        {
            return;
        }

        text.Append("| Step | | |\n|---|---|---|\n");
        foreach (var step in job.Steps)
        {
            text.Append(
                $"| {Markdown.Text(step.Name)} | {Markdown.Text(step.Status)} | {Markdown.Text(step.Message)} |\n"
            );
        }

        text.Append('\n');
    }

    private static void Diff(StringBuilder text, RunReport report)
    {
        var left = LargestDiff;
        foreach (var change in report.Changes.Take(MostFiles))
        {
            var block = Markdown.Fenced(
                "diff",
                [.. UnifiedDiff.Of(change.Path, change.Before, change.After).Select(Printable)]
            );
            left -= Encoding.UTF8.GetByteCount(block);
            if (left < 0)
            {
                break;
            }

            text.Append(block).Append('\n');
        }

        if (left < 0 || report.Changes.Count > MostFiles)
        {
            text.Append("The rest of the change is too long to be shown here.\n");
        }
    }

    private static string Printable(string line) =>
        string.Concat(line.Select(c => char.IsControl(c) && c != '\t' ? '\uFFFD' : c));
}
