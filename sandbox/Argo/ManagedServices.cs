using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo.Rollouts;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>
/// The controller's part for Services: what it wrote into one is taken out again when no Rollout refers to it any more,
/// because the Rollout is gone (recording 14) or names another Service. A Rollout that is made again later therefore
/// finds nothing live, which makes it a first install. See <c>syncService</c> in
/// https://github.com/argoproj/argo-rollouts/blob/v1.9.1/service/service.go
/// </summary>
internal sealed class ManagedServices(ObjectStore store)
{
    private static readonly (string Strategy, string Field)[] References =
    [
        ("blueGreen", "activeService"),
        ("blueGreen", "previewService"),
        ("canary", "stableService"),
        ("canary", "canaryService"),
    ];

    /// <summary>The Services that a Rollout refers to.</summary>
    public static IEnumerable<string> Of(JsonObject? rollout) =>
        References.Select(at => rollout.Text("spec", "strategy", at.Strategy, at.Field)).OfType<string>();

    /// <summary>Cleans a Service that nobody refers to.</summary>
    public void Reconcile(string ns, string name) =>
        store.Update(
            Resources.Service,
            ns,
            name,
            service =>
            {
                if (service.Text("spec", "selector", Names.PodHashLabel) is null || IsReferredTo(ns, name, service))
                {
                    return null;
                }

                service.Ensure("spec", "selector").Remove(Names.PodHashLabel);
                service.SetAnnotation(Names.ManagedBy, null);
                return service;
            }
        );

    private bool IsReferredTo(string ns, string name, JsonObject service) =>
        service.Annotation(Names.ManagedBy) is { } owner
            ? Of(store.Get(Resources.Rollout, ns, owner)).Contains(name)
            : store.List(Resources.Rollout, ns).Items.Any(rollout => Of(rollout).Contains(name));
}
