using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>What is kept of a workspace between two runs. Open modals, trigger ids and response URLs do not outlive a run.</summary>
internal sealed record SlackWorkspaceState(
    long LastTs,
    long LastBlockId,
    bool IsPaidPlan,
    IReadOnlyList<SlackUser> Users,
    IReadOnlyList<SlackUserGroup> Groups,
    IReadOnlyList<SlackChannel> Channels,
    IReadOnlyList<SlackMessage> Messages,
    IReadOnlyList<SlackEphemeral> Ephemerals
);

/// <summary>Keeps a workspace in a JSON file. Secrets are not part of it.</summary>
public static class SlackWorkspaceFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        IgnoreReadOnlyProperties = true,
    };

    /// <summary>Writes the workspace; a crash in between leaves the previous file whole.</summary>
    public static void Save(SlackWorkspace workspace, string path)
    {
        var next = path + ".next";
        File.WriteAllText(next, JsonSerializer.Serialize(workspace.Capture(), Json));
        File.Move(next, path, overwrite: true);
    }

    /// <summary>Reads a workspace that <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file holds no workspace.</exception>
    public static SlackWorkspace Load(string path, SlackInstallation installation, TimeProvider time)
    {
        try
        {
            var state =
                JsonSerializer.Deserialize<SlackWorkspaceState>(File.ReadAllText(path), Json)
                ?? throw new InvalidDataException($"{path} holds no Slack workspace");
            var workspace = new SlackWorkspace(installation, time);
            workspace.Restore(state);
            return workspace;
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path} holds no Slack workspace: {fault.Message}", fault);
        }
    }
}
