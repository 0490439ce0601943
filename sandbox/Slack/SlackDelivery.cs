namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>A request from Slack to the app, exactly as sent, so that it can be sent again.</summary>
/// <param name="Url">Request URL.</param>
/// <param name="Body">Raw body, <c>application/x-www-form-urlencoded</c>.</param>
/// <param name="Timestamp"><c>X-Slack-Request-Timestamp</c>.</param>
/// <param name="Signature"><c>X-Slack-Signature</c>; the header is left out when <see langword="null"/>.</param>
public sealed record SlackSignedRequest(Uri Url, ReadOnlyMemory<byte> Body, string Timestamp, string? Signature);

/// <summary>What is wrong on purpose with a request, for tests of the app's checks. Everything else stays right.</summary>
public sealed record SlackForgery
{
    /// <summary>Sign with this secret instead.</summary>
    public string? SigningSecret { get; init; }

    /// <summary>Send and sign this timestamp instead of now; any text.</summary>
    public string? Timestamp { get; init; }

    /// <summary>Shift the timestamp, which is then signed correctly: a stale request.</summary>
    public TimeSpan TimestampOffset { get; init; }

    /// <summary>Leave the signature header out.</summary>
    public bool OmitSignature { get; init; }

    /// <summary>Change the body after it was signed.</summary>
    public bool TamperBody { get; init; }

    /// <summary>Claim to come from another workspace.</summary>
    public string? TeamId { get; init; }

    /// <summary>Claim to be for another app.</summary>
    public string? AppId { get; init; }

    /// <summary>Use this trigger id, such as one that was used before.</summary>
    public string? TriggerId { get; init; }

    /// <summary>Hand out this response URL, such as one of another host.</summary>
    public Uri? ResponseUrl { get; init; }
}

/// <summary>What the person who acted got to see at once.</summary>
public abstract record SlackAnswer
{
    private SlackAnswer() { }

    /// <summary>Nothing: an empty 200.</summary>
    public sealed record Silent : SlackAnswer;

    /// <summary>A message for that person only.</summary>
    public sealed record Private(SlackEphemeral Ephemeral) : SlackAnswer;

    /// <summary>A message for the channel.</summary>
    public sealed record Public(SlackMessage Message) : SlackAnswer;

    /// <summary>Slack's own error message.</summary>
    /// <param name="Code">
    /// <c>operation_timeout</c>, <c>dispatch_failed</c>, <c>http_client_error</c>, <c>http_service_error</c> or
    /// <c>invalid_command_response</c>.
    /// </param>
    /// <param name="Ephemeral">As shown to the person.</param>
    public sealed record Failed(string Code, SlackEphemeral Ephemeral) : SlackAnswer;
}

/// <summary>One request to the app and what came of it.</summary>
/// <param name="Request">As sent.</param>
/// <param name="Status">HTTP status; <see langword="null"/> when no answer came in time or at all.</param>
/// <param name="Body">Body of the answer.</param>
/// <param name="Answer">What the person saw.</param>
public sealed record SlackDelivery(SlackSignedRequest Request, int? Status, string Body, SlackAnswer Answer);

/// <summary>An HTTP answer of the app, or the reason why there is none.</summary>
/// <param name="Status">HTTP status, or <see langword="null"/>.</param>
/// <param name="ContentType">Media type with parameters, if any.</param>
/// <param name="Body">The body; empty when there is none.</param>
/// <param name="Fault"><c>operation_timeout</c> or <c>dispatch_failed</c> when there was no answer.</param>
public sealed record SlackHttpAnswer(int? Status, string? ContentType, string Body, string? Fault);
