using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>
/// The controller up to v1.9.1 puts its own, older copy of a Rollout over the newer one in its cache; a promote that
/// arrives just after the pause is thus not seen until the object changes again (recordings 15a and 15b,
/// https://github.com/argoproj/argo-rollouts/issues/4073). Emulated by letting passes work on the older copy.
/// </summary>
internal sealed class SwallowedPromotes(Func<string, string, bool> isEnabled, TimeSpan window)
{
    private readonly ConcurrentDictionary<(string Namespace, string Name), Memory> memories = new();

    private sealed record Memory(DateTimeOffset PausedAt, JsonObject LastPaused, string? SwallowedVersion);

    /// <summary>The copy that the controller works on: the current object, or the one before the promote.</summary>
    public JsonObject SeenBy(JsonObject current, DateTimeOffset now)
    {
        var key = (current.Text("metadata", "namespace") ?? "", current.Text("metadata", "name") ?? "");
        if (!isEnabled(key.Item1, key.Item2))
        {
            memories.TryRemove(key, out _);
            return current;
        }

        var status = RolloutStatus.From(current.At("status"));
        var version = current.Text("metadata", "resourceVersion");
        if (status.IsPausedBy(PauseCondition.BlueGreenPause))
        {
            var since =
                memories.TryGetValue(key, out var known) && known.SwallowedVersion is null ? known.PausedAt : now;
            memories[key] = new Memory(since, current, null);
            return current;
        }

        if (!memories.TryGetValue(key, out var memory))
        {
            return current;
        }

        if (memory.SwallowedVersion == version)
        {
            return memory.LastPaused.DeepClone().AsObject();
        }

        if (
            memory.SwallowedVersion is null
            && status is { ControllerPause: true, Abort: false, PromoteFull: false, PauseConditions: [] }
            && now - memory.PausedAt <= window
            && JsonNode.DeepEquals(current["spec"], memory.LastPaused["spec"])
        )
        {
            memories[key] = memory with { SwallowedVersion = version };
            return memory.LastPaused.DeepClone().AsObject();
        }

        memories.TryRemove(key, out _);
        return current;
    }
}
