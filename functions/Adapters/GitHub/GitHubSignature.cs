using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>Whether a delivery is from GitHub.</summary>
public enum GitHubSignatureAnswer
{
    /// <summary>
    /// Signed by GitHub, at some time: the signature has none, so that a delivery counts once, by its id.
    /// </summary>
    Valid,

    /// <summary>No secret is configured: nothing is accepted.</summary>
    MissingSecret,

    /// <summary>The header is missing, doubled, or not of the right shape.</summary>
    Malformed,

    /// <summary>Signed with another secret, or for another body.</summary>
    Wrong,
}

/// <summary>
/// GitHub's webhook signature. See https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries.
/// </summary>
public static class GitHubSignature
{
    public const string Header = "X-Hub-Signature-256";

    private const string Prefix = "sha256=";
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <param name="headers">Headers of the request.</param>
    /// <param name="body">The body as it came, before anything parsed it.</param>
    /// <param name="secrets">Secrets, any of which may have signed; blank ones are no secrets.</param>
    public static GitHubSignatureAnswer Verify(
        IHeaderDictionary headers,
        ReadOnlySpan<byte> body,
        IReadOnlyList<string> secrets
    )
    {
        if (secrets.All(string.IsNullOrWhiteSpace))
        {
            return GitHubSignatureAnswer.MissingSecret;
        }

        if (headers[Header] is not [{ } signature] || Mac(signature) is not { } given)
        {
            return GitHubSignatureAnswer.Malformed;
        }

        // All of them, whichever fits, so that the time taken tells nothing.
        var isValid = false;
        foreach (var secret in secrets.Where(secret => !string.IsNullOrWhiteSpace(secret)))
        {
            isValid |= CryptographicOperations.FixedTimeEquals(
                given,
                HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body)
            );
        }

        return isValid ? GitHubSignatureAnswer.Valid : GitHubSignatureAnswer.Wrong;
    }

    private static byte[]? Mac(string signature) =>
        signature.Length == Prefix.Length + (2 * SHA256.HashSizeInBytes)
        && signature.StartsWith(Prefix, StringComparison.Ordinal)
        && signature.AsSpan(Prefix.Length).IndexOfAnyExcept(LowerHex) < 0
            ? Convert.FromHexString(signature.AsSpan(Prefix.Length))
            : null;
}
