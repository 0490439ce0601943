using System.Security.Cryptography;
using System.Text;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// Signs requests the way Slack does: HMAC-SHA256 over <c>v0:{timestamp}:{raw body}</c>.
/// See https://docs.slack.dev/authentication/verifying-requests-from-slack.
/// </summary>
public static class SlackSignature
{
    /// <summary>The value of <c>X-Slack-Signature</c>.</summary>
    /// <param name="signingSecret">The app's signing secret.</param>
    /// <param name="timestamp">The value of <c>X-Slack-Request-Timestamp</c>, Unix seconds.</param>
    /// <param name="body">The body as sent.</param>
    public static string Compute(string signingSecret, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] message = [.. Encoding.UTF8.GetBytes($"v0:{timestamp}:"), .. body];
        return "v0=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(signingSecret), message));
    }
}
