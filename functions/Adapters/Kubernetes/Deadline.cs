namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>The time of one call of the port, told apart from its caller giving up.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource timer;
    private readonly CancellationTokenSource either;
    private readonly CancellationToken caller;

    public Deadline(TimeSpan time, TimeProvider clock, CancellationToken caller)
    {
        this.caller = caller;
        timer = new CancellationTokenSource(time, clock);
        either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, caller);
    }

    private Deadline(TimeSpan time, TimeProvider clock, Deadline outer)
    {
        caller = outer.caller;
        timer = new CancellationTokenSource(time, clock);
        either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, outer.Token);
    }

    /// <summary>Ends with the time, or with the caller.</summary>
    public CancellationToken Token => either.Token;

    /// <summary>The time is over.</summary>
    public bool IsOver => either.IsCancellationRequested && !caller.IsCancellationRequested;

    /// <summary>A part of it, at most this long.</summary>
    public Deadline Part(TimeSpan time, TimeProvider clock) => new(time, clock, this);

    public void Dispose()
    {
        either.Dispose();
        timer.Dispose();
    }
}
