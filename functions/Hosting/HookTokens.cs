using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>The bearer tokens of the hooks: one per cluster, two while one is being replaced.</summary>
public sealed class HookTokens(IReadOnlyDictionary<string, string[]> tokens)
{
    public const int ShortestToken = 16;

    // b68token of RFC 6750, section 2.1.
    private static readonly SearchValues<char> tokenCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/="
    );

    private readonly Dictionary<string, byte[][]> hashes = tokens.ToDictionary(
        pair => pair.Key,
        pair => pair.Value.Where(IsWellFormed).Select(Hash).ToArray(),
        StringComparer.Ordinal
    );

    /// <summary>Whether a token could be one: placeholders such as <c>&lt;token&gt;</c> never are.</summary>
    public static bool IsWellFormed(string token) =>
        token.Length >= ShortestToken && token.AsSpan().IndexOfAnyExcept(tokenCharacters) < 0;

    /// <summary>Whether the Authorization header carries a token of this cluster; hashes are compared, in fixed time.</summary>
    public bool Accepts(string cluster, string? authorization)
    {
        const string scheme = "Bearer ";
        if (
            authorization is null
            || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            || !hashes.TryGetValue(cluster, out var known)
        )
        {
            return false;
        }

        var given = Hash(authorization[scheme.Length..].Trim());
        var accepted = false;
        foreach (var hash in known)
        {
            accepted |= CryptographicOperations.FixedTimeEquals(given, hash);
        }

        return accepted;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
