using System.Text.Json;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Functions.Processing;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>What the hooks have in common: the token first, then the body, then the hints are written down.</summary>
internal static class HookRequest
{
    private const int BodyLimit = 1024 * 1024;
    private static readonly JsonDocumentOptions limits = new() { MaxDepth = 16 };

    public static async Task<IResult> HandleAsync(
        string cluster,
        HttpRequest request,
        HookTokens tokens,
        Func<JsonElement, ReleaseCatalog, IReadOnlyList<InboundEvent>> parse,
        CatalogSource catalogs,
        Inbox inbox,
        CancellationToken stop
    )
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
            using var document = JsonDocument.Parse(body, limits);
            events = parse(document.RootElement, catalogs.Current!);
        }
        catch (JsonException fault)
        {
            return Problems.Of(
                400,
                "malformed",
                $"Not JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}."
            );
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
