using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Devflow.ChatOps.Functions.Adapters.Slack;

/// <summary>Whether a request is from Slack.</summary>
public enum SlackSignatureAnswer
{
    /// <summary>Signed by Slack within the last minutes. A replay within them is possible: commands have unique keys.</summary>
    Valid,

    /// <summary>No signing secret is configured: nothing is accepted.</summary>
    MissingSecret,

    /// <summary>The headers are missing, doubled, or not of the right shape.</summary>
    Malformed,

    /// <summary>Signed too long ago, or in the future.</summary>
    Stale,

    /// <summary>Signed with another secret, or for another body.</summary>
    Wrong,
}

/// <summary>
/// Version 0 of Slack's request signature. See
/// https://docs.slack.dev/authentication/verifying-requests-from-slack.
/// </summary>
public static class SlackSignature
{
    public const string SignatureHeader = "X-Slack-Signature";
    public const string TimestampHeader = "X-Slack-Request-Timestamp";

    /// <summary>How far the request's time may be from ours.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(300);

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private const string Version = "v0";
    private const int LongestTimestamp = 12;

    /// <param name="headers">Headers of the request.</param>
    /// <param name="body">The body as it came, before anything parsed it.</param>
    /// <param name="secrets">Signing secrets, any of which may have signed; blank ones are no secrets.</param>
    /// <param name="now">The present time.</param>
    public static SlackSignatureAnswer Verify(
        IHeaderDictionary headers,
        ReadOnlySpan<byte> body,
        IReadOnlyList<string> secrets,
        DateTimeOffset now
    )
    {
        if (secrets.All(string.IsNullOrWhiteSpace))
        {
            return SlackSignatureAnswer.MissingSecret;
        }

        if (
            headers[TimestampHeader] is not [{ Length: > 0 and <= LongestTimestamp } timestamp]
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || headers[SignatureHeader] is not [{ } signature]
            || Mac(signature) is not { } given
        )
        {
            return SlackSignatureAnswer.Malformed;
        }

        if (Math.Abs(now.ToUnixTimeSeconds() - seconds) > (long)Window.TotalSeconds)
        {
            return SlackSignatureAnswer.Stale;
        }

        // All of them, whichever fits, so that the time taken tells nothing.
        var isValid = false;
        foreach (var secret in secrets.Where(secret => !string.IsNullOrWhiteSpace(secret)))
        {
            isValid |= CryptographicOperations.FixedTimeEquals(given, Compute(secret, timestamp, body));
        }

        return isValid ? SlackSignatureAnswer.Valid : SlackSignatureAnswer.Wrong;
    }

    private static byte[] Compute(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        mac.AppendData(Encoding.ASCII.GetBytes($"{Version}:{timestamp}:"));
        mac.AppendData(body);
        return mac.GetHashAndReset();
    }

    private static byte[]? Mac(string signature)
    {
        const string prefix = Version + "=";
        var isHex =
            signature.Length == prefix.Length + (2 * SHA256.HashSizeInBytes)
            && signature.StartsWith(prefix, StringComparison.Ordinal)
            && signature.AsSpan(prefix.Length).IndexOfAnyExcept(LowerHex) < 0;
        return isHex ? Convert.FromHexString(signature.AsSpan(prefix.Length)) : null;
    }
}
