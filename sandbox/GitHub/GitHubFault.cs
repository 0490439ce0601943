namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>Something that goes wrong with one request, on purpose.</summary>
public abstract record GitHubFault
{
    private GitHubFault() { }

    /// <summary>Answered with this status and these words; nothing is done.</summary>
    public sealed record Answer(int Status, string Message, TimeSpan? RetryAfter = null) : GitHubFault;

    /// <summary>The work is done, and the answer is this status all the same, as a gateway gives it that lost patience.</summary>
    public sealed record AnswerAfterWork(int Status) : GitHubFault;

    /// <summary>Status 200 and JSON that says nothing of what was asked, as a portal or a proxy may give it; nothing is done.</summary>
    public sealed record Nonsense(string Json) : GitHubFault;

    /// <summary>The connection is cut; nothing is done.</summary>
    public sealed record Cut : GitHubFault;

    /// <summary>The work is done, and the connection is cut instead of the answer.</summary>
    public sealed record CutAfterWork : GitHubFault;

    /// <summary>Done as usual, once the signal comes.</summary>
    public sealed record Hold(Task Until) : GitHubFault;

    /// <summary>Done as usual, and answered once the signal comes.</summary>
    public sealed record HoldAnswer(Task Until) : GitHubFault;

    /// <summary>As if the primary rate limit were used up until then.</summary>
    public sealed record RateLimited(DateTimeOffset Reset) : GitHubFault;

    /// <summary>As if a secondary rate limit were exceeded; GitHub does not always say how long to wait.</summary>
    public sealed record TooFast(TimeSpan? RetryAfter = null, int Status = 403) : GitHubFault;

    /// <summary>GraphQL only: status 200 with an error of this type; nothing is done.</summary>
    public sealed record GraphQlAnswer(string? Type, string Message) : GitHubFault;
}
