using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Action.Reporting;

/// <summary>The pages of GitHub to which a summary links.</summary>
/// <param name="server">GitHub, with a final slash.</param>
/// <param name="repository">Of the workflow, which is that of the source; <c>null</c> when the runner does not say it.</param>
internal sealed class RunPages(Uri server, string? repository)
{
    public Uri Commit(string of, CommitSha commit) => new(server, $"{of}/commit/{commit}");

    public Uri Pull(string of, int number) => new(server, $"{of}/pull/{number}");

    /// <summary>The commit from which the image was built.</summary>
    public Uri? SourceCommit(CommitSha commit) => repository is null ? null : Commit(repository, commit);

    /// <summary>The deployments to an environment.</summary>
    public Uri? Environment(string name) =>
        repository is null ? null : new Uri(server, $"{repository}/deployments/{Escaped(name)}");

    /// <summary>A page that the service names, if it is one of GitHub's.</summary>
    public Uri? Known(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var page)
        && page.GetLeftPart(UriPartial.Authority) == server.GetLeftPart(UriPartial.Authority)
        && page.AbsoluteUri.AsSpan().IndexOfAny('(', ')') < 0
            ? page
            : null;

    // Parentheses would end a link of Markdown.
    private static string Escaped(string name) =>
        Uri.EscapeDataString(name)
            .Replace("(", "%28", StringComparison.Ordinal)
            .Replace(")", "%29", StringComparison.Ordinal);
}
