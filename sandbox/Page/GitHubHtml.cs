using Markdig;

namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>
/// Markdown as GitHub's pages show it: with tables and line breaks as they are written. HTML in it is shown as text, which is
/// stricter than GitHub; HTML comments are not shown.
/// </summary>
internal static class GitHubHtml
{
    private static readonly MarkdownPipeline pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseTaskLists()
        .UseEmphasisExtras()
        .UseSoftlineBreakAsHardlineBreak()
        .DisableHtml()
        .Build();

    public static string Of(string markdown) => Markdown.ToHtml(markdown, pipeline);
}
