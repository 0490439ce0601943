using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>A create, update or patch, and what was found while it was decoded.</summary>
internal sealed class WriteRequest(ResourceType type, RequestInfo info, IQueryCollection query, string? patch = null)
{
    public ResourceType Type { get; } = type;

    public string? Subresource { get; } = info.Subresource;

    /// <summary>The media type of a patch; null for POST and PUT.</summary>
    public string? Patch { get; } = patch;

    public bool IsReplacement => Patch is null;

    public bool IsDryRun { get; } = query.ContainsKey("dryRun");

    public bool IsStrict { get; } = query["fieldValidation"] == "Strict";

    /// <summary>Whether unknown fields are dropped without a warning.</summary>
    public bool IsSilent { get; } = query["fieldValidation"] == "Ignore";

    /// <summary>Paths of fields that the schema does not know; they were dropped.</summary>
    public List<string> Unknown { get; } = [];

    /// <summary>The object as it came out of the patch, as JSON, for the error that quotes it.</summary>
    public string Patched { get; private set; } = "";

    /// <summary>Applies the patch that was sent to a copy of the stored object.</summary>
    public JsonObject Apply(JsonObject before, JsonNode body)
    {
        JsonObject? after;
        if (Patch == MediaTypes.JsonPatch)
        {
            after = JsonPatch.Apply(before, body.AsArray()) as JsonObject;
        }
        else
        {
            after = (JsonObject)before.DeepClone();
            MergePatch.Apply(after, body.AsObject(), strategic: Patch == MediaTypes.StrategicMergePatch);
        }

        if (after is null)
        {
            throw ApiErrors.PatchDoesNotApply();
        }

        if (IsStrict)
        {
            Patched = JsonFields.Sorted(after)!.ToJsonString(JsonFields.Plain);
        }

        return after;
    }

    /// <summary>Reads JSON; the message of the failure is the Go decoder's where it is a common one.</summary>
    public static JsonNode? Decode(byte[] body, string what)
    {
        try
        {
            // Without this a double field would be found only when it is read.
            return JsonNode.Parse(body, null, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            throw ApiErrors.BadRequest(
                $"{what}: {(IsTruncated(body) ? "unexpected end of JSON input" : "invalid character in JSON input")}"
            );
        }
        catch (DecoderFallbackException)
        {
            throw ApiErrors.BadRequest($"{what}: invalid UTF-8 in JSON input");
        }
    }

    private static bool IsTruncated(byte[] body)
    {
        var reader = new Utf8JsonReader(body, isFinalBlock: false, default);
        try
        {
            while (reader.Read()) { }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>Media types of patches.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string JsonPatch = "application/json-patch+json";
    public const string MergePatch = "application/merge-patch+json";
    public const string StrategicMergePatch = "application/strategic-merge-patch+json";
    public const string ApplyPatch = "application/apply-patch+yaml";

    public static string Of(string? contentType) => (contentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
}
