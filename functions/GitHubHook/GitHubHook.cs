using System.Text.Json;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Functions.Adapters.GitHub;
using Devflow.ChatOps.Functions.Hosting;

namespace Devflow.ChatOps.Functions.GitHubHook;

/// <summary>
/// Events of our GitHub App. GitHub waits 10 s for the answer and sends nothing again by itself
/// (https://docs.github.com/webhooks/using-webhooks/best-practices-for-using-webhooks).
/// </summary>
public static partial class GitHubHook
{
    public const string Route = "github/webhooks";

    /// <summary>GitHub sends up to 25 MB; what we read of are check runs and pull requests, which are far smaller.</summary>
    private const int BodyLimit = 1024 * 1024;

    private const int DepthLimit = 64;

    public static void Map(IEndpointRouteBuilder app) => app.MapPost(Route, HandleAsync);

    private static async Task<IResult> HandleAsync(
        HttpRequest request,
        IServiceProvider services,
        CancellationToken stop
    )
    {
        var settings = services.GetRequiredService<GitHubSettings>();
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Devflow.ChatOps.GitHubHook");
        var body = await RawBody.ReadAsync(request, BodyLimit, stop);
        var answer = GitHubSignature.Verify(request.Headers, body, settings.WebhookSecrets);
        if (answer != GitHubSignatureAnswer.Valid)
        {
            Refused(log, answer);
            return Problems.Of(401, "unauthorized", "The delivery is not signed with this service's secret.");
        }

        if (!RawBody.Is(request, "application/json"))
        {
            return Problems.Of(
                415,
                "unsupported_media_type",
                "Expected application/json: choose it as the content type of the App's webhook."
            );
        }

        if (
            request.Headers["X-GitHub-Event"] is not [{ Length: > 0 } name]
            || request.Headers["X-GitHub-Delivery"] is not [{ } delivery]
            || !DeliveryId().IsMatch(delivery)
        )
        {
            return Problems.Of(400, "malformed", "X-GitHub-Event and X-GitHub-Delivery are needed, once each.");
        }

        try
        {
            using var payload = RequestJson.Parse(body, DepthLimit);
            return await services
                .GetRequiredService<GitHubEvents>()
                .HandleAsync(GitHubPayloads.Read(name, payload.RootElement), delivery, stop);
        }
        catch (JsonException fault)
        {
            return Problems.Of(400, "malformed", RequestJson.Describe(fault));
        }
        catch (HookFormatException fault)
        {
            return Problems.Of(400, "malformed", fault.Message);
        }
    }

    /// <summary>A GUID today; of what is stored as a key the form is not left to the sender.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9-]{8,80}\z")]
    private static partial Regex DeliveryId();

    [LoggerMessage(LogLevel.Warning, "A delivery to the GitHub webhook was refused: {Answer}")]
    private static partial void Refused(ILogger log, GitHubSignatureAnswer answer);
}
