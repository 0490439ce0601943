namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>Something that goes wrong with one request, on purpose.</summary>
public abstract record Fault
{
    private Fault() { }

    /// <summary>Answered with this HTTP status and a <c>Status</c> body; nothing is done.</summary>
    public sealed record Answer(int Status, TimeSpan? RetryAfter = null, string? Message = null) : Fault;

    /// <summary>Done as usual, but later.</summary>
    public sealed record Delay(TimeSpan For) : Fault;

    /// <summary>Never answered: held until the client gives up.</summary>
    public sealed record Hang : Fault;

    /// <summary>The connection is cut; nothing is done.</summary>
    public sealed record Cut : Fault;

    /// <summary>The request is carried out, and the connection is cut instead of the answer.</summary>
    public sealed record LoseAnswer : Fault;
}
