using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>A tag that is a semantic version (https://semver.org), with or without a leading <c>v</c>. Build metadata does not count.</summary>
internal sealed partial class SemanticVersion : IComparable<SemanticVersion>
{
    private readonly BigInteger[] core;
    private readonly string[] preRelease;

    private SemanticVersion(BigInteger[] core, string[] preRelease) =>
        (this.core, this.preRelease) = (core, preRelease);

    public static SemanticVersion? TryParse(string? tag)
    {
        var match = Pattern().Match(tag ?? "");
        return match.Success
            ? new SemanticVersion(
                [
                    .. match
                        .Groups["n"]
                        .Captures.Select(part => BigInteger.Parse(part.Value, CultureInfo.InvariantCulture)),
                ],
                match.Groups["pre"].Value.Split('.', StringSplitOptions.RemoveEmptyEntries)
            )
            : null;
    }

    public int CompareTo(SemanticVersion? other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var order = core.Zip(other.core, (left, right) => left.CompareTo(right)).FirstOrDefault(by => by != 0);
        if (order != 0 || (preRelease.Length == 0) != (other.preRelease.Length == 0))
        {
            // A version comes after its own pre-releases.
            return order != 0 ? order : other.preRelease.Length - preRelease.Length;
        }

        order = preRelease.Zip(other.preRelease, Compare).FirstOrDefault(by => by != 0);
        return order != 0 ? order : preRelease.Length - other.preRelease.Length;
    }

    private static int Compare(string left, string right)
    {
        var isLeft = BigInteger.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out var leftNumber);
        var isRight = BigInteger.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out var rightNumber);
        return isLeft && isRight ? leftNumber.CompareTo(rightNumber)
            : isLeft != isRight ? (isLeft ? -1 : 1)
            : string.CompareOrdinal(left, right);
    }

    [GeneratedRegex(@"^v?(?<n>\d{1,18})\.(?<n>\d{1,18})\.(?<n>\d{1,18})(-(?<pre>[0-9A-Za-z.-]+))?(\+[0-9A-Za-z.-]+)?$")]
    private static partial Regex Pattern();
}
