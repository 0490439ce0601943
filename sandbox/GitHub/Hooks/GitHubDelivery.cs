namespace Devflow.ChatOps.Sandbox.GitHub.Hooks;

/// <summary>An event as it is sent: the same bytes and the same <see cref="Guid"/> when it is sent again.</summary>
/// <param name="Guid"><c>X-GitHub-Delivery</c>.</param>
/// <param name="Event"><c>X-GitHub-Event</c>.</param>
/// <param name="Action">The event's action; null where it has none.</param>
/// <param name="RepositoryId">The repository that it is about, if it is about one.</param>
/// <param name="Body">As sent.</param>
/// <param name="Signature"><c>X-Hub-Signature-256</c>; null: there is none.</param>
public sealed record GitHubHookRequest(
    string Guid,
    string Event,
    string? Action,
    long? RepositoryId,
    ReadOnlyMemory<byte> Body,
    string? Signature
);

/// <summary>One attempt to deliver an event, as GitHub shows it under "Recent deliveries".</summary>
/// <param name="Id">Of this attempt.</param>
/// <param name="StatusCode">Of the answer; 502 when nobody answered, 504 when nobody did in time.</param>
/// <param name="Status"><c>OK</c>, or what went wrong.</param>
public sealed record GitHubDelivery(
    long Id,
    GitHubApp App,
    GitHubHookRequest Request,
    int StatusCode,
    string Status,
    string Body
)
{
    public required DateTimeOffset DeliveredAt { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Whether it was sent again.</summary>
    public bool IsRedelivery { get; init; }

    /// <summary>Whether GitHub counts it as delivered; otherwise it does nothing more about it by itself.</summary>
    public bool IsOk => StatusCode is >= 200 and < 300;
}

/// <summary>What is wrong on purpose with an event, for tests of the receiver. Everything else stays right.</summary>
public sealed record GitHubForgery
{
    /// <summary>Sign with this secret instead.</summary>
    public string? Secret { get; init; }

    /// <summary>Leave the signature out.</summary>
    public bool OmitSignature { get; init; }

    /// <summary>Change the body after it was signed.</summary>
    public bool TamperBody { get; init; }

    /// <summary>Claim to be this delivery.</summary>
    public string? Guid { get; init; }
}

/// <summary>Something that happens to an event on its way, on purpose.</summary>
public abstract record GitHubHookFault
{
    private GitHubHookFault() { }

    /// <summary>It never arrives, and GitHub believes that nobody answered.</summary>
    public sealed record Lose : GitHubHookFault;

    /// <summary>It is sent once the signal comes.</summary>
    public sealed record Hold(Task Until) : GitHubHookFault;

    /// <summary>It arrives twice.</summary>
    public sealed record Twice : GitHubHookFault;
}
