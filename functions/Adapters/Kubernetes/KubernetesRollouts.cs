using System.Text.Json;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>
/// Live Rollouts of the catalog's clusters. Each call of the port ends within
/// <see cref="KubernetesOptions.TotalTimeout"/>; no request is sent a second time.
/// </summary>
public sealed partial class KubernetesRollouts(
    ClusterConnections connections,
    KubernetesOptions options,
    TimeProvider clock,
    ILogger<KubernetesRollouts> logger
) : IRollouts
{
    private readonly ApiCaller api = new(connections, options, clock);

    /// <inheritdoc />
    public async Task<ClusterAnswer<RolloutView>> FindAsync(RolloutRef rollout, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        if (ApiRequest.Refuse(rollout) is { } refused)
        {
            return new ClusterAnswer<RolloutView>.Fault(refused);
        }

        using var deadline = new Deadline(options.TotalTimeout, clock, stop);
        return View(await api.SendAsync(rollout.Cluster, Get(rollout), deadline));
    }

    /// <inheritdoc />
    public PatchRequest? RequestOf(RolloutRef rollout, RolloutPatch patch) =>
        ApiRequest.Refuse(rollout) is null
        && RolloutPatchRequest.Of(rollout, patch).Request is { Body: { } body, ContentType: { } type } request
            ? new PatchRequest("/" + request.Path, type, body)
            : null;

    /// <inheritdoc />
    public async Task<ClusterAnswer<Observation>> ObserveAsync(
        RolloutRef rollout,
        ApplicationRef? application,
        CancellationToken stop
    )
    {
        ArgumentNullException.ThrowIfNull(rollout);
        if (ApiRequest.Refuse(rollout) is { } refused)
        {
            return new ClusterAnswer<Observation>.Fault(refused);
        }

        using var deadline = new Deadline(options.TotalTimeout, clock, stop);
        switch (await api.SendAsync(rollout.Cluster, Get(rollout), deadline))
        {
            case ClusterAnswer<JsonDocument>.Ok(var json):
                using (json)
                {
                    return await ObserveAsync(rollout, json.RootElement, application, deadline);
                }

            case ClusterAnswer<JsonDocument>.Fault({ Kind: ClusterFaultKind.NotFound }):
                return new ClusterAnswer<Observation>.Ok(
                    new Observation(clock.GetUtcNow(), null)
                    {
                        Application = await ApplicationAsync(rollout, application, deadline),
                    }
                );

            case ClusterAnswer<JsonDocument>.Fault(var why):
                return new ClusterAnswer<Observation>.Fault(why);

            default:
                throw new InvalidOperationException("A cluster's answer is either Ok or Fault.");
        }
    }

    /// <inheritdoc />
    public async Task<ClusterAnswer<RolloutView>> PatchAsync(
        RolloutRef rollout,
        RolloutPatch patch,
        CancellationToken stop
    )
    {
        ArgumentNullException.ThrowIfNull(rollout);
        ArgumentNullException.ThrowIfNull(patch);
        if (ApiRequest.Refuse(rollout) is { } refused)
        {
            return new ClusterAnswer<RolloutView>.Fault(refused);
        }

        var (request, fault) = RolloutPatchRequest.Of(rollout, patch);
        if (request is null)
        {
            return new ClusterAnswer<RolloutView>.Fault(fault!);
        }

        using var deadline = new Deadline(options.TotalTimeout, clock, stop);
        var answer = View(await api.SendAsync(rollout.Cluster, request, deadline));
        var outcome = answer is ClusterAnswer<RolloutView>.Fault(var why) ? why.Message : "done";
        LogPatched(logger, rollout.ToString(), patch.GetType().Name, patch.ResourceVersion, outcome);
        return answer;
    }

    private static ApiRequest Get(RolloutRef rollout) =>
        ApiRequest.Get(ApiPaths.Argo, "rollouts", rollout.Namespace, rollout.Name);

    private static ClusterAnswer<RolloutView> View(ClusterAnswer<JsonDocument> answer)
    {
        switch (answer)
        {
            case ClusterAnswer<JsonDocument>.Ok(var json):
                using (json)
                {
                    return new ClusterAnswer<RolloutView>.Ok(KubernetesReader.Rollout(json.RootElement));
                }

            case ClusterAnswer<JsonDocument>.Fault(var why):
                return new ClusterAnswer<RolloutView>.Fault(why);

            default:
                throw new InvalidOperationException("A cluster's answer is either Ok or Fault.");
        }
    }
}
