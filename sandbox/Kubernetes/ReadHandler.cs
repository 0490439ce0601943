using System.Globalization;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>GET of one object and of lists.</summary>
internal sealed class ReadHandler(ObjectStore store)
{
    private readonly ListPages pages = new();

    public Task GetAsync(ApiRequest request, RequestInfo info, ResourceType type)
    {
        var stored =
            store.Find(type, info.Namespace is { } ns && type.Namespaced ? ns : "", info.Name!)
            ?? throw ApiErrors.NotFound(type, info.Name!);
        return request.AnswerAsync(200, Render.One(stored, Render.Wanted(request.Http.Request), Now));
    }

    public Task ListAsync(ApiRequest request, RequestInfo info, ResourceType type)
    {
        var query = request.Query;
        var selector = Selector.Parse(type, query["labelSelector"], query["fieldSelector"]);
        var ns = type.Namespaced ? info.Namespace : null;
        var limit = (int)Math.Min(Number(query, "limit") is { } asked and > 0 ? asked : int.MaxValue, int.MaxValue - 1);
        var (snapshot, after) = query["continue"].ToString() is { Length: > 0 } token
            ? pages.Resume(store, type, token)
            : (Current(query, type), null);

        var found = new List<StoredObject>();
        foreach (var stored in snapshot.In(ns, after))
        {
            if (selector.Matches(stored))
            {
                found.Add(stored);
                if (found.Count > limit)
                {
                    break;
                }
            }
        }

        var meta = new ListMeta(snapshot.ResourceVersion, null, null);
        if (found.Count > limit)
        {
            found.RemoveAt(limit);
            var last = found[^1];
            meta = meta with
            {
                Continue = pages.Keep(snapshot, last),
                Remaining = selector.IsEmpty ? snapshot.CountAfter(ns, last) : null,
            };
        }

        return request.AnswerAsync(200, Render.List(type, found, Render.Wanted(request.Http.Request), meta, Now));
    }

    private DateTimeOffset Now => store.Clock.GetUtcNow();

    /// <exception cref="ApiException">The version asked for is not to be had: 410 when past, 504 when to come.</exception>
    private StoreSnapshot Current(IQueryCollection query, ResourceType type)
    {
        var snapshot = store.Snapshot(type);
        if (Number(query, "resourceVersion") is not { } version || version == 0)
        {
            return snapshot;
        }

        if (version > snapshot.ResourceVersion)
        {
            throw ApiErrors.VersionTooLarge(version, snapshot.ResourceVersion);
        }

        return query["resourceVersionMatch"] != "Exact" || version == snapshot.ResourceVersion
            ? snapshot
            : pages.Find(store, type, version) ?? throw ApiErrors.ListExpired();
    }

    /// <summary>A number of the query; null if it is not there.</summary>
    /// <exception cref="ApiException">400: it is no number.</exception>
    public static long? Number(IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiErrors.BadRequest($"strconv.ParseUint: parsing \"{text}\": invalid syntax");
    }
}
