using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>Errors as problem details (RFC 9457): what was wrong and what to do, never how the service looks inside.</summary>
public static partial class Problems
{
    public static IResult Of(int status, string code, string detail) =>
        Results.Problem(
            detail,
            statusCode: status,
            type: $"urn:devflow:{code}",
            extensions: [new KeyValuePair<string, object?>("code", code)]
        );

    /// <summary>What routing refused without a word.</summary>
    public static IResult OfStatus(HttpContext context) =>
        context.Response.StatusCode switch
        {
            404 => Of(404, "not_found", "There is nothing here."),
            405 => Of(
                405,
                "method_not_allowed",
                "This method is not offered here; the header Allow names those that are."
            ),
            415 => Of(415, "unsupported_media_type", "This media type is not taken here."),
            var other => Of(other, "bad_request", "The request was refused."),
        };

    /// <summary>Turns faults that no endpoint answers itself into problem details.</summary>
    public static async Task CatchAsync(HttpContext context, RequestDelegate next)
    {
        var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Devflow.ChatOps.Http");
        IResult problem;
        try
        {
            await next(context);
            return;
        }
        catch (BadHttpRequestException fault)
        {
            problem =
                fault.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? Of(fault.StatusCode, "too_large", "The body is larger than this endpoint takes.")
                    : Of(fault.StatusCode, "bad_request", "The request could not be read.");
        }
        catch (StoreUnavailableException fault)
        {
            StoreDown(log, fault.Message);
            problem = Of(
                503,
                "store_unavailable",
                "The store does not answer, so it is not known whether this was written down. Try again, with the same key."
            );
        }
        catch (StoredStateException fault) when (!context.Response.HasStarted)
        {
            Unreadable(log, fault);
            problem = Of(500, "unreadable", StuckTexts.CannotRead(fault.Message));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            Unexpected(log, context.Request.Path, fault);
            problem = Of(500, "internal", "Something went wrong here; it is in the log.");
        }

        await problem.ExecuteAsync(context);
    }

    [LoggerMessage(LogLevel.Error, "The store does not answer: {Reason}")]
    private static partial void StoreDown(ILogger log, string reason);

    [LoggerMessage(LogLevel.Error, "What was asked for needs something stored that cannot be read.")]
    private static partial void Unreadable(ILogger log, StoredStateException fault);

    [LoggerMessage(LogLevel.Error, "Unexpected fault at {Path}")]
    private static partial void Unexpected(ILogger log, string path, Exception fault);
}
