using System.Text.Json;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>
/// A Functions host that does not know <c>enableProxyingHttpRequest</c> ignores it silently and sends every request as
/// <c>POST /{FunctionName}</c> with a JSON envelope. Its signatures cannot be verified any more, for the raw body is gone, so
/// it is never executed; the answer says what to do.
/// </summary>
internal static partial class DefaultMode
{
    /// <summary>The functions with an HTTP trigger; their names are their folders'.</summary>
    public static readonly IReadOnlyList<string> HttpFunctions =
    [
        nameof(Api),
        nameof(ArgoCdHook),
        nameof(Console),
        nameof(GitHubHook),
        nameof(Health),
        nameof(RolloutsHook),
        nameof(SlackCommands),
        nameof(SlackInteractions),
    ];

    private const int BodyLimit = 2 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var function in HttpFunctions)
        {
            app.MapPost("/" + function, (HttpRequest request, CancellationToken stop) => AnswerAsync(request, stop));
        }
    }

    private static async Task<IResult> AnswerAsync(HttpRequest request, CancellationToken stop)
    {
        if (!IsEnvelope(await RawBody.ReadAsync(request, BodyLimit, stop)))
        {
            return Problems.Of(404, "not_found", "There is nothing here.");
        }

        Refused(request.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Devflow.Host"));
        return Problems.Of(
            501,
            "proxying_needed",
            "This Functions host is too old: it ignores customHandler.enableProxyingHttpRequest in host.json and wraps "
                + "requests into JSON, after which signatures cannot be verified. Nothing was done. Update the host (or Core "
                + "Tools) to one from mid-2025 or later, and keep enableProxyingHttpRequest set to true."
        );
    }

    private static bool IsEnvelope(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("Data", out _)
                && json.RootElement.TryGetProperty("Metadata", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [LoggerMessage(
        LogLevel.Error,
        "A request came as a JSON envelope and was refused: this Functions host ignores enableProxyingHttpRequest. Update it."
    )]
    private static partial void Refused(ILogger log);
}
