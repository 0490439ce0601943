using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Images;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>The words of a release's commit and pull request.</summary>
public static partial class ReleaseMessage
{
    /// <summary>Longer values are cut: a headline is for people.</summary>
    private const int LongestValue = 128;

    /// <summary>The trailers of an order.</summary>
    public static ReleaseTrailers Trailers(ReleaseOrder order) =>
        new()
        {
            App = order.App,
            Environment = order.Environment,
            Images = [.. order.Images.Select(image => new ImageReference(image.Name, image.Tag, image.Digest))],
            Run = order.Run,
            SourceCommit = order.SourceCommit,
            Forced = order.ForceReason,
        };

    /// <summary>The whole commit message.</summary>
    public static string Commit(ReleaseOrder order, ReleaseEdit.Changed edit) =>
        Trailers(order).Below(Text(order, edit));

    /// <summary>Title and text of a pull request. The trailers are in the text, so that a squash merge keeps them.</summary>
    public static (string Title, string Body) PullRequest(ReleaseOrder order, ReleaseEdit.Changed edit)
    {
        var text = Text(order, edit);
        var files = string.Join('\n', edit.Changes.Select(change => $"- `{ReleaseTrailers.OneLine(change.Path)}`"));
        var rest = text.Contains('\n') ? text[(text.IndexOf('\n') + 1)..].Trim() + "\n\n" : "";
        return (text.Split('\n')[0], Trailers(order).Below($"{rest}Changes:\n\n{files}"));
    }

    /// <summary>The branch of the one pull request of an environment of an app; letters that Git does not allow become <c>-</c>.</summary>
    public static string PullRequestBranch(ReleaseOrder order) =>
        $"devflow/{Unsafe().Replace(order.App, "-").Trim('-')}/{Unsafe().Replace(order.Environment, "-").Trim('-')}";

    private static string Text(ReleaseOrder order, ReleaseEdit.Changed edit)
    {
        var old = order
            .Images.SelectMany(edit.Standing)
            .Select(standing => standing.Split('@') is [var tag, _] ? tag : standing)
            .Where(standing => standing.Length > 0)
            .Distinct(StringComparer.Ordinal);
        var values = new Dictionary<string, string>
        {
            ["app"] = order.App,
            ["environment"] = order.Environment,
            ["oldTag"] = string.Join(", ", old),
            ["newTag"] = string.Join(
                ", ",
                order.Images.Select(image => image.Tag ?? image.Digest!).Distinct(StringComparer.Ordinal)
            ),
            ["sha"] = order.SourceCommit ?? "",
            ["actor"] = order.Actor,
        };
        var text = Placeholder()
            .Replace(
                order.MessageTemplate.ReplaceLineEndings("\n"),
                match => values.TryGetValue(match.Groups["name"].Value, out var value) ? Shorten(value) : match.Value
            );
        return string.Join('\n', text.Trim().Split('\n').Select(ReleaseTrailers.OneLine)) is { Length: > 0 } said
            ? said
            : $"{order.App} ({order.Environment})";
    }

    private static string Shorten(string value) =>
        ReleaseTrailers.OneLine(value) is { Length: > LongestValue } line
            ? line[..LongestValue]
            : ReleaseTrailers.OneLine(value);

    [GeneratedRegex(@"\{(?<name>[A-Za-z]+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("[^A-Za-z0-9_-]+")]
    private static partial Regex Unsafe();
}
