using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>In which form objects are wanted: whole, only their metadata, or as rows of a table.</summary>
internal enum Representation
{
    Whole,
    Metadata,
    Table,
}

/// <summary>Renders stored objects in the wanted form. Whole objects are the stored bytes.</summary>
internal static class Render
{
    private const string MetaVersion = "meta.k8s.io/v1";

    /// <summary>The first form of the Accept header that is served.</summary>
    public static Representation Wanted(HttpRequest request)
    {
        foreach (var part in request.Headers.Accept.ToString().Split(','))
        {
            var parameters = part.Split(';').Select(parameter => parameter.Trim()).ToArray();
            if (parameters[0] is not (MediaTypes.Json or "*/*" or "application/*"))
            {
                continue;
            }

            switch (Array.Find(parameters, parameter => parameter.StartsWith("as=", StringComparison.Ordinal)))
            {
                case null:
                    return Representation.Whole;
                case "as=Table":
                    return Representation.Table;
                case "as=PartialObjectMetadata" or "as=PartialObjectMetadataList":
                    return Representation.Metadata;
            }
        }

        return Representation.Whole;
    }

    public static byte[] One(StoredObject stored, Representation wanted, DateTimeOffset now, bool withColumns = true) =>
        wanted switch
        {
            Representation.Whole => stored.Json,
            Representation.Metadata => Json(PartialMetadata(stored)),
            _ => Json(TableOf(stored.Type, [stored], stored.ResourceVersion, null, null, now, withColumns)),
        };

    public static byte[] List(
        ResourceType type,
        IReadOnlyCollection<StoredObject> items,
        Representation wanted,
        ListMeta meta,
        DateTimeOffset now
    ) =>
        wanted switch
        {
            Representation.Whole => WholeList(type, items, meta),
            Representation.Metadata => Json(
                new JsonObject
                {
                    ["kind"] = "PartialObjectMetadataList",
                    ["apiVersion"] = MetaVersion,
                    ["metadata"] = meta.ToNode(always: false),
                    ["items"] = new JsonArray([.. items.Select(PartialMetadata)]),
                }
            ),
            _ => Json(TableOf(type, items, meta.ResourceVersion, meta.Continue, meta.Remaining, now, true)),
        };

    /// <summary>A bookmark carries an object of the watched kind that has nothing but a version.</summary>
    public static byte[] Bookmark(ResourceType type, long version, Representation wanted, bool initialEventsEnd)
    {
        var metadata = new JsonObject { ["resourceVersion"] = JsonFields.Number(version) };
        if (initialEventsEnd)
        {
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }

        var (apiVersion, kind) = wanted switch
        {
            Representation.Whole => (type.ApiVersion, type.Kind),
            Representation.Metadata => (MetaVersion, "PartialObjectMetadata"),
            _ => (MetaVersion, "Table"),
        };
        var mark = new JsonObject
        {
            ["apiVersion"] = apiVersion,
            ["kind"] = kind,
            ["metadata"] = metadata,
        };
        if (wanted == Representation.Table)
        {
            mark["columnDefinitions"] = new JsonArray();
            mark["rows"] = new JsonArray();
        }

        return Json(mark);
    }

    public static byte[] Json(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, JsonFields.Plain);

    private static byte[] WholeList(ResourceType type, IReadOnlyCollection<StoredObject> items, ListMeta meta)
    {
        using var buffer = new MemoryStream(256 + items.Sum(item => item.Json.Length + 1));
        buffer.Write(
            JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["apiVersion"] = type.ApiVersion }).AsSpan()[..^1]
        );
        buffer.Write(",\"items\":["u8);
        var first = true;
        foreach (var item in items)
        {
            if (!first)
            {
                buffer.WriteByte((byte)',');
            }

            first = false;
            if (type.IsCustom)
            {
                buffer.Write(item.Json);
            }
            else
            {
                // Built-in kinds carry apiVersion and kind on the list only.
                buffer.WriteByte((byte)'{');
                buffer.Write(item.JsonWithoutType);
            }
        }

        buffer.Write("],\"kind\":\""u8);
        buffer.Write(System.Text.Encoding.UTF8.GetBytes(type.Kind));
        buffer.Write("List\",\"metadata\":"u8);
        buffer.Write(Json(meta.ToNode(always: type.IsCustom)));
        buffer.WriteByte((byte)'}');
        return buffer.ToArray();
    }

    private static JsonObject PartialMetadata(StoredObject stored) =>
        new()
        {
            ["kind"] = "PartialObjectMetadata",
            ["apiVersion"] = MetaVersion,
            ["metadata"] = stored.ToNode()["metadata"]!.DeepClone(),
        };

    private static JsonObject TableOf(
        ResourceType type,
        IReadOnlyCollection<StoredObject> items,
        long version,
        string? next,
        long? remaining,
        DateTimeOffset now,
        bool withColumns
    )
    {
        var columns = TableColumns.Of(type);
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = MetaVersion,
            ["metadata"] = new ListMeta(version, next, remaining).ToNode(always: false),
            ["columnDefinitions"] = withColumns
                ? new JsonArray([.. columns.Select(column => column.Definition())])
                : null,
            ["rows"] = new JsonArray([.. items.Select(item => Row(item, columns, now))]),
        };
    }

    private static JsonObject Row(StoredObject stored, IReadOnlyList<TableColumn> columns, DateTimeOffset now)
    {
        var item = stored.ToNode();
        return new JsonObject
        {
            ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(item, now))]),
            ["object"] = new JsonObject
            {
                ["kind"] = "PartialObjectMetadata",
                ["apiVersion"] = MetaVersion,
                ["metadata"] = item["metadata"]!.DeepClone(),
            },
        };
    }
}

/// <summary>Metadata of a list.</summary>
/// <param name="ResourceVersion">Version of the whole list, the same on every page.</param>
/// <param name="Continue">Token of the next page, null on the last.</param>
/// <param name="Remaining">How many objects follow; null when a selector makes it unknown.</param>
internal sealed record ListMeta(long ResourceVersion, string? Continue, long? Remaining)
{
    /// <param name="always">Custom resources write <c>continue</c> even when it is empty.</param>
    public JsonObject ToNode(bool always)
    {
        var node = new JsonObject();
        JsonFields.Put(node, "continue", Continue ?? (always ? "" : null));
        JsonFields.Put(node, "remainingItemCount", Remaining);
        node["resourceVersion"] = JsonFields.Number(ResourceVersion);
        return node;
    }
}
