using System.Security.Cryptography;
using System.Text.Json;
using Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>Every secret of the sandbox, made once and kept in its folder, so that a second start fits the first.</summary>
public sealed class SandboxSecrets
{
    private static readonly JsonSerializerOptions json = new() { WriteIndented = true };

    /// <summary>Key of Slack's request signature.</summary>
    public required string SlackSigningSecret { get; init; }

    /// <summary>The app's token at Slack's Web API.</summary>
    public required string SlackBotToken { get; init; }

    /// <summary>Bearer token of the cluster's notifications.</summary>
    public required string HookToken { get; init; }

    /// <summary>Seals what the service stores for a short time.</summary>
    public required string SealingKey { get; init; }

    /// <summary>Kubernetes token of the person at the keyboard.</summary>
    public required string AdminToken { get; init; }

    /// <summary>Kubernetes token that may read.</summary>
    public required string ObserverToken { get; init; }

    /// <summary>Kubernetes token that may patch Rollouts.</summary>
    public required string ExecutorToken { get; init; }

    /// <summary>The Slack app as it is installed here.</summary>
    public SlackInstallation SlackInstallation =>
        SlackInstallation.Generate() with
        {
            SigningSecret = SlackSigningSecret,
            BotToken = SlackBotToken,
        };

    /// <summary>Those of the folder, or new ones, which are written there first.</summary>
    /// <exception cref="InvalidDataException">The file holds no secrets of the sandbox.</exception>
    public static SandboxSecrets LoadOrCreate(SandboxFolder folder)
    {
        if (File.Exists(folder.Secrets))
        {
            return Load(folder.Secrets);
        }

        var made = Generate();
        SandboxFolder.WritePrivate(folder.Secrets, JsonSerializer.Serialize(made, json));
        return made;
    }

    private static SandboxSecrets Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<SandboxSecrets>(File.ReadAllText(path))
                ?? throw new InvalidDataException($"{path} holds no secrets; start with --fresh.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path} holds no secrets; start with --fresh.", fault);
        }
    }

    private static SandboxSecrets Generate() =>
        new()
        {
            SlackSigningSecret = Hex(32),
            SlackBotToken = "xoxb-" + Hex(40),
            HookToken = Hex(48),
            SealingKey = Hex(64),
            AdminToken = Hex(48),
            ObserverToken = Hex(48),
            ExecutorToken = Hex(48),
        };

    private static string Hex(int digits) => RandomNumberGenerator.GetHexString(digits, lowercase: true);
}
