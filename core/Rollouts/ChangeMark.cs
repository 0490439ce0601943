using System.Security.Cryptography;
using System.Text;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>
/// Short texts that are equal as long as an object says the same to whoever decides: comparing them is how a change is
/// found without reading everything that surrounds a Rollout.
/// </summary>
public static class ChangeMark
{
    /// <summary>The object is not there.</summary>
    public const string Gone = "gone";

    /// <summary>
    /// A Rollout is written only when something about it changes, so that its <c>resourceVersion</c> tells; one of the
    /// same name that was made anew has another uid.
    /// </summary>
    public static string OfRollout(string uid, string resourceVersion) => $"{uid}/{resourceVersion}";

    /// <inheritdoc cref="OfRollout"/>
    public static string Of(RolloutView? rollout) =>
        rollout is null ? Gone : OfRollout(rollout.Uid, rollout.ResourceVersion);

    /// <summary>
    /// Argo CD writes an Application every few minutes only to say that it has looked, so what is read of it is compared
    /// and not its <c>resourceVersion</c>.
    /// </summary>
    public static string Of(ApplicationView application)
    {
        var said = string.Join(
            '\0',
            application.OperationPhase,
            application.OperationMessage,
            application.SyncedRevision,
            application.SyncStatus,
            application.ComparedRevision,
            application.Health,
            application.AutomatedSync
        );
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said)).AsSpan(0, 12));
    }
}
