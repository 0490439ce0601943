namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>Watches: one JSON line per change until the time is over, the client has gone or the server stops.</summary>
internal sealed class WatchHandler(ObjectStore store, ApiServerOptions options, CancellationToken stopping)
{
    /// <summary>A real server takes something between this and its double.</summary>
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30);

    public async Task WatchAsync(ApiRequest request, RequestInfo info, ResourceType type)
    {
        var query = request.Query;
        var fields = info.Name is null ? query["fieldSelector"].ToString() : $"metadata.name={info.Name}";
        var selector = Selector.Parse(type, query["labelSelector"], fields);
        var ns = type.Namespaced ? info.Namespace : null;
        var withBookmarks =
            query.ContainsKey("allowWatchBookmarks") && RequestInfo.IsTrue(query["allowWatchBookmarks"]);
        var asList = query.ContainsKey("sendInitialEvents") && RequestInfo.IsTrue(query["sendInitialEvents"]);
        CheckListOptions(query, asList, withBookmarks);
        var asked = ReadHandler.Number(query, "resourceVersion");
        var from = asList || asked is null or 0 ? null : asked;
        var timeout = ReadHandler.Number(query, "timeoutSeconds") is { } seconds and > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, 86_400))
            : DefaultTimeout;

        WatchSubscription subscription;
        StoreSnapshot present;
        try
        {
            subscription = store.Subscribe(type, ns, from, out present);
        }
        catch (ResourceVersionTooOldException e)
        {
            var refused = await request.StreamAsync();
            await new WatchWriter(refused, type, Render.Wanted(request.Http.Request), store.Clock).ErrorAsync(
                ApiErrors.WatchExpired(e.Message),
                request.Aborted
            );
            return;
        }

        using var held = subscription;
        using var expiry = new CancellationTokenSource(timeout, options.Clock);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, request.Aborted, stopping);
        var writer = new WatchWriter(
            await request.StreamAsync(),
            type,
            Render.Wanted(request.Http.Request),
            store.Clock
        );
        if (from is null)
        {
            foreach (var stored in present.In(ns).Where(selector.Matches))
            {
                await writer.ChangeAsync("ADDED", stored, request.Aborted);
            }

            if (asList)
            {
                await writer.BookmarkAsync(present.ResourceVersion, initialEventsEnd: true, request.Aborted);
            }

            await writer.FlushAsync(request.Aborted);
        }

        await FollowAsync(subscription, selector, writer, withBookmarks, request.Aborted, ended.Token);
    }

    private async Task FollowAsync(
        WatchSubscription subscription,
        Selector selector,
        WatchWriter writer,
        bool withBookmarks,
        CancellationToken aborted,
        CancellationToken ended
    )
    {
        var interval = withBookmarks ? options.BookmarkInterval : Timeout.InfiniteTimeSpan;
        var due = new CancellationTokenSource(interval, options.Clock);
        try
        {
            while (await NextAsync(subscription, due.Token, ended) is { } readable)
            {
                if (readable)
                {
                    await DrainAsync(subscription, selector, writer, aborted);
                }
                else
                {
                    await SendBookmarkAsync(subscription, selector, writer, aborted);
                    due.Dispose();
                    due = new CancellationTokenSource(interval, options.Clock);
                }
            }
        }
        finally
        {
            due.Dispose();
        }

        if (aborted.IsCancellationRequested)
        {
            return;
        }

        // What happened up to the end is still told. Of a watch that the store has ended, nobody knows up to where that is.
        await DrainAsync(subscription, selector, writer, aborted);
        if (withBookmarks && ended.IsCancellationRequested)
        {
            await SendBookmarkAsync(subscription, selector, writer, aborted);
        }
    }

    /// <summary>True: something to read; false: a bookmark is due; null: the watch is over.</summary>
    private static async Task<bool?> NextAsync(
        WatchSubscription subscription,
        CancellationToken due,
        CancellationToken ended
    )
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due, ended);
        try
        {
            return await subscription.Changes.WaitToReadAsync(either.Token) ? true : null;
        }
        catch (OperationCanceledException)
        {
            return ended.IsCancellationRequested ? null : false;
        }
    }

    /// <summary>
    /// The version is read first: what is up to it has been queued by then, so a bookmark never skips a change.
    /// </summary>
    private async Task SendBookmarkAsync(
        WatchSubscription subscription,
        Selector selector,
        WatchWriter writer,
        CancellationToken aborted
    )
    {
        var version = store.Snapshot(writer.Type).ResourceVersion;
        await DrainAsync(subscription, selector, writer, aborted);
        version = Math.Max(version, writer.LastVersion);
        await writer.BookmarkAsync(version, initialEventsEnd: false, aborted);
        await writer.FlushAsync(aborted);
        options.Bookmarked?.Invoke(version);
    }

    private static async Task DrainAsync(
        WatchSubscription subscription,
        Selector selector,
        WatchWriter writer,
        CancellationToken aborted
    )
    {
        var wrote = false;
        while (subscription.Changes.TryRead(out var change))
        {
            if (TypeFor(change, selector) is { } type)
            {
                await writer.ChangeAsync(type, change.Current, aborted);
                wrote = true;
            }
        }

        if (wrote)
        {
            await writer.FlushAsync(aborted);
        }
    }

    /// <summary>An object that comes into a selector is added, one that leaves it is deleted, whatever it was.</summary>
    private static string? TypeFor(StoreEvent change, Selector selector)
    {
        if (selector.IsEmpty)
        {
            return change.Type;
        }

        var was = change.Former is { } former && selector.Matches(former);
        var matches = change.Type != "DELETED" && selector.Matches(change.Current);
        return (was, matches) switch
        {
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
            _ => null,
        };
    }

    private static void CheckListOptions(IQueryCollection query, bool asList, bool withBookmarks)
    {
        if (asList && (query["resourceVersionMatch"] != "NotOlderThan" || !withBookmarks))
        {
            throw new ApiException(
                422,
                "Invalid",
                "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires "
                    + "setting resourceVersionMatch to NotOlderThan and allowWatchBookmarks"
            );
        }
    }
}
