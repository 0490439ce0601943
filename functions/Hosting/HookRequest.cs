using System.Text.Json;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Functions.Processing;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>Reads the events of one hook from its body.</summary>
internal delegate IReadOnlyList<InboundEvent> ReadHook(JsonElement body, ReleaseCatalog catalog, string cluster);

/// <summary>What the hooks have in common: the token first, then the body, then the hints are written down.</summary>
internal sealed class HookRequest(HookTokens tokens, CatalogSource catalogs, Inbox inbox)
{
    private const int BodyLimit = 1024 * 1024;
    private const int DepthLimit = 16;

    public async Task<IResult> HandleAsync(string cluster, HttpRequest request, ReadHook read, CancellationToken stop)
    {
        if (!tokens.Accepts(cluster, request.Headers.Authorization))
        {
            return Problems.Of(401, "unauthorized", "The bearer token of this cluster is missing or wrong.");
        }

        if (!RawBody.Is(request, "application/json"))
        {
            return Problems.Of(415, "unsupported_media_type", "Expected application/json.");
        }

        var body = await RawBody.ReadAsync(request, BodyLimit, stop);
        IReadOnlyList<InboundEvent> events;
        try
        {
            using var document = RequestJson.Parse(body, DepthLimit);
            events = read(document.RootElement, catalogs.Current!, cluster);
        }
        catch (JsonException fault)
        {
            return Problems.Of(400, "malformed", RequestJson.Describe(fault));
        }
        catch (HookFormatException fault)
        {
            return Problems.Of(400, "malformed", fault.Message);
        }

        foreach (var seen in events.OfType<InboundEvent.RolloutSeen>())
        {
            await inbox.HintAsync(seen.Rollout, stop);
        }

        return Results.Accepted();
    }

    /// <summary>A text that must be there.</summary>
    public static string Text(JsonElement body, string name) =>
        body.ValueKind != JsonValueKind.Object ? throw new HookFormatException("Expected an object.")
        : body.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
        : throw new HookFormatException($"{name}: expected a text.");
}

/// <summary>Well-formed JSON that is not the body of this hook.</summary>
internal sealed class HookFormatException(string message) : Exception(message);
