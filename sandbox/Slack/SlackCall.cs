using System.Net;
using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>One request to the Web API, as logged. Tokens are not kept.</summary>
/// <param name="Number">1 for the first call to this stand-in.</param>
/// <param name="Method">Such as <c>chat.postMessage</c>; <c>response_url</c> for posts to response URLs.</param>
/// <param name="Arguments">Arguments by name; strings are strings whether they came as JSON or as a form.</param>
/// <param name="At">When it arrived.</param>
public sealed record SlackCall(
    int Number,
    string Method,
    IReadOnlyDictionary<string, JsonElement> Arguments,
    DateTimeOffset At
)
{
    /// <summary>A string argument, or <see langword="null"/>.</summary>
    public string? Argument(string name) =>
        Arguments.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

/// <summary>How a logged call ended.</summary>
/// <param name="Call">The call.</param>
/// <param name="Status">HTTP status sent; <see langword="null"/> when the connection was cut or left hanging.</param>
/// <param name="Error">Slack's error code; <see langword="null"/> when it went well or nothing was sent.</param>
public sealed record SlackCallEnd(SlackCall Call, int? Status, string? Error);

/// <summary>Something that goes wrong between the caller and Slack.</summary>
public abstract record SlackFault
{
    private SlackFault() { }

    /// <summary>429 with <c>Retry-After</c>; nothing is done.</summary>
    /// <param name="RetryAfter">Whole seconds are sent, rounded up.</param>
    public sealed record RateLimited(TimeSpan RetryAfter) : SlackFault;

    /// <summary>An answer that is not from the API, such as a 500 of a proxy; nothing is done.</summary>
    public sealed record Status(HttpStatusCode Code) : SlackFault;

    /// <summary>HTTP 200 with <c>ok: false</c>; nothing is done.</summary>
    public sealed record Error(string Code) : SlackFault;

    /// <summary>No answer, ever; nothing is done. Ends when the caller gives up or the stand-in stops.</summary>
    public sealed record Hang : SlackFault;

    /// <summary>It is done, and then there is no answer, ever: a caller with a timeout cannot know.</summary>
    public sealed record HangAfter : SlackFault;

    /// <summary>The connection is cut; nothing is done.</summary>
    public sealed record CutBefore : SlackFault;

    /// <summary>It is done, and then the connection is cut: the caller cannot know.</summary>
    public sealed record CutAfter : SlackFault;

    /// <summary>The call waits until the test lets it go on; then it is handled as usual.</summary>
    public sealed record Hold(Task Until) : SlackFault;
}
