using System.Collections.Immutable;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>A blue/green Rollout that goes through the states that a real controller was recorded in.</summary>
internal sealed class FakeRollout
{
    public const string Repository = "registry.example.com/shop";

    private int resourceVersion = 100;

    public RolloutView View { get; set; } =
        new("shop", "shop")
        {
            Uid = "uid-1",
            Generation = 1,
            ObservedGeneration = 1,
            Replicas = 2,
            BlueGreen = new BlueGreenStrategy
            {
                ActiveService = "shop-active",
                PreviewService = "shop-preview",
                AutoPromotionEnabled = false,
            },
        };

    public Dictionary<PodHash, ReplicaSetView> Sets { get; } = [];

    public ImmutableArray<PodTrouble> Troubles { get; set; } = [];

    public ApplicationView? Application { get; set; } = Synced("commit-1");

    public static ApplicationView Synced(string commit) =>
        new("argocd", "shop-production")
        {
            OperationPhase = "Succeeded",
            SyncStatus = "Synced",
            SyncedRevision = commit,
            ComparedRevision = commit,
            RepoUrl = "https://github.com/acme/gitops.git",
            TargetRevision = "main",
            AutomatedSync = true,
        };

    public static PodHash Hash(int version) => new($"hash{version}");

    public static string Image(int version) => $"{Repository}:1.{version}.0";

    public Observation At(DateTimeOffset now) =>
        new(now, View with { ResourceVersion = $"{resourceVersion}" })
        {
            ReplicaSets = [.. Sets.Values],
            Troubles = Troubles,
            Application = Application,
        };

    public void Change(Func<RolloutView, RolloutView> change)
    {
        View = change(View);
        resourceVersion++;
    }

    /// <summary>Only this version, live and stable.</summary>
    public void Settle(int version)
    {
        Sets[Hash(version)] = Set(version, available: 2);
        Change(view =>
            view with
            {
                CurrentPodHash = Hash(version),
                StableRS = Hash(version),
                ActiveSelector = Hash(version),
                PreviewSelector = Hash(version),
                TemplateImages = [Image(version)],
                Phase = "Healthy",
                Message = "",
            }
        );
    }

    /// <summary>A newer template has come in; for some 25 ms the old status is served as observed.</summary>
    public void Template(int version) =>
        Change(view =>
            view with
            {
                Generation = view.Generation + 1,
                ObservedGeneration = view.Generation + 1,
                TemplateImages = [Image(version)],
            }
        );

    /// <summary>Another version was applied and the controller has made its ReplicaSet.</summary>
    public void Release(int version)
    {
        Template(version);
        Sets[Hash(version)] = Sets.TryGetValue(Hash(version), out var known)
            ? known with
            {
                Wanted = 2,
            }
            : Set(version, available: 0);
        Change(view =>
            view with
            {
                CurrentPodHash = Hash(version),
                PreviewSelector = Hash(version),
                PauseConditions = [],
                ControllerPause = false,
                Abort = false,
                AbortedAt = null,
                Phase = "Progressing",
                Message = "active service cutover pending",
            }
        );
    }

    public void Ready() => Edit(View.CurrentPodHash, set => set with { Replicas = 2, Ready = 2, Available = 2 });

    public void Pause(DateTimeOffset at, string reason = PauseCondition.BlueGreenPause) =>
        Change(view =>
            view with
            {
                PauseConditions = [new PauseCondition(reason, at)],
                ControllerPause = true,
                Phase = "Paused",
                Message = reason,
            }
        );

    /// <summary>The promote was accepted and not acted on.</summary>
    public void Unpause() => Change(view => view with { PauseConditions = [] });

    public void Switch() =>
        Change(view =>
            view with
            {
                ControllerPause = false,
                PauseConditions = [],
                ActiveSelector = view.CurrentPodHash,
                Phase = "Progressing",
                Message = "waiting for analysis to complete",
            }
        );

    /// <summary>Stable; what was stable before stays up for another 30 s.</summary>
    public void Complete(DateTimeOffset now)
    {
        var old = View.StableRS;
        Change(view =>
            view with
            {
                StableRS = view.CurrentPodHash,
                ActiveSelector = view.CurrentPodHash,
                Phase = "Healthy",
                Message = "",
            }
        );
        if (old != View.StableRS)
        {
            Edit(old, set => set with { ScaleDownDeadline = now.AddSeconds(30) });
        }

        Edit(View.StableRS, set => set with { ScaleDownDeadline = null, Available = 2, Ready = 2, Wanted = 2 });
    }

    public void ScaledDown(int version) =>
        Edit(
            Hash(version),
            set => set with { Wanted = 0, Replicas = 0, Ready = 0, Available = 0, ScaleDownDeadline = null }
        );

    public void Abort(DateTimeOffset now)
    {
        Change(view =>
            view with
            {
                Abort = true,
                AbortedAt = now,
                PauseConditions = [],
                ControllerPause = false,
                ActiveSelector = view.StableRS,
                Phase = "Degraded",
                Message = "RolloutAborted: Rollout aborted update to revision 2",
            }
        );
        Edit(View.CurrentPodHash, set => set with { ScaleDownDeadline = now.AddSeconds(30) });
    }

    public void Retry()
    {
        Change(view =>
            view with
            {
                Abort = false,
                AbortedAt = null,
                Phase = "Progressing",
                Message = "active service cutover pending",
            }
        );
        Edit(View.CurrentPodHash, set => set with { ScaleDownDeadline = null });
    }

    /// <summary>Git asks for a version that is live already: the controller clears everything at once.</summary>
    public void BackTo(int version)
    {
        Template(version);
        Change(view =>
            view with
            {
                CurrentPodHash = Hash(version),
                StableRS = Hash(version),
                ActiveSelector = Hash(version),
                PreviewSelector = Hash(version),
                Abort = false,
                AbortedAt = null,
                PauseConditions = [],
                ControllerPause = false,
                Phase = "Healthy",
                Message = "",
            }
        );
        Edit(
            Hash(version),
            set => set with { ScaleDownDeadline = null, Wanted = 2, Replicas = 2, Ready = 2, Available = 2 }
        );
    }

    private void Edit(PodHash hash, Func<ReplicaSetView, ReplicaSetView> change) => Sets[hash] = change(Sets[hash]);

    private static ReplicaSetView Set(int version, int available) =>
        new($"shop-hash{version}", Hash(version))
        {
            Wanted = 2,
            Replicas = available,
            Ready = available,
            Available = available,
            Images = [Image(version)],
            TemplateJson = $$$"""{"spec":{"containers":[{"name":"web","image":"{{{Image(version)}}}"}]}}""",
        };
}
