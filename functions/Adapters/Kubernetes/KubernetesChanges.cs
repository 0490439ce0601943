using System.Text.Json;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>
/// Lists and watches of the catalog's clusters, one namespace at a time: that is what the observer's role is bound to
/// (deploy/kubernetes/rbac.yaml), and nothing of other namespaces is ever sent to us. Of Rollouts only the metadata are
/// asked for.
/// </summary>
public sealed class KubernetesChanges(ClusterConnections connections, KubernetesOptions options, TimeProvider clock)
    : IChanges
{
    /// <summary>Applications are sent whole, with everything that they manage: fewer fit into an answer.</summary>
    private const int ApplicationsInPage = 100;

    /// <summary>How much longer than asked for a watch may last before its connection counts as dead.</summary>
    private static readonly TimeSpan grace = TimeSpan.FromSeconds(15);

    private readonly ApiCaller api = new(connections, options, clock);

    /// <inheritdoc />
    public async Task<ClusterAnswer<Listed>> ListAsync(WatchedPlace place, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (Refuse(place) is { } refused)
        {
            return new ClusterAnswer<Listed>.Fault(refused);
        }

        using var deadline = new Deadline(options.ListTimeout, clock, stop);
        var found = new List<Sighting>();
        var (next, version) = ("", "");
        do
        {
            var answer = await api.SendAsync(place.Cluster, Page(place, next), deadline);
            if (answer is not ClusterAnswer<JsonDocument>.Ok(var json))
            {
                return new ClusterAnswer<Listed>.Fault(((ClusterAnswer<JsonDocument>.Fault)answer).Why);
            }

            using (json)
            {
                var items = json.RootElement.GetProperty("items");
                if (items.ValueKind == JsonValueKind.Array)
                {
                    found.AddRange(items.EnumerateArray().Select(item => Sighting(place.Kind, item)));
                }

                (next, version) = KubernetesReader.PageOf(json.RootElement);
            }
        } while (next.Length > 0);

        return new ClusterAnswer<Listed>.Ok(new Listed(found, version));
    }

    /// <inheritdoc />
    public Task<ClusterAnswer<WatchEnd>> WatchAsync(
        WatchedPlace place,
        string version,
        Func<WatchNews, Task> tell,
        CancellationToken stop
    )
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(tell);
        if (Refuse(place) is { } refused)
        {
            return Task.FromResult<ClusterAnswer<WatchEnd>>(new ClusterAnswer<WatchEnd>.Fault(refused));
        }

        var time = options.WatchTime * (1 + Random.Shared.NextDouble());
        var request = ApiRequest.Watch(ApiPaths.Argo, Resource(place.Kind), place.Namespace, version, time);
        request = place.Kind == WatchedKind.Rollouts ? request.MetadataOnly() : request;
        return api.WatchAsync(
            place.Cluster,
            request,
            time + grace,
            async (connection, stream, token) =>
            {
                await tell(new WatchNews(version, null));
                return await WatchReader.ReadAsync(
                    stream,
                    options.AnswerLimit,
                    item => Sighting(place.Kind, item),
                    tell,
                    what => ApiFaults.Lost(connection, request, what),
                    token
                );
            },
            stop
        );
    }

    private ApiRequest Page(WatchedPlace place, string next)
    {
        var limit =
            place.Kind == WatchedKind.Rollouts ? options.PageSize : Math.Min(options.PageSize, ApplicationsInPage);
        var page = ApiRequest.List(ApiPaths.Argo, Resource(place.Kind), place.Namespace, "", limit, next);
        return place.Kind == WatchedKind.Rollouts ? page.MetadataOnly() : page;
    }

    private static Sighting Sighting(WatchedKind kind, JsonElement item)
    {
        var (name, uid, version) = KubernetesReader.Identity(item);
        return new Sighting(
            name,
            kind == WatchedKind.Rollouts
                ? ChangeMark.OfRollout(uid, version)
                : ChangeMark.Of(KubernetesReader.Application(item))
        );
    }

    private static string Resource(WatchedKind kind) => kind == WatchedKind.Rollouts ? "rollouts" : "applications";

    private static ClusterFault? Refuse(WatchedPlace place) =>
        ApiRequest.Refuse(place.Kind.ToString(), place.Namespace, "any");
}
