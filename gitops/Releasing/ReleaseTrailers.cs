using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Images;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>
/// What a commit says about a release, in Git trailers (https://git-scm.com/docs/git-interpret-trailers). Only the end of a
/// message counts; what somebody writes above it cannot pass for ours.
/// </summary>
public sealed partial record ReleaseTrailers
{
    private const string AppKey = "Devflow-App";
    private const string EnvironmentKey = "Devflow-Environment";
    private const string ImageKey = "Devflow-Image";
    private const string RunKey = "Devflow-Run";
    private const string SourceKey = "Source-Commit";
    private const string RolledBackKey = "Devflow-Rolled-Back";
    private const string ForcedKey = "Devflow-Forced";
    private const string RollbackKey = "Devflow-Rollback";
    private const string ReasonKey = "Devflow-Reason";
    private const string ActorKey = "Devflow-Actor";
    private const string ImageOnlyKey = "Devflow-Image-Only";

    public string? App { get; init; }

    public string? Environment { get; init; }

    /// <summary>What was written.</summary>
    public IReadOnlyList<ImageReference> Images { get; init; } = [];

    public RunIdentity? Run { get; init; }

    public string? SourceCommit { get; init; }

    /// <summary>Tombstones: what was taken away, and is not to come back without force.</summary>
    public IReadOnlyList<ImageReference> RolledBack { get; init; } = [];

    /// <summary>Why it was released against a rule.</summary>
    public string? Forced { get; init; }

    /// <summary>Names the rollback that this commit carries out, so that it is not carried out twice.</summary>
    public string? Rollback { get; init; }

    /// <summary>Why it was rolled back.</summary>
    public string? Reason { get; init; }

    /// <summary>Who rolled it back.</summary>
    public string? Actor { get; init; }

    /// <summary>Why a rollback restored the image and not the files.</summary>
    public string? ImageOnly { get; init; }

    /// <summary>Reads the trailers at the end of a commit message. Those of other tools between them are passed over.</summary>
    public static ReleaseTrailers Parse(string message)
    {
        var found = Block(message);
        return new ReleaseTrailers
        {
            App = Last(found, AppKey),
            Environment = Last(found, EnvironmentKey),
            Images = ImagesOf(found, ImageKey),
            Run = Last(found, RunKey) is { } run ? RunIdentity.TryParse(run) : null,
            SourceCommit = Last(found, SourceKey),
            RolledBack = ImagesOf(found, RolledBackKey),
            Forced = Last(found, ForcedKey),
            Rollback = Last(found, RollbackKey),
            Reason = Last(found, ReasonKey),
            Actor = Last(found, ActorKey),
            ImageOnly = Last(found, ImageOnlyKey),
        };
    }

    /// <summary>A commit message: the text, a blank line, the trailers. Lines of the text that look like ours are quoted.</summary>
    public string Below(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Trim().Split('\n').Select(Quote);
        return string.Join('\n', lines) + "\n\n" + ToString();
    }

    /// <summary>The trailers, a line each.</summary>
    public override string ToString()
    {
        List<(string Key, string? Value)> lines =
        [
            (AppKey, App),
            (EnvironmentKey, Environment),
            .. Images.Select(image => (ImageKey, (string?)image.ToString())),
            (RunKey, Run?.ToString()),
            (SourceKey, SourceCommit),
            .. RolledBack.Select(image => (RolledBackKey, (string?)image.ToString())),
            (ForcedKey, Forced),
            (RollbackKey, Rollback),
            (ReasonKey, Reason),
            (ActorKey, Actor),
            (ImageOnlyKey, ImageOnly),
        ];
        return string.Join(
            '\n',
            lines
                .Select(line => (line.Key, Value: OneLine(line.Value ?? "")))
                .Where(line => line.Value.Length > 0)
                .Select(line => $"{line.Key}: {line.Value}")
        );
    }

    /// <summary>Text on one line: without control characters and the line separators of Unicode.</summary>
    public static string OneLine(string text) => Unprintable().Replace(text, " ").Trim();

    /// <summary>
    /// What a person said, so that it does nothing on GitHub: in a commit on the default branch and in a pull request
    /// <c>fixes #12</c> closes an issue, <c>@acme/all</c> notifies, an address is a link, and <c>&lt;!--</c> hides the rest
    /// (https://docs.github.com/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue). It reads
    /// as before: a word joiner has no width.
    /// </summary>
    internal static string Harmless(string text) => Acting().Replace(text, "$0\u2060");

    private static string Quote(string line) => Ours().IsMatch(line) ? "> " + line : line;

    /// <summary>
    /// The paragraphs of nothing but trailers at the end. A squash merge may put paragraphs of its own behind ours
    /// (<c>Co-authored-by</c>), so that the last one alone would not do.
    /// </summary>
    private static List<(string Key, string Value)> Block(string message)
    {
        var trailers = new List<(string, string)>();
        var paragraphs = BlankLines().Split(message.ReplaceLineEndings("\n").Trim('\n'));
        // The first paragraph is the headline, whatever it looks like.
        for (var at = paragraphs.Length - 1; at > 0; at--)
        {
            var lines = paragraphs[at].Split('\n').Select(line => Trailer().Match(line)).ToList();
            if (!lines.All(line => line.Success))
            {
                break;
            }

            trailers.InsertRange(
                0,
                lines
                    .Where(line => line.Groups["key"].Success)
                    .Select(line => (line.Groups["key"].Value, line.Groups["value"].Value.Trim()))
            );
        }

        return trailers;
    }

    private static string? Last(List<(string Key, string Value)> trailers, string key) =>
        trailers
            .Where(trailer => trailer.Key.Equals(key, StringComparison.OrdinalIgnoreCase) && trailer.Value.Length > 0)
            .Select(trailer => trailer.Value)
            .LastOrDefault();

    private static List<ImageReference> ImagesOf(List<(string Key, string Value)> trailers, string key) =>
        [
            .. trailers
                .Where(trailer => trailer.Key.Equals(key, StringComparison.OrdinalIgnoreCase))
                .Select(trailer => ImageReference.TryParse(trailer.Value))
                .OfType<ImageReference>(),
        ];

    [GeneratedRegex(@"[@#](?=\w)|\bGH(?=-\d)|:(?=//)|<(?=[!/?\w])|[\[\]!](?=[\[(])", RegexOptions.IgnoreCase)]
    private static partial Regex Acting();

    [GeneratedRegex(@"^(?:(?<key>[A-Za-z0-9-]+): ?(?<value>.*)|-{3,})$")]
    private static partial Regex Trailer();

    [GeneratedRegex(@"^\s*(Devflow-[A-Za-z-]+|Source-Commit)\s*:", RegexOptions.IgnoreCase)]
    private static partial Regex Ours();

    [GeneratedRegex(@"\n[ \t]*\n+")]
    private static partial Regex BlankLines();

    [GeneratedRegex(@"[\p{Cc}\u2028\u2029]+")]
    private static partial Regex Unprintable();
}
