using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>GET, PUT and PATCH of <c>/scale</c>.</summary>
internal sealed class ScaleHandler(ObjectStore store)
{
    public Task GetAsync(ApiRequest request, RequestInfo info, ResourceType type) =>
        Answer(
            request,
            store.Find(type, info.Namespace ?? "", info.Name!) ?? throw ApiErrors.NotFound(type, info.Name!)
        );

    public Task UpdateAsync(ApiRequest request, RequestInfo info, ResourceType type)
    {
        var sent = WriteHandler.ReadObject(request, Scale.Type);
        return Write(request, info, new WriteRequest(type, info, request.Query), _ => sent);
    }

    public Task PatchAsync(ApiRequest request, RequestInfo info, ResourceType type)
    {
        var (write, patch) = WriteHandler.ReadPatch(request, info, type);
        return Write(request, info, write, before => write.Apply(before, patch));
    }

    private Task Write(ApiRequest request, RequestInfo info, WriteRequest write, Func<JsonObject, JsonObject> change) =>
        Answer(
            request,
            store.Replace(
                write.Type,
                info.Namespace ?? "",
                info.Name!,
                before => Scale.Write(write, before, change),
                write.IsDryRun
            ) ?? throw ApiErrors.NotFound(write.Type, info.Name!)
        );

    private Task Answer(ApiRequest request, StoredObject stored) =>
        request.AnswerAsync(
            200,
            Render.One(Scale.Of(stored), Render.Wanted(request.Http.Request), store.Clock.GetUtcNow())
        );
}
