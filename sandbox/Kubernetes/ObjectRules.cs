using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>What the API server checks and resets before an object that was sent is stored.</summary>
internal static partial class ObjectRules
{
    /// <summary>
    /// Turns what was sent (or patched) into what is stored, in the order of a real server: names, unknown fields,
    /// resourceVersion, reset of what this endpoint does not write, uid, types.
    /// </summary>
    public static JsonObject ForUpdate(WriteRequest write, JsonObject before, JsonObject sent)
    {
        var (type, name) = (write.Type, JsonFields.Text(JsonFields.Object(before, "metadata"), "name")!);
        var metadata = JsonFields.Object(sent, "metadata") ?? [];
        CheckNames(write, before, metadata);
        write.Unknown.AddRange(Prune(type, sent));
        if (write.IsStrict && write.Unknown.Count > 0)
        {
            throw StrictDecoding(write);
        }

        CheckVersion(write, before, metadata, name);
        if (write.Subresource == "status")
        {
            // Metadata too is the stored one here, which is why a wrong uid is not even looked at.
            var onlyStatus = (JsonObject)before.DeepClone();
            JsonFields.Put(onlyStatus, "status", sent["status"]?.DeepClone());
            sent = onlyStatus;
        }
        else if (type.HasStatus)
        {
            JsonFields.Put(sent, "status", before["status"]?.DeepClone());
        }

        var causes = Types(type, sent);
        if (write.Subresource is null && JsonFields.Text(metadata, "uid") is { Length: > 0 } uid && uid != Uid(before))
        {
            var immutable = new Cause(
                "FieldValueInvalid",
                $"Invalid value: \"{uid}\": field is immutable",
                "metadata.uid"
            );
            causes = [immutable, immutable, .. causes];
        }

        return causes.Count == 0 ? sent : throw ApiErrors.Invalid(type, name, causes);
    }

    /// <summary>Completes and checks an object that is to be created.</summary>
    public static JsonObject ForCreate(WriteRequest write, string? ns, JsonObject sent)
    {
        var type = write.Type;
        var metadata = JsonFields.Ensure(sent, "metadata");
        var sentNamespace = JsonFields.Text(metadata, "namespace");
        if (type.Namespaced)
        {
            if (!string.IsNullOrEmpty(sentNamespace) && sentNamespace != ns)
            {
                throw ApiErrors.BadRequest(
                    "the namespace of the provided object does not match the namespace sent on the request"
                );
            }

            metadata["namespace"] = ns;
        }

        write.Unknown.AddRange(Prune(type, sent));
        if (write.IsStrict && write.Unknown.Count > 0)
        {
            throw StrictDecoding(write);
        }

        if (type.HasStatus)
        {
            sent.Remove("status");
        }

        var name = JsonFields.Text(metadata, "name") ?? "";
        List<Cause> causes = [];
        if (name.Length == 0 && string.IsNullOrEmpty(JsonFields.Text(metadata, "generateName")))
        {
            causes.Add(
                new Cause("FieldValueRequired", "Required value: name or generateName is required", "metadata.name")
            );
        }
        else if (name.Length > 253 || (name.Length > 0 && !Subdomain().IsMatch(name)))
        {
            causes.Add(
                new Cause(
                    "FieldValueInvalid",
                    $"Invalid value: \"{name}\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
                        + "characters, '-' or '.', and must start and end with an alphanumeric character",
                    "metadata.name"
                )
            );
        }

        causes.AddRange(Types(type, sent));
        return causes.Count == 0 ? sent : throw ApiErrors.Invalid(type, name, causes);
    }

    /// <summary>Names, version and uid of what was sent for an object that is there.</summary>
    public static void CheckIdentity(WriteRequest write, JsonObject before, JsonObject metadata)
    {
        CheckNames(write, before, metadata);
        CheckVersion(write, before, metadata, JsonFields.Text(JsonFields.Object(before, "metadata"), "name")!);
    }

    /// <summary>The object itself, if its fields are of their types.</summary>
    public static JsonObject Checked(ResourceType type, JsonObject item) =>
        Types(type, item) is { Count: > 0 } causes
            ? throw ApiErrors.Invalid(type, JsonFields.Text(JsonFields.Object(item, "metadata"), "name")!, causes)
            : item;

    private static void CheckNames(WriteRequest write, JsonObject before, JsonObject metadata)
    {
        var stored = before["metadata"]!.AsObject();
        var (name, ns) = (JsonFields.Text(metadata, "name"), JsonFields.Text(metadata, "namespace"));
        if (name is not null && name != JsonFields.Text(stored, "name"))
        {
            throw ApiErrors.BadRequest(
                $"the name of the object ({name}) does not match the name on the URL ({JsonFields.Text(stored, "name")})"
            );
        }

        if (write.Type.Namespaced && !string.IsNullOrEmpty(ns) && ns != JsonFields.Text(stored, "namespace"))
        {
            throw ApiErrors.BadRequest(
                "the namespace of the provided object does not match the namespace sent on the request"
            );
        }
    }

    private static void CheckVersion(WriteRequest write, JsonObject before, JsonObject metadata, string name)
    {
        var type = write.Type;
        var uid = JsonFields.Text(metadata, "uid");
        if (write.IsReplacement && !string.IsNullOrEmpty(uid) && uid != Uid(before))
        {
            throw ApiErrors.Conflict(
                type,
                name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {Uid(before)}"
            );
        }

        var version = JsonFields.Text(metadata, "resourceVersion");
        if (string.IsNullOrEmpty(version))
        {
            // A patch that does not speak of it has it from the stored object; only PUT can lack it, and that of a
            // Scale may.
            if (write.IsReplacement && type.IsCustom && write.Subresource != "scale")
            {
                throw ApiErrors.Invalid(
                    type,
                    name,
                    new Cause(
                        "FieldValueInvalid",
                        "Invalid value: 0: must be specified for an update",
                        "metadata.resourceVersion"
                    )
                );
            }
        }
        else if (version != JsonFields.Text(before["metadata"]!.AsObject(), "resourceVersion"))
        {
            throw ApiErrors.Modified(type, name);
        }
    }

    private static List<string> Prune(ResourceType type, JsonObject item)
    {
        if (RolloutSchema.Of(type) is not { } schemas)
        {
            return [];
        }

        var removed = new List<string>();
        foreach (var field in item.Select(member => member.Key).ToArray())
        {
            var known = schemas.FirstOrDefault(schema => schema.Field == field).Schema;
            if (known is not null)
            {
                removed.AddRange(known.Prune(item[field], field));
            }
            else if (field is not ("apiVersion" or "kind" or "metadata"))
            {
                item.Remove(field);
                removed.Add(field);
            }
        }

        return removed;
    }

    private static List<Cause> Types(ResourceType type, JsonObject item)
    {
        List<Cause> causes = [];
        foreach (var (field, schema) in RolloutSchema.Of(type) ?? [])
        {
            if (item.ContainsKey(field))
            {
                causes.AddRange(schema.Check(item[field], field));
            }
        }

        if (causes.Count == 0)
        {
            return NegativeReplicas(type, item) is { } negative ? [negative] : [];
        }

        // The scale subresource reads spec.replicas once more and complains in words of its own.
        if (item["spec"] is JsonObject spec && causes.Exists(cause => cause.Field == "spec.replicas"))
        {
            causes.Add(
                new Cause(
                    "FieldValueInvalid",
                    $"Invalid value: 0: .spec.replicas accessor error: {GoText(spec["replicas"])}, expected int64",
                    ".spec.replicas"
                )
            );
        }

        causes.Add(
            new Cause(
                "FieldValueInvalid",
                "Invalid value: null: some validation rules were not checked because the object was invalid; "
                    + "correct the existing errors to complete validation",
                "<nil>"
            )
        );
        return causes;
    }

    private static Cause? NegativeReplicas(ResourceType type, JsonObject item) =>
        type.HasScale
        && JsonFields.Object(item, "spec")?["replicas"] is JsonValue replicas
        && replicas.TryGetValue<long>(out var number)
        && number < 0
            ? new Cause(
                "FieldValueInvalid",
                $"Invalid value: {number}: should be a non-negative integer",
                ".spec.replicas"
            )
            : null;

    private static string GoText(JsonNode? value) =>
        value?.GetValueKind() switch
        {
            JsonValueKind.String => $"{value} is of the type string",
            JsonValueKind.True or JsonValueKind.False => $"{value} is of the type bool",
            JsonValueKind.Number => $"{value} is of the type float64",
            JsonValueKind.Object => "map[] is of the type map[string]interface {}",
            JsonValueKind.Array => "[] is of the type []interface {}",
            _ => "<nil> is of the type <nil>",
        };

    private static ApiException StrictDecoding(WriteRequest write)
    {
        var unknown = string.Join(", ", write.Unknown.Select(path => $"unknown field \"{path}\""));
        return write.Patch is null
            ? ApiErrors.BadRequest(
                $"{write.Type.Kind} in version \"{write.Type.Version}\" cannot be handled as a {write.Type.Kind}: "
                    + $"strict decoding error: {unknown}"
            )
            : ApiErrors.Undecodable(write.Patched, $"strict decoding error: {unknown}");
    }

    private static string? Uid(JsonObject item) => JsonFields.Text(JsonFields.Object(item, "metadata"), "uid");

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex Subdomain();
}
