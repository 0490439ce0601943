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

    /// <summary>
    /// What a full look saw: the Rollout, and the ReplicaSet of what is being released. While a preview waits, the Rollout
    /// counts the pods of the active version only (recordings 02 and 14), so a preview that crashes changes nothing but its
    /// ReplicaSet.
    /// </summary>
    public static string Of(Observation seen) =>
        seen.Rollout is not { } rollout
            ? Gone
            : WithReplicaSet(
                OfRollout(rollout.Uid, rollout.ResourceVersion),
                rollout.CurrentPodHash,
                seen.ReplicaSetOf(rollout.CurrentPodHash)?.ResourceVersion ?? ""
            );

    /// <summary>The mark of a Rollout with the version of the ReplicaSet of this hash; empty where there is none.</summary>
    public static string WithReplicaSet(string rollout, PodHash hash, string version) => $"{rollout}|{hash}|{version}";

    /// <summary>The Rollout's part of a full look's mark.</summary>
    public static string RolloutOf(string mark) => mark.Split('|')[0];

    /// <summary>The hash whose ReplicaSet is in a full look's mark.</summary>
    public static PodHash HashOf(string mark) => new(mark.Split('|') is [_, var hash, _] ? hash : "");

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
