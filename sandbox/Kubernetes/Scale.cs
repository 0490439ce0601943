using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>
/// A Rollout as <c>autoscaling/v1</c> Scale, which <c>kubectl scale</c> and autoscalers read and write at
/// <c>/scale</c>. The paths are those of the CustomResourceDefinition of Argo Rollouts; what is missing there is 0 or
/// empty, but for the wanted replicas. See
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#scale-subresource
/// </summary>
internal static class Scale
{
    /// <summary>What is read and written at <c>/scale</c>; it is not served by itself.</summary>
    public static readonly ResourceType Type = new("autoscaling", "v1", "Scale", "scales", "scale", [], true, false);

    private const string ReplicasPath = ".spec.replicas";

    /// <summary>Stands for wanted replicas that the object does not have, while it is changed.</summary>
    private const int NotThere = int.MinValue;

    /// <summary>What is read.</summary>
    /// <exception cref="ApiException">500: the object does not say how many replicas it wants.</exception>
    public static StoredObject Of(StoredObject stored)
    {
        var item = stored.ToNode();
        return StoredObject.From(
            Type,
            From(
                item,
                WantedBy(item) ?? throw ApiErrors.Internal($"the spec replicas field \"{ReplicasPath}\" does not exist")
            ),
            stored.ResourceVersion
        );
    }

    /// <summary>
    /// The object with the replicas of the Scale that was sent, or that came out of a patch; nothing else of a Scale
    /// can be written.
    /// </summary>
    /// <param name="write">The request; its type is the object's.</param>
    /// <param name="before">The object.</param>
    /// <param name="change">Makes the new Scale of the present one.</param>
    public static JsonObject Write(WriteRequest write, JsonObject before, Func<JsonObject, JsonObject> change)
    {
        var sent = change(From(before, WantedBy(before) ?? NotThere));
        var replicas = ReplicasOf(write, sent);
        if (replicas == NotThere)
        {
            throw ApiErrors.BadRequest($"the spec replicas field \"{ReplicasPath}\" cannot be empty");
        }

        ObjectRules.CheckIdentity(write, before, JsonFields.Object(sent, "metadata") ?? []);
        var after = (JsonObject)before.DeepClone();
        JsonFields.Ensure(after, "spec")["replicas"] = (long)replicas;
        return ObjectRules.Checked(write.Type, after);
    }

    private static JsonObject From(JsonObject item, int replicas)
    {
        var (metadata, status) = (item["metadata"]!.AsObject(), JsonFields.Object(item, "status"));
        var scaleStatus = new JsonObject { ["replicas"] = Integer(status?["HPAReplicas"]) ?? 0 };
        JsonFields.Put(scaleStatus, "selector", JsonFields.Text(status, "selector"));
        return new JsonObject
        {
            ["apiVersion"] = Type.ApiVersion,
            ["kind"] = Type.Kind,
            ["metadata"] = new JsonObject(
                ((string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"]).Select(field =>
                    KeyValuePair.Create(field, metadata[field]?.DeepClone())
                )
            ),
            // Go leaves out a zero here.
            ["spec"] = replicas == 0 ? new JsonObject() : new JsonObject { ["replicas"] = replicas },
            ["status"] = scaleStatus,
        };
    }

    private static int? WantedBy(JsonObject item) => Integer(JsonFields.Object(item, "spec")?["replicas"]);

    private static int? Integer(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    /// <exception cref="ApiException">400 for what was sent, 422 for what came out of a patch: it is no Scale.</exception>
    private static int ReplicasOf(WriteRequest write, JsonObject sent) =>
        sent["spec"] switch
        {
            null => 0,
            JsonObject spec => spec["replicas"] switch
            {
                null => 0,
                JsonValue value when value.TryGetValue<int>(out var number) => number,
                var other => throw Undecodable(write, sent, other, "ScaleSpec.spec.replicas of type int32"),
            },
            var other => throw Undecodable(write, sent, other, "Scale.spec of type v1.ScaleSpec"),
        };

    private static ApiException Undecodable(WriteRequest write, JsonObject sent, JsonNode value, string field)
    {
        var found = value.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.Number => string.Create(CultureInfo.InvariantCulture, $"number {value}"),
            JsonValueKind.True or JsonValueKind.False => "bool",
            JsonValueKind.Array => "array",
            _ => "object",
        };
        var why = $"json: cannot unmarshal {found} into Go struct field {field}";
        return write.IsReplacement
            ? ApiErrors.BadRequest(
                $"{Type.Kind} in version \"{Type.Version}\" cannot be handled as a {Type.Kind}: {why}"
            )
            : ApiErrors.Undecodable(JsonFields.Sorted(sent)!.ToJsonString(JsonFields.Plain), why);
    }
}
