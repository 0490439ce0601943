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

    /// <summary>They are part of an address, which servers and proxies take up to some 8 KB of.</summary>
    private const int HashesInRequest = 250;

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

        var found = new List<Sighting>();
        using var deadline = new Deadline(options.ListTimeout, clock, stop);
        var (version, fault) = await ReadAsync(
            place.Cluster,
            next => Page(place, next),
            item => found.Add(Sighting(place.Kind, item)),
            deadline
        );
        return fault is null
            ? new ClusterAnswer<Listed>.Ok(new Listed(found, version))
            : new ClusterAnswer<Listed>.Fault(fault);
    }

    /// <inheritdoc />
    public async Task<ClusterAnswer<IReadOnlyDictionary<(string Rollout, PodHash Hash), string>>> ListReplicaSetsAsync(
        string cluster,
        string @namespace,
        IReadOnlyCollection<PodHash> hashes,
        CancellationToken stop
    )
    {
        ArgumentNullException.ThrowIfNull(hashes);
        if (ApiRequest.Refuse("ReplicaSets", @namespace, "any") is { } refused)
        {
            return new ClusterAnswer<IReadOnlyDictionary<(string, PodHash), string>>.Fault(refused);
        }

        var found = new Dictionary<(string, PodHash), string>();
        using var deadline = new Deadline(options.ListTimeout, clock, stop);
        foreach (var some in hashes.Distinct().Chunk(HashesInRequest))
        {
            var selector = LabelSelectors.WithHashes("", some);
            var (_, fault) = await ReadAsync(
                cluster,
                next =>
                    ApiRequest
                        .List(ApiPaths.Apps, "replicasets", @namespace, selector, options.PageSize, next)
                        .MetadataOnly(),
                item =>
                {
                    if (KubernetesReader.ReplicaSetIdentity(item) is { } set)
                    {
                        found[(set.Rollout, set.Hash)] = set.ResourceVersion;
                    }
                },
                deadline
            );
            if (fault is not null)
            {
                return new ClusterAnswer<IReadOnlyDictionary<(string, PodHash), string>>.Fault(fault);
            }
        }

        return new ClusterAnswer<IReadOnlyDictionary<(string, PodHash), string>>.Ok(found);
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

    /// <summary>All pages of a list, and the version that they are of.</summary>
    private async Task<(string Version, ClusterFault? Fault)> ReadAsync(
        string cluster,
        Func<string, ApiRequest> page,
        Action<JsonElement> read,
        Deadline deadline
    )
    {
        var (next, version) = ("", "");
        do
        {
            var answer = await api.SendAsync(cluster, page(next), deadline);
            if (answer is not ClusterAnswer<JsonDocument>.Ok(var json))
            {
                return ("", ((ClusterAnswer<JsonDocument>.Fault)answer).Why);
            }

            using (json)
            {
                var items = json.RootElement.GetProperty("items");
                if (items.ValueKind == JsonValueKind.Array)
                {
                    foreach (var item in items.EnumerateArray())
                    {
                        read(item);
                    }
                }

                (next, version) = KubernetesReader.PageOf(json.RootElement);
            }
        } while (next.Length > 0);

        return (version, null);
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
