using System.Text.RegularExpressions;

namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>How a text is written so that every YAML parser reads a text.</summary>
internal static partial class Scalars
{
    /// <summary>The tag of a text.</summary>
    public const string TextTag = "tag:yaml.org,2002:str";

    private static readonly HashSet<string> words = new(StringComparer.OrdinalIgnoreCase)
    {
        "",
        "~",
        "null",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
    };

    /// <summary>The value as it was written before; quoted where a plain one would not be read as a text.</summary>
    public static string Write(string value, ScalarPresentation presentation) =>
        presentation switch
        {
            ScalarPresentation.SingleQuoted => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'",
            ScalarPresentation.Plain when IsPlainText(value) => value,
            _ =>
                $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        };

    /// <summary>Whether every parser reads this scalar as a text, and not as a number, a boolean, a date or nothing.</summary>
    public static bool IsText(YamlScalar scalar) =>
        scalar.IsQuoted || scalar.Tag is "!" or TextTag || IsPlainText(scalar.Value);

    /// <summary>Whether it is a plain word for true or false, also by YAML 1.1 (https://yaml.org/type/bool.html).</summary>
    public static bool IsBoolean(YamlScalar scalar) =>
        !scalar.IsQuoted && !scalar.IsNull && words.Contains(scalar.Value) && scalar.Tag is not ("!" or TextTag);

    /// <summary>
    /// Tags like <c>1.10</c>, <c>1e3</c>, <c>0123</c> or <c>2024-01-31</c> are numbers and dates to YAML 1.1 and 1.2
    /// (https://yaml.org/type/), and some tags are words of it.
    /// </summary>
    private static bool IsPlainText(string value) =>
        !words.Contains(value) && PlainCharacters().IsMatch(value) && !NumberOrDate().IsMatch(value);

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_./:@+-]*\z")]
    private static partial Regex PlainCharacters();

    [GeneratedRegex(
        @"\A[-+]?(?:0[xo][0-9a-f_]+|0b[01_]+|[0-9][0-9_]*(?::[0-5]?[0-9])*\.?[0-9_]*(?:e[-+]?[0-9]+)?|\d{4}-\d\d?-\d\d?.*)\z",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex NumberOrDate();
}
