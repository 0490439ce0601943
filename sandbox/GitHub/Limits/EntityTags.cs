using System.Security.Cryptography;
using System.Text;

namespace Devflow.ChatOps.Sandbox.GitHub.Limits;

/// <summary>Answers that can be asked for again "if it has changed" (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api).</summary>
internal static class EntityTags
{
    /// <summary>The tag of an answer. Another token gets another one, as at GitHub.</summary>
    public static string Of(ReadOnlySpan<byte> body, string? token)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(body);
        hash.AppendData(Encoding.UTF8.GetBytes(token ?? ""));
        return $"W/\"{Convert.ToHexStringLower(hash.GetHashAndReset())}\"";
    }

    /// <summary>Whether the caller has this answer already.</summary>
    public static bool IsKnown(HttpRequest request, string tag) =>
        request.Headers.IfNoneMatch.ToString().Split(',').Any(given => Bare(given) == Bare(tag));

    private static string Bare(string tag)
    {
        var trimmed = tag.Trim();
        return trimmed.StartsWith("W/", StringComparison.Ordinal) ? trimmed[2..] : trimmed;
    }
}
