using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Images;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>The words of a release's commit and pull request.</summary>
public static partial class ReleaseMessage
{
    /// <summary>Longer values are cut: a headline is for people.</summary>
    private const int LongestValue = 128;

    /// <summary>GitHub takes titles of 256 characters.</summary>
    private const int LongestTitle = 250;

    /// <summary>GitHub takes 65,536 characters.</summary>
    private const int LongestBody = 60_000;

    private const int MostFiles = 100;

    /// <summary>The trailers of an order.</summary>
    public static ReleaseTrailers Trailers(ReleaseOrder order) =>
        new()
        {
            App = order.App,
            Environment = order.Environment,
            Images = [.. order.Images.Select(image => new ImageReference(image.Name, image.Tag, image.Digest))],
            Run = order.Run,
            SourceCommit = order.SourceCommit,
            Forced = order.ForceReason is { } reason ? ReleaseTrailers.Harmless(reason) : null,
        };

    /// <summary>The whole commit message.</summary>
    public static string Commit(ReleaseOrder order, ReleaseEdit.Changed edit) =>
        Trailers(order).Below(Text(order, edit));

    /// <summary>Title and text of a pull request. The trailers are in the text, so that a squash merge keeps them.</summary>
    public static (string Title, string Body) PullRequest(ReleaseOrder order, ReleaseEdit.Changed edit)
    {
        var text = Text(order, edit);
        var rest = text.Contains('\n') ? text[(text.IndexOf('\n') + 1)..].Trim() : "";
        return PullRequest(text.Split('\n')[0], rest, edit.Changes.Select(change => change.Path), Trailers(order));
    }

    /// <summary>Within what GitHub takes: what is too long is cut, but for the trailers.</summary>
    internal static (string Title, string Body) PullRequest(
        string title,
        string text,
        IEnumerable<string> files,
        ReleaseTrailers trailers
    )
    {
        var paths = files.Select(ReleaseTrailers.OneLine).ToList();
        var more = paths.Count > MostFiles ? $"\n- and {paths.Count - MostFiles} more" : "";
        var list = $"Changes:\n\n{string.Join('\n', paths.Take(MostFiles).Select(path => $"- `{path}`"))}{more}";
        var room = Math.Max(0, LongestBody - trailers.ToString().Length);
        // Above the trailers one quoted line may become two letters longer.
        var said = Cut(text.Length == 0 ? list : $"{Cut(text, room / 2)}\n\n{list}", room / 2);
        return (Cut(title, LongestTitle), trailers.Below(said));
    }

    /// <summary>The branch of the one pull request of an environment of an app.</summary>
    public static string PullRequestBranch(ReleaseOrder order) =>
        PullRequestBranch("devflow", order.App, order.Environment);

    internal static string PullRequestBranch(string prefix, string app, string environment) =>
        $"{prefix}/{Segment(app)}/{Segment(environment)}";

    /// <summary>
    /// A name as a part of a branch's name (https://git-scm.com/docs/git-check-ref-format). Where letters had to be replaced a
    /// hash is added: <c>a~b</c> and <c>a-b</c> are two.
    /// </summary>
    private static string Segment(string name)
    {
        var plain = Unsafe().Replace(name, "-").Trim('-', '.');
        if (plain == name && !name.EndsWith(".lock", StringComparison.OrdinalIgnoreCase))
        {
            return name;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 4));
        return plain.Length == 0 ? hash : $"{plain}-{hash}";
    }

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

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length].TrimEnd();

    [GeneratedRegex(@"[^A-Za-z0-9_.-]+|\.{2,}")]
    private static partial Regex Unsafe();
}
