namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>Who may, what is asked, who answers.</summary>
internal sealed class ApiDispatcher(ObjectStore store, ApiServerOptions options, CancellationToken stopping)
{
    private readonly ReadHandler reads = new(store);
    private readonly WriteHandler writes = new(store);
    private readonly ScaleHandler scales = new(store);
    private readonly WatchHandler watches = new(store, options, stopping);

    /// <summary>The user of a request.</summary>
    /// <exception cref="ApiException">401: a token that nobody has.</exception>
    public ApiUser Authenticate(HttpRequest request)
    {
        if (options.Tokens.Count == 0)
        {
            return ApiUser.Admin();
        }

        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return ApiUser.Anonymous;
        }

        const string scheme = "Bearer ";
        return
            header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && options.Tokens.TryGetValue(header[scheme.Length..].Trim(), out var user)
            ? user
            : throw ApiErrors.Unauthorized();
    }

    public Task AnswerAsync(ApiRequest request)
    {
        if (RequestInfo.From(request.Http.Request) is not { } info)
        {
            return AnswerDocumentAsync(request);
        }

        if (AccessReview.IsAsked(info) && request.User != ApiUser.Anonymous)
        {
            return AccessReview.AnswerAsync(request);
        }

        if (!request.User.May(info.Verb, info.Group, info.FullResource, info.Namespace))
        {
            throw ApiErrors.Forbidden(info, request.User.Name);
        }

        if (Resources.Find(info.Group, info.Version, info.Resource) is not { } type)
        {
            return request.AnswerTextAsync(404, "404 page not found\n");
        }

        if (!Has(type, info.Subresource))
        {
            throw ApiErrors.NoSuchResource();
        }

        return (info.Verb, info.Subresource) switch
        {
            ("get", "scale") => scales.GetAsync(request, info, type),
            ("update", "scale") => scales.UpdateAsync(request, info, type),
            ("patch", "scale") => scales.PatchAsync(request, info, type),
            ("get", _) => reads.GetAsync(request, info, type),
            ("list", null) => reads.ListAsync(request, info, type),
            ("watch", null) => watches.WatchAsync(request, info, type),
            ("create", null) when info.Name is null => writes.CreateAsync(request, info, type),
            ("update", _) when info.Name is not null => writes.UpdateAsync(request, info, type),
            ("patch", _) when info.Name is not null => writes.PatchAsync(request, info, type),
            ("delete", null) => writes.DeleteAsync(request, info, type),
            ("deletecollection", null) => writes.DeleteCollectionAsync(request, info, type),
            _ => throw ApiErrors.MethodNotAllowed(),
        };
    }

    private static bool Has(ResourceType type, string? subresource) =>
        subresource switch
        {
            null => true,
            "status" => type.HasStatus,
            "scale" => type.HasScale,
            _ => false,
        };

    private static Task AnswerDocumentAsync(ApiRequest request)
    {
        var path = "/" + (request.Http.Request.Path.Value ?? "").Trim('/');
        var isHealth = path is "/healthz" or "/livez" or "/readyz";
        if (request.User == ApiUser.Anonymous && !isHealth && path != "/version")
        {
            throw ApiErrors.ForbiddenPath(path, request.Http.Request.Method.ToLowerInvariant(), request.User.Name);
        }

        if (isHealth)
        {
            return request.AnswerTextAsync(200, "ok");
        }

        if (path == "/openapi/v2")
        {
            return OpenApi.AnswerV2Async(request);
        }

        return (Discovery.At(path) ?? OpenApi.At(path)) is { } document
            ? request.AnswerAsync(200, Render.Json(document))
            : request.AnswerTextAsync(404, "404 page not found\n");
    }
}
