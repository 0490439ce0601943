using System.Security.Cryptography;
using System.Text;

namespace Devflow.ChatOps.Sandbox.GitHub.Hooks;

/// <summary>Signs events as GitHub does (https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries).</summary>
public static class GitHubSignature
{
    /// <summary>The value of <c>X-Hub-Signature-256</c>.</summary>
    public static string Compute(string secret, ReadOnlySpan<byte> body) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
}
