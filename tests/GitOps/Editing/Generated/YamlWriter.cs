using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Tests.GitOps.Editing.Generated;

/// <summary>Writes YAML in any of the ways in which it may be written.</summary>
internal sealed partial class YamlWriter(Choices choices)
{
    private readonly StringBuilder text = new();
    private int comments;

    /// <summary>Whether a text of one line was written as a block: those are not edited.</summary>
    public bool HasBlocks { get; private set; }

    /// <summary>Writes a document's root.</summary>
    public string Write(Yaml root)
    {
        text.Clear();
        if (root is Yaml.Map { Entries.Count: > 0 } map && (HasAnchor(root) || !choices.OneIn(8)))
        {
            Block(map, 0);
        }
        else
        {
            Flow(root, isJson: choices.OneIn(2));
            text.Append(Comment()).Append('\n');
        }

        return text.ToString();
    }

    private void Block(Yaml.Map map, int indentation, bool isFirstInPlace = false)
    {
        foreach (var (key, value) in map.Entries)
        {
            if (!isFirstInPlace)
            {
                if (choices.OneIn(10))
                {
                    text.Append(choices.Of("", new string(' ', indentation) + "# line " + comments++)).Append('\n');
                }

                text.Append(' ', indentation);
            }

            isFirstInPlace = false;
            if (value is Yaml.Text && choices.OneIn(25))
            {
                text.Append("? ").Append(Key(key)).Append('\n').Append(' ', indentation).Append(':');
            }
            else
            {
                text.Append(Key(key)).Append(':');
            }

            Value(value, indentation, isItem: false);
        }
    }

    private void Value(Yaml value, int indentation, bool isItem)
    {
        if (value.Anchor is { } anchor)
        {
            text.Append(" &").Append(anchor);
        }

        switch (value)
        {
            case Yaml.Map { Entries.Count: > 0 } map when HasAnchor(value with { Anchor = null }) || !choices.OneIn(4):
                text.Append(Comment()).Append('\n');
                Block(map, indentation + choices.Of(2, 2, 4, 1));
                break;

            case Yaml.List { Items.Count: > 0 } list when HasAnchor(value) || !choices.OneIn(5):
                text.Append(Comment()).Append('\n');
                Block(list, indentation + (isItem ? 2 : choices.Of(0, 2, 4)));
                break;

            case Yaml.Text { Value: var lines } when lines.Contains('\n', StringComparison.Ordinal):
                text.Append(" |\n");
                foreach (var line in lines.TrimEnd('\n').Split('\n'))
                {
                    text.Append(' ', line.Length == 0 ? 0 : indentation + 2).Append(line).Append('\n');
                }

                break;

            case Yaml.Text { AsIt: false, Value.Length: > 0 } scalar when choices.OneIn(25):
                HasBlocks = true;
                text.Append(choices.Of(" >-\n", " |-\n"));
                text.Append(' ', indentation + 2).Append(scalar.Value).Append('\n');
                break;

            case Yaml.Text { Value: "", AsIt: true }:
                text.Append(Comment()).Append('\n');
                break;

            default:
                text.Append(choices.Of(" ", " ", "  "));
                Inline(value, isJson: choices.OneIn(4));
                text.Append(Comment()).Append('\n');
                break;
        }
    }

    private void Block(Yaml.List list, int indentation)
    {
        foreach (var item in list.Items)
        {
            text.Append(' ', indentation).Append('-');
            if (item is Yaml.Map { Entries.Count: > 0, Anchor: null } map && (HasAnchor(item) || !choices.OneIn(4)))
            {
                var gap = choices.Of(1, 1, 3);
                text.Append(' ', gap);
                Block(map, indentation + 1 + gap, isFirstInPlace: true);
            }
            else
            {
                Value(item, indentation, isItem: true);
            }
        }
    }

    // YamlDotNet reads no anchor in braces but in front of the last value (https://github.com/aaubry/YamlDotNet/issues/949).
    private static bool HasAnchor(Yaml value) =>
        value.Anchor is not null
        || value switch
        {
            Yaml.Map map => map.Entries.Any(entry => HasAnchor(entry.Value)),
            Yaml.List list => list.Items.Any(HasAnchor),
            _ => false,
        };

    private void Inline(Yaml value, bool isJson)
    {
        if (value is Yaml.Map or Yaml.List)
        {
            Flow(value with { Anchor = null }, isJson);
        }
        else
        {
            text.Append(value is Yaml.Alias alias ? "*" + alias.Name : Scalar((Yaml.Text)value));
        }
    }

    private void Flow(Yaml value, bool isJson)
    {
        text.Append(value.Anchor is { } anchor ? $"&{anchor} " : "");
        switch (value)
        {
            case Yaml.Map map:
                Flow(
                    '{',
                    '}',
                    map.Entries,
                    entry =>
                    {
                        text.Append(isJson && entry.Key != "<<" ? $"\"{entry.Key}\"" : Key(entry.Key)).Append(": ");
                        Flow(entry.Value, isJson);
                    }
                );
                break;
            case Yaml.List list:
                Flow('[', ']', list.Items, item => Flow(item, isJson));
                break;
            case Yaml.Alias alias:
                text.Append('*').Append(alias.Name).Append(' ');
                break;
            case Yaml.Text scalar:
                text.Append(
                    isJson && !scalar.AsIt && !scalar.Value.Contains('\n', StringComparison.Ordinal)
                        ? $"\"{scalar.Value}\""
                        : Scalar(scalar)
                );
                break;
        }
    }

    private void Flow<T>(char open, char close, IReadOnlyList<T> items, Action<T> write)
    {
        var gap = choices.Of("", "", " ");
        text.Append(open).Append(gap);
        for (var i = 0; i < items.Count; i++)
        {
            write(items[i]);
            text.Append(i + 1 < items.Count ? choices.Of(", ", ",  ") : "");
        }

        text.Append(gap).Append(close);
    }

    private string Key(string key) =>
        key == "<<"
            ? key
            : choices.Below(12) switch
            {
                0 => $"\"{key}\"",
                1 => $"'{key}'",
                _ => key,
            };

    private string Scalar(Yaml.Text scalar) =>
        scalar.AsIt ? scalar.Value
        : scalar.Value.Contains('\n', StringComparison.Ordinal)
            ? $"\"{scalar.Value.Replace("\n", "\\n", StringComparison.Ordinal)}\""
        : scalar.Value.Length == 0 ? choices.Of("\"\"", "''")
        : choices.Below(4) switch
        {
            0 => $"\"{scalar.Value}\"",
            1 => $"'{scalar.Value}'",
            _ when IsPlain(scalar.Value) => scalar.Value,
            _ => $"\"{scalar.Value}\"",
        };

    private static bool IsPlain(string value) => Simple().IsMatch(value) && YamlTexts.IsText(value);

    [GeneratedRegex(@"\A[\w./][\w./:@+-]*\z")]
    private static partial Regex Simple();

    private string Comment() =>
        choices.Below(6) switch
        {
            0 => string.Create(CultureInfo.InvariantCulture, $" # comment {comments++}"),
            1 => string.Create(CultureInfo.InvariantCulture, $"\t# ‰ ü \U0001F680 {comments++}: tag: 1"),
            _ => "",
        };
}
