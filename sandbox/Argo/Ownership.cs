using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>Owner references: who controls an object, and who goes when its owner goes.</summary>
internal static class Ownership
{
    public static JsonObject ReferenceTo(JsonObject owner) =>
        new()
        {
            ["apiVersion"] = owner.Text("apiVersion"),
            ["kind"] = owner.Text("kind"),
            ["name"] = owner.Text("metadata", "name"),
            ["uid"] = owner.Text("metadata", "uid"),
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        };

    public static JsonObject? ControllerOf(JsonObject item) =>
        (item.At("metadata", "ownerReferences") as JsonArray ?? [])
            .OfType<JsonObject>()
            .FirstOrDefault(reference => reference.Flag("controller") == true);

    public static bool IsControlledBy(JsonObject item, string uid) =>
        ControllerOf(item) is { } reference && reference.Text("uid") == uid;
}
