using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>What stands in the GitOps repository about an app before its first release.</summary>
public static class SandboxManifests
{
    private static readonly ISerializer yaml = new SerializerBuilder()
        .WithQuotingNecessaryStrings()
        .WithIndentedSequences()
        .DisableAliases()
        .Build();

    /// <summary>Text by path.</summary>
    internal static IReadOnlyDictionary<string, string?> Of(SandboxApp app, SandboxPace pace)
    {
        var installed = app.Installed(pace);
        return new Dictionary<string, string?>
        {
            [$"{app.Path}/rollout.yaml"] =
                $"# The release workflow of {app.Repository} writes the image here, and nothing else.\n"
                + Text(installed.Rollout()),
            [$"{app.Path}/services.yaml"] = string.Join("---\n", installed.Services().Select(Text)),
        };
    }

    /// <summary>A manifest as people write it.</summary>
    public static string Text(JsonObject manifest) => yaml.Serialize(Plain(manifest)!).ReplaceLineEndings("\n");

    private static object? Plain(JsonNode? node) =>
        node switch
        {
            null => null,
            JsonObject map => map.ToDictionary(pair => pair.Key, pair => Plain(pair.Value)),
            JsonArray list => list.Select(Plain).ToList(),
            _ => node.GetValueKind() switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.Number => node.GetValue<int>(),
                _ => node.GetValue<string>(),
            },
        };
}
