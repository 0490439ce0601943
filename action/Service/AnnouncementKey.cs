using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Devflow.ChatOps.Action.Service;

/// <summary>
/// The idempotency key of an announcement: the same for the same release of one attempt of a run, so that a repeat announces
/// nothing new.
/// </summary>
public static class AnnouncementKey
{
    /// <param name="images">References of what is released, as <c>registry/name:tag@digest</c>.</param>
    public static string Of(long runId, int runAttempt, string app, string environment, IEnumerable<string> images)
    {
        var what = string.Join('\n', [app, environment, .. images]);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)).AsSpan(0, 16));
        return string.Create(CultureInfo.InvariantCulture, $"run-{runId}-{runAttempt}-{hash}");
    }
}
