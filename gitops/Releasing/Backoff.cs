namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>
/// How long to wait before the next try: a random time below a bound that doubles ("full jitter"), so that those who collided
/// do not meet again.
/// </summary>
/// <param name="random">Draws from 0 up to, and not including, 1.</param>
public sealed class Backoff(TimeProvider time, Func<double> random)
{
    private static readonly TimeSpan first = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan longest = TimeSpan.FromSeconds(5);

    public Task PauseAsync(int failures, CancellationToken cancellation)
    {
        var bound = Math.Min(
            longest.TotalMilliseconds,
            first.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 16) - 1)
        );
        return PauseAsync(TimeSpan.FromMilliseconds(random() * bound), cancellation);
    }

    public Task PauseAsync(TimeSpan duration, CancellationToken cancellation) =>
        Task.Delay(duration, time, cancellation);
}
