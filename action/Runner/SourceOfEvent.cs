using System.Text.Json;

namespace Devflow.ChatOps.Action.Runner;

/// <summary>
/// The commit that an event is about. <c>GITHUB_SHA</c> is another one for some: a merge that nobody built for
/// <c>pull_request</c>, the default branch for <c>workflow_run</c>
/// (https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows).
/// </summary>
internal static class SourceOfEvent
{
    /// <summary>The commit, or <c>null</c> when the event names none of its own.</summary>
    public static string? Find(byte[] payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            return Text(root, "workflow_run", "head_sha")
                ?? Text(root, "pull_request", "head", "sha")
                ?? Text(root, "deployment", "sha");
        }
        catch (JsonException)
        {
            // Not ours to complain about: the environment names a commit too.
            return null;
        }
    }

    /// <summary>Reads the file that the runner names; <c>null</c> when there is none.</summary>
    public static string? Find(string? path) =>
        path is not null && File.Exists(path) ? Find(File.ReadAllBytes(path)) : null;

    private static string? Text(JsonElement from, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty(name, out from))
            {
                return null;
            }
        }

        return from.ValueKind == JsonValueKind.String ? from.GetString() : null;
    }
}
