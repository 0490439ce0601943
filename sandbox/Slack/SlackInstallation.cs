using System.Security.Cryptography;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// The app as it is installed in one Slack workspace: who it is and the two secrets that prove it. It is given to the
/// workspace and never written to the workspace's file.
/// </summary>
/// <param name="TeamId">Workspace id, <c>T…</c>.</param>
/// <param name="TeamDomain">Workspace domain, the part before <c>.slack.com</c>.</param>
/// <param name="AppId">App id, <c>A…</c>; sent as <c>api_app_id</c>.</param>
/// <param name="BotId">Id of the bot, <c>B…</c>; carried by every message of the app.</param>
/// <param name="BotUserId">Id of the user that the bot acts as, <c>U…</c>.</param>
/// <param name="BotName">Display name of the bot.</param>
/// <param name="SigningSecret">Key of the <c>v0</c> request signature.</param>
/// <param name="BotToken">Bearer token of the Web API, <c>xoxb-…</c>.</param>
public sealed record SlackInstallation(
    string TeamId,
    string TeamDomain,
    string AppId,
    string BotId,
    string BotUserId,
    string BotName,
    string SigningSecret,
    string BotToken
)
{
    /// <summary>The deprecated <c>token</c> form field; it proves nothing, so it is only a constant of the right shape.</summary>
    public string VerificationToken { get; init; } = "deprecated-verification-token";

    /// <summary>An installation with fresh random secrets.</summary>
    public static SlackInstallation Generate() =>
        new(
            "T0SANDBOX",
            "sandbox",
            "A0DEVFLOW",
            "B0DEVFLOW",
            "U0DEVFLOW",
            "devflow",
            RandomNumberGenerator.GetHexString(32, lowercase: true),
            "xoxb-" + RandomNumberGenerator.GetHexString(40, lowercase: true)
        );

    /// <summary>Names the app only: a record printed in a log or an assertion must not carry secrets.</summary>
    public override string ToString() => $"SlackInstallation {{ {TeamId}, {AppId}, {BotUserId} }}";
}
