using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Devflow.ChatOps.Tests.GitOps.Editing.Generated;

/// <summary>
/// Where the scalars of a text are written, by YamlDotNet's marks and nothing of ours. For texts without aliases and merge keys,
/// in which each scalar has one place; it is named as <see cref="YamlReading.Scalars"/> does.
/// </summary>
internal sealed class YamlSpans
{
    /// <summary>Stands where a value was cut out, so that nothing moves across it unseen.</summary>
    private const string Hole = "\u0001";

    private readonly string text;
    private readonly int mark;
    private readonly Dictionary<string, (YamlNode? Key, YamlNode Value)> scalars = [];

    public YamlSpans(string text)
    {
        this.text = text;
        mark = text.StartsWith('\uFEFF') ? 1 : 0;
        var stream = new YamlStream();
        stream.Load(new StringReader(text[mark..]));
        for (var i = 0; i < stream.Documents.Count; i++)
        {
            Add(stream.Documents[i].RootNode, $"[{i}]", null);
        }
    }

    /// <summary>
    /// The text without these values and without these whole entries; <c>null</c> where one of the entries is a block, or has neither a
    /// line for itself nor a comma in front.
    /// </summary>
    /// <param name="blanks">Values that are or were not written at all; they go with the space around them.</param>
    /// <param name="isOld">Whether the entries go, with the comma behind them; else they came, with the one in front.</param>
    public string? Without(
        IEnumerable<string> values,
        IEnumerable<string> blanks,
        IEnumerable<string> entries,
        bool isOld
    )
    {
        var cuts = values
            .Select(path => (Place: ValueAt(path), Left: Hole, IsBlank: false))
            .Concat(blanks.Select(path => (Place: BlankAt(path), Left: Hole, IsBlank: true)))
            .ToList();
        foreach (var path in entries)
        {
            if (EntryAt(path, isOld) is not { } place)
            {
                return null;
            }

            cuts.Add((place, "", false));
        }

        var left = text;
        var next = text.Length;
        foreach (var ((start, end), hole, isBlank) in cuts.OrderByDescending(cut => cut.Place.Start))
        {
            // Two entries at the end of a text without a last line break, or an entry right behind a value that is not written:
            // whose the space between them is nobody can say.
            if (end > next || (isBlank && end == next && next < text.Length))
            {
                return null;
            }

            left = left[..start] + hole + left[end..];
            next = start;
        }

        return left;
    }

    private (int Start, int End) ValueAt(string path)
    {
        var value = scalars[path].Value;
        var start = At(value.Start);
        if (text[start] == '&')
        {
            start = text.IndexOf(' ', start);
            start += text.AsSpan(start).IndexOfAnyExcept(' ');
        }

        return (start, At(value.End));
    }

    private (int Start, int End) BlankAt(string path)
    {
        var (key, value) = scalars[path];
        var start = text.IndexOf(':', At(key!.End)) + 1;
        var end = At(value.Start) == At(value.End) ? start : At(value.End);
        var space = text.AsSpan(end).IndexOfAnyExcept(' ', '\t');
        return (start, space < 0 ? text.Length : end + space);
    }

    private (int Start, int End)? EntryAt(string path, bool isOld)
    {
        var (key, value) = scalars[path];
        if (value is YamlScalarNode { Style: ScalarStyle.Folded or ScalarStyle.Literal })
        {
            return null;
        }

        var (start, end) = (At(key!.Start), At(value.End));
        var before = text.AsSpan(0, start).TrimEnd(' ');
        if (before.EndsWith(",") || before.EndsWith("{"))
        {
            var behind = text.AsSpan(end).TrimStart(' ');
            return isOld && behind.StartsWith(",") ? (start, text.Length - behind[1..].TrimStart(' ').Length)
                : before.EndsWith(",") ? (before.Length - 1, end)
                : null;
        }

        if (before.Length > mark && before[^1] != '\n')
        {
            return null;
        }

        var lineEnd = text.IndexOf('\n', end) + 1;
        return lineEnd > 0 ? (before.Length, lineEnd) : (before.TrimEnd("\r\n").Length, text.Length);
    }

    private int At(Mark at) => (int)at.Index + mark;

    private void Add(YamlNode node, string path, YamlNode? key)
    {
        switch (node)
        {
            case YamlScalarNode:
                scalars.Add(path, (key, node));
                break;
            case YamlSequenceNode list:
                for (var i = 0; i < list.Children.Count; i++)
                {
                    Add(list.Children[i], $"{path}[{i}]", null);
                }

                break;
            case YamlMappingNode mapping:
                foreach (var (name, value) in mapping.Children)
                {
                    Add(value, $"{path}.{name}", name);
                }

                break;
        }
    }
}
