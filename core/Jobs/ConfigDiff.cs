using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>
/// What a GitOps commit changed beside the image. Values under keys that look like those of secrets are left out: Git may
/// be read by fewer people than the channel.
/// </summary>
public static partial class ConfigDiff
{
    private const int MostLines = 12;
    private const int LongestLine = 160;

    /// <param name="images">Names, tags and digests that the release writes or replaces.</param>
    public static ChangedFile Of(GitFile file, IReadOnlySet<string> images)
    {
        var all = (file.Patch ?? "").Split('\n');
        var isSecretFile = SecretKey().IsMatch(file.Path) || all.Any(line => SecretKind().IsMatch(line));
        var lines = all.Select((line, at) => (Line: line, IsSecret: isSecretFile || IsSecret(all, at)))
            .Where(it => it.Line.Length > 1 && it.Line[0] is '+' or '-')
            .Where(it => !string.IsNullOrWhiteSpace(it.Line[1..]) && !IsOfImage(it.Line[1..], images))
            .ToList();
        return new ChangedFile(
            Plain.OneLine(file.Path, 200),
            Plain.OneLine(file.Status, 20),
            [.. lines.Take(MostLines).Select(it => Shown(it.Line, it.IsSecret))],
            Math.Max(0, lines.Count - MostLines)
        )
        {
            IsOpaque = file.Patch is null && file.Additions + file.Deletions != 0,
        };
    }

    /// <summary>One file that two commits changed, the newer one first.</summary>
    public static ChangedFile Joined(ChangedFile newer, ChangedFile older)
    {
        ImmutableArray<string> lines = [.. older.Lines, .. newer.Lines];
        return newer with
        {
            Status = older.Status == "modified" ? newer.Status : older.Status,
            Lines = [.. lines.Take(MostLines)],
            MoreLines = Math.Max(0, lines.Length - MostLines) + older.MoreLines + newer.MoreLines,
            IsOpaque = older.IsOpaque || newer.IsOpaque,
        };
    }

    /// <summary>The words by which a line is known to be about the image: as it was, and as it becomes.</summary>
    public static IReadOnlySet<string> WordsOf(ReleaseRequest request, IEnumerable<string> former)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var image in former.Append(request.Reference))
        {
            var at = image.IndexOf('@', StringComparison.Ordinal);
            var name = at < 0 ? image : image[..at];
            var colon = name.LastIndexOf(':');
            var hasTag = colon > name.LastIndexOf('/');
            words.Add(hasTag ? name[..colon] : name);
            words.Add(hasTag ? name[(colon + 1)..] : "");
            words.Add(at < 0 ? "" : image[(at + 1)..]);
        }

        words.Remove("");
        return words;
    }

    // `image: name:tag`, `newTag: tag`, `digest: sha256:…`; a port that happens to have the tag's number is none.
    private static bool IsOfImage(string line, IReadOnlySet<string> images)
    {
        var match = KeyAndValue().Match(line);
        if (!match.Success)
        {
            return false;
        }

        var value = match.Groups["value"].Value;
        var known =
            images.Contains(value)
            || images.Any(word =>
                value.Length > word.Length
                && value.StartsWith(word, StringComparison.Ordinal)
                && value[word.Length] is ':' or '@'
            );
        return known && ImageKey().IsMatch(match.Groups["key"].Value);
    }

    // `password: x`, or `value: x` below `name: PASSWORD`.
    private static bool IsSecret(string[] lines, int at)
    {
        var match = KeyAndRest().Match(lines[at]);
        var key = match.Groups["key"].Value.Trim();
        return SecretKey().IsMatch(key)
            || (key == "value" && at > 0 && SecretKey().IsMatch(KeyAndRest().Match(lines[at - 1]).Groups["rest"].Value))
            || (
                key == "value"
                && at > 1
                && lines[at - 1] is ['-', ..]
                && SecretKey().IsMatch(KeyAndRest().Match(lines[at - 2]).Groups["rest"].Value)
            );
    }

    private static string Shown(string line, bool isSecret)
    {
        var match = KeyAndRest().Match(line);
        var end =
            !isSecret ? line.Length
            : match.Success ? match.Groups["rest"].Index
            : 1;
        return $"{line[0]} {Plain.OneLine(line[1..end] + (isSecret ? "…" : ""), LongestLine)}";
    }

    [GeneratedRegex("""\A\s*(-\s+)?["']?(?<key>[^:"'#]+)["']?\s*:\s+["']?(?<value>[^"'\s#]+)["']?\s*(#.*)?\z""")]
    private static partial Regex KeyAndValue();

    [GeneratedRegex("""\A[ +-]?\s*(-\s+)?["']?(?<key>[^:="'#]+)["']?\s*[:=]\s*(?<rest>.*)""")]
    private static partial Regex KeyAndRest();

    [GeneratedRegex(@"\A[ +-]?\s*kind:\s*[""']?Secret\b")]
    private static partial Regex SecretKind();

    [GeneratedRegex(@"image|tag|digest|version|name\z", RegexOptions.IgnoreCase)]
    private static partial Regex ImageKey();

    [GeneratedRegex(
        "passw|secret|token|credential|private|apikey|api[-_]key|connectionstring",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex SecretKey();
}
