using System.Text.Json;
using Devflow.ChatOps.Sandbox.GitHub.Checks;
using Devflow.ChatOps.Sandbox.GitHub.Deployments;

namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>What is kept of a repository beside its Git objects; everything oldest first.</summary>
internal sealed record GitHubRepositoryState(
    string FullName,
    IReadOnlyList<GitHubPull> Pulls,
    IReadOnlyList<GitHubCheckRun> Checks,
    IReadOnlyList<GitHubComment> Comments,
    IReadOnlyList<GitHubDeployment> Deployments
);

/// <summary>What is kept of a GitHub between two runs. Apps, tokens and deliveries do not outlive one.</summary>
internal sealed record GitHubWorldState(long LastId, IReadOnlyList<GitHubRepositoryState> Repositories);

/// <summary>Keeps what a GitHub knows beside Git in a JSON file. Secrets are not part of it.</summary>
public static class GitHubWorldFile
{
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        IgnoreReadOnlyProperties = true,
    };

    /// <summary>Writes it; a crash in between leaves the previous file whole.</summary>
    public static void Save(GitHubWorld world, string path)
    {
        var next = path + ".next";
        File.WriteAllText(next, JsonSerializer.Serialize(world.Capture(), json));
        File.Move(next, path, overwrite: true);
    }

    /// <summary>Brings back what <see cref="Save"/> wrote, into a world that has the repositories and knows nothing else yet.</summary>
    /// <exception cref="InvalidDataException">The file holds no such thing.</exception>
    public static void Load(GitHubWorld world, string path)
    {
        try
        {
            world.Restore(
                JsonSerializer.Deserialize<GitHubWorldState>(File.ReadAllText(path), json)
                    ?? throw new InvalidDataException($"{path} holds no GitHub")
            );
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path} holds no GitHub: {fault.Message}", fault);
        }
    }
}
