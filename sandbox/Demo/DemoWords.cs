using System.Globalization;
using Devflow.ChatOps.Sandbox.Page;

namespace Devflow.ChatOps.Sandbox.Demo;

/// <summary>A Rollout in one line.</summary>
internal static class DemoWords
{
    public static string Of(RolloutPicture rollout)
    {
        var phase = rollout.Message.Length == 0 ? rollout.Phase : $"{rollout.Phase}, {rollout.Message}";
        var sets = rollout.Sets.Select(Of);
        return $"{phase}\n{string.Join("   ", sets)}";
    }

    private static string Of(ReplicaSetPicture set)
    {
        var role =
            set.IsActive && set.IsPreview ? "live and preview"
            : set.IsActive ? "live"
            : set.IsPreview ? "preview"
            : "old";
        return string.Create(CultureInfo.InvariantCulture, $"{set.Version} {role} {set.Ready}/{set.Wanted} ready");
    }
}
