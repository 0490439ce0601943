using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>
/// Asks Argo CD by the annotation that it watches for (https://argo-cd.readthedocs.io/en/stable/user-guide/annotations-and-labels/).
/// For installations that prefer it, or have it as the fallback of the API: it needs the right to patch Applications, and with that one could change what they
/// deploy.
/// </summary>
/// <param name="clusters">Names of the clusters in which it is done so.</param>
public sealed class ApplicationAnnotation(
    ClusterConnections connections,
    KubernetesOptions options,
    TimeProvider clock,
    IReadOnlySet<string> clusters
) : IApplicationRefresh
{
    private readonly ApiCaller api = new(connections, options, clock);

    /// <inheritdoc />
    public bool Serves(string cluster) => clusters.Contains(cluster);

    /// <inheritdoc />
    public async Task<string?> RefreshAsync(ApplicationRef application, CancellationToken stop)
    {
        if (ApiRequest.Refuse("Application", application.Namespace, application.Name) is { } refused)
        {
            return refused.Message;
        }

        var request = ApiRequest.Get(ApiPaths.Argo, "applications", application.Namespace, application.Name) with
        {
            Verb = "patch",
            ContentType = RolloutPatchRequest.MergePatch,
            Body = new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["annotations"] = new JsonObject { ["argocd.argoproj.io/refresh"] = "normal" },
                },
            }.ToJsonString(),
        };
        using var deadline = new Deadline(options.TotalTimeout, clock, stop);
        switch (await api.SendAsync(application.Cluster, request, deadline))
        {
            case ClusterAnswer<JsonDocument>.Ok(var json):
                json.Dispose();
                return null;
            case ClusterAnswer<JsonDocument>.Fault(var why):
                return why.Message;
            default:
                throw new InvalidOperationException("A cluster's answer is either Ok or Fault.");
        }
    }
}
