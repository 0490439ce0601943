using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>
/// A stored command that this program cannot read, such as one that a newer version wrote: what can be told of it, so
/// that it is shown among those that are stuck. It is never written back; the stored one stays as it is.
/// </summary>
public static class UnreadableCommand
{
    private const int MostOfReason = 300;
    private const string Unknown = "unknown";

    /// <param name="json">The stored document, whatever is in it.</param>
    /// <param name="fault">Why it cannot be read.</param>
    public static Command Of(string key, RolloutRef rollout, DateTimeOffset at, string json, StoredStateException fault)
    {
        var document = Document(json);
        var actor = new Actor(Unknown, null, null, Text(document?["actor"] as JsonObject, "displayName", Unknown));
        return new Command(
            key,
            new Wish.Unreadable(),
            actor,
            new Origin(Text(document?["origin"] as JsonObject, "surface")),
            Text(document, "app"),
            Text(document, "environment"),
            rollout,
            at
        )
        {
            Stuck = Messages.Plain.OneLine(fault.Message, MostOfReason),
        };
    }

    /// <summary>
    /// The command, which was put aside unread and can be read now, as after an upgrade: it says that it is stuck.
    /// </summary>
    public static Command Told(Command command) =>
        command.Stuck is null ? command with { Stuck = "a version of this program could not read it" } : command;

    private static JsonObject? Document(string json)
    {
        try
        {
            return (JsonNode.Parse(json) as JsonObject)?["document"] as JsonObject;
        }
        catch (JsonException)
        {
            // The reason says that it is no JSON.
            return null;
        }
    }

    private static string Text(JsonObject? of, string name, string otherwise = "") =>
        of?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : otherwise;
}
