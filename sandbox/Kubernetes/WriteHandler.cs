using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>POST, PUT, PATCH and DELETE.</summary>
internal sealed class WriteHandler(ObjectStore store)
{
    public Task CreateAsync(ApiRequest request, RequestInfo info, ResourceType type)
    {
        if (type.Namespaced && info.Namespace is null)
        {
            throw ApiErrors.MethodNotAllowed();
        }

        var write = new WriteRequest(type, info, request.Query);
        var item = ObjectRules.ForCreate(write, info.Namespace, ReadObject(request, type));
        try
        {
            return Answer(request, write, 201, store.Insert(type, item, write.IsDryRun));
        }
        catch (ObjectAlreadyExistsException e)
        {
            throw ApiErrors.AlreadyExists(type, e.Name);
        }
    }

    public Task UpdateAsync(ApiRequest request, RequestInfo info, ResourceType type)
    {
        var write = new WriteRequest(type, info, request.Query);
        var sent = ReadObject(request, type);
        return Answer(request, write, 200, Store(write, info, before => ObjectRules.ForUpdate(write, before, sent)));
    }

    public Task PatchAsync(ApiRequest request, RequestInfo info, ResourceType type)
    {
        var (write, body) = ReadPatch(request, info, type);
        return Answer(
            request,
            write,
            200,
            Store(write, info, before => ObjectRules.ForUpdate(write, before, write.Apply(before, body)))
        );
    }

    /// <summary>The patch that was sent, of a form that the kind takes.</summary>
    public static (WriteRequest Write, JsonNode Patch) ReadPatch(
        ApiRequest request,
        RequestInfo info,
        ResourceType type
    )
    {
        var accepted = type.IsCustom
            ? [MediaTypes.JsonPatch, MediaTypes.MergePatch, MediaTypes.ApplyPatch]
            : (string[])
                [MediaTypes.JsonPatch, MediaTypes.MergePatch, MediaTypes.StrategicMergePatch, MediaTypes.ApplyPatch];
        if (!accepted.Contains(request.ContentType))
        {
            throw ApiErrors.UnsupportedMediaType(accepted);
        }

        if (request.ContentType == MediaTypes.ApplyPatch)
        {
            throw new ApiException(415, "UnsupportedMediaType", "this stand-in does not serve server-side apply");
        }

        var write = new WriteRequest(type, info, request.Query, request.ContentType);
        var body = WriteRequest.Decode(request.Body, "error decoding patch");
        return (request.ContentType == MediaTypes.JsonPatch ? body is JsonArray : body is JsonObject)
            ? (write, body!)
            : throw ApiErrors.BadRequest("error decoding patch: json: cannot unmarshal into the type of a patch");
    }

    public Task DeleteAsync(ApiRequest request, RequestInfo info, ResourceType type)
    {
        var options = request.Body.Length > 0 ? WriteRequest.Decode(request.Body, "error decoding options") : null;
        var conditions = JsonFields.Object(options as JsonObject, "preconditions");
        var removed =
            store.Remove(
                type,
                NamespaceOf(info, type),
                info.Name!,
                present => CheckPreconditions(type, info.Name!, conditions, present["metadata"]!.AsObject()),
                IsDryRun(request, options)
            ) ?? throw ApiErrors.NotFound(type, info.Name!);
        var details = new JsonObject { ["name"] = info.Name };
        JsonFields.Put(details, "group", type.Group.Length > 0 ? type.Group : null);
        details["kind"] = type.Plural;
        details["uid"] = JsonFields.Text(removed.ToNode()["metadata"]!.AsObject(), "uid");
        return request.AnswerAsync(
            200,
            Render.Json(
                new JsonObject
                {
                    ["kind"] = "Status",
                    ["apiVersion"] = "v1",
                    ["metadata"] = new JsonObject(),
                    ["status"] = "Success",
                    ["details"] = details,
                }
            )
        );
    }

    public Task DeleteCollectionAsync(ApiRequest request, RequestInfo info, ResourceType type)
    {
        var selector = Selector.Parse(type, request.Query["labelSelector"], request.Query["fieldSelector"]);
        var options = request.Body.Length > 0 ? WriteRequest.Decode(request.Body, "error decoding options") : null;
        var dryRun = IsDryRun(request, options);
        var snapshot = store.Snapshot(type);
        var removed = snapshot
            .In(type.Namespaced ? info.Namespace : null)
            .Where(selector.Matches)
            .Select(item => store.Remove(type, item.Namespace, item.Name, null, dryRun))
            .OfType<StoredObject>()
            .ToArray();
        var meta = new ListMeta(store.ResourceVersion, null, null);
        return request.AnswerAsync(
            200,
            Render.List(type, removed, Render.Wanted(request.Http.Request), meta, store.Clock.GetUtcNow())
        );
    }

    private StoredObject Store(WriteRequest write, RequestInfo info, Func<JsonObject, JsonObject> change) =>
        store.Replace(write.Type, NamespaceOf(info, write.Type), info.Name!, change, write.IsDryRun)
        ?? throw ApiErrors.NotFound(write.Type, info.Name!);

    private Task Answer(ApiRequest request, WriteRequest write, int status, StoredObject stored)
    {
        if (!write.IsSilent && write.Unknown.Count > 0)
        {
            request.Http.Response.Headers.Append(
                "Warning",
                write.Unknown.Select(path => $"299 - \"unknown field \\\"{path}\\\"\"").ToArray()
            );
        }

        var wanted = Render.Wanted(request.Http.Request);
        return request.AnswerAsync(status, Render.One(stored, wanted, store.Clock.GetUtcNow()));
    }

    /// <summary>The object that was sent, of this kind.</summary>
    public static JsonObject ReadObject(ApiRequest request, ResourceType type)
    {
        if (request.ContentType is not ("" or MediaTypes.Json))
        {
            throw ApiErrors.UnsupportedMediaType(MediaTypes.Json);
        }

        var what =
            $"the object provided is unrecognized (must be of type {type.Kind}): couldn't get version/kind; "
            + "json parse error";
        if (WriteRequest.Decode(request.Body, what) is not JsonObject sent)
        {
            throw ApiErrors.BadRequest($"{what}: json: cannot unmarshal into an object");
        }

        var (apiVersion, kind) = (JsonFields.Text(sent, "apiVersion"), JsonFields.Text(sent, "kind"));
        if (apiVersion != type.ApiVersion && (type.IsCustom || apiVersion is not null))
        {
            throw ApiErrors.BadRequest(
                $"the API version in the data ({apiVersion}) does not match the expected API version ({type.ApiVersion})"
            );
        }

        if (kind != type.Kind && (type.IsCustom || kind is not null))
        {
            throw ApiErrors.BadRequest(
                $"{kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: "
                    + $"converting (v1.{kind}) to ({type.Kind}): unknown conversion"
            );
        }

        return sent;
    }

    private static void CheckPreconditions(ResourceType type, string name, JsonObject? wanted, JsonObject metadata)
    {
        foreach (
            var (field, label) in (ReadOnlySpan<(string, string)>)
                [("uid", "UID"), ("resourceVersion", "ResourceVersion")]
        )
        {
            if (JsonFields.Text(wanted, field) is { } value && value != JsonFields.Text(metadata, field))
            {
                throw ApiErrors.Conflict(
                    type,
                    name,
                    $"Precondition failed: {label} in precondition: {value}, {label} in object meta: "
                        + JsonFields.Text(metadata, field)
                );
            }
        }
    }

    private static bool IsDryRun(ApiRequest request, JsonNode? options) =>
        request.Query.ContainsKey("dryRun") || (options as JsonObject)?["dryRun"] is JsonArray { Count: > 0 };

    private static string NamespaceOf(RequestInfo info, ResourceType type) =>
        type.Namespaced ? info.Namespace ?? "" : "";
}
