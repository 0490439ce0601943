using System.Globalization;

namespace Devflow.ChatOps.Tests.GitOps.Editing.Generated;

/// <summary>Which plain scalars are texts by the rules of YAML 1.1, which kustomize and Helm read: https://yaml.org/type/.</summary>
internal static class YamlTexts
{
    public static bool IsNull(string plain) => plain is "" or "~" or "null" or "Null" or "NULL";

    public static bool IsText(string plain) =>
        !IsNull(plain)
        && !double.TryParse(plain, CultureInfo.InvariantCulture, out _)
        && !IsWhole(plain, "0b", 2)
        && !IsWhole(plain, "0x", 16)
        && plain.ToUpperInvariant() is not ("TRUE" or "Y" or "N" or "ON" or "NO" or "OFF" or "YES" or "FALSE");

    private static bool IsWhole(string text, string prefix, int radix) =>
        text.Length > prefix.Length
        && text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
        && text[prefix.Length..].All(letter => "0123456789abcdef"[..radix].Contains(char.ToLowerInvariant(letter)));
}
