using Devflow.ChatOps.Functions.Adapters.Slack;
using Devflow.ChatOps.Functions.Hosting;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Devflow.ChatOps.Functions.SlackCommands;

/// <summary>What all requests of Slack have in common: the signature over the raw bytes, then the form, then team and app.</summary>
internal sealed class SlackRequest(SlackSettings settings, TimeProvider clock, ILogger<SlackRequest> log)
{
    private const int BodyLimit = 256 * 1024;

    /// <summary>The form fields of a verified request, or the answer that refuses it.</summary>
    public async Task<(Dictionary<string, StringValues>? Form, IResult? Refusal)> ReadAsync(
        HttpRequest request,
        CancellationToken stop
    )
    {
        var body = await RawBody.ReadAsync(request, BodyLimit, stop);
        var answer = SlackSignature.Verify(request.Headers, body, settings.SigningSecrets, clock.GetUtcNow());
        if (answer != SlackSignatureAnswer.Valid)
        {
            SlackLog.Refused(log, answer);
            return (null, Problems.Of(401, "unauthorized", "The request is not signed by Slack, or too old."));
        }

        if (!RawBody.Is(request, "application/x-www-form-urlencoded"))
        {
            return (null, Problems.Of(415, "unsupported_media_type", "Expected application/x-www-form-urlencoded."));
        }

        try
        {
            using var reader = new FormReader(new MemoryStream(body)) { ValueCountLimit = 64 };
            return (await reader.ReadFormAsync(stop), null);
        }
        catch (InvalidDataException)
        {
            return (null, Problems.Of(400, "malformed", "The form cannot be read."));
        }
    }

    /// <summary>Whether the request came from a workspace and an app that the configuration names; without names, none did.</summary>
    public bool IsKnown(string? team, string? app)
    {
        var known = team is not null && app is not null && settings.Teams.Contains(team) && settings.Apps.Contains(app);
        if (!known)
        {
            SlackLog.Stranger(log, team ?? "", app ?? "");
        }

        return known;
    }

    public static IResult Stranger() =>
        Problems.Of(403, "forbidden", "This workspace or app is not one of the configured ones.");
}

internal static partial class SlackLog
{
    [LoggerMessage(LogLevel.Warning, "A request to a Slack endpoint was refused: {Answer}")]
    public static partial void Refused(ILogger log, SlackSignatureAnswer answer);

    [LoggerMessage(LogLevel.Warning, "A signed request of team {Team} and app {App} was refused: not configured.")]
    public static partial void Stranger(ILogger log, string team, string app);
}
