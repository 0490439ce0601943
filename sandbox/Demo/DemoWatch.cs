using System.Globalization;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Sandbox.World;

namespace Devflow.ChatOps.Sandbox.Demo;

/// <summary>Waits until something is so. Woken by every change of the cluster and of Slack.</summary>
internal sealed class DemoWatch : IDisposable
{
    private static readonly TimeSpan limit = TimeSpan.FromSeconds(30);

    // What the service has decided tells nobody in this process.
    private static readonly TimeSpan lookAgainAfter = TimeSpan.FromMilliseconds(250);

    private readonly SandboxWorld world;
    private TaskCompletionSource change = New();

    public DemoWatch(SandboxWorld world)
    {
        this.world = world;
        world.Cluster.Changed += OnCluster;
        world.Slack.Changed += OnSlack;
    }

    /// <summary>The first thing that <paramref name="look"/> finds.</summary>
    /// <param name="what">What is waited for, as a clause.</param>
    /// <param name="look">Null while it is not so.</param>
    /// <param name="instead">What there is instead, for the complaint.</param>
    /// <exception cref="DemoSurprise">It was not so in time.</exception>
    public async Task<T> UntilAsync<T>(string what, Func<Task<T?>> look, Func<string> instead)
        where T : class
    {
        using var late = new CancellationTokenSource(limit);
        while (true)
        {
            var next = Volatile.Read(ref change).Task;
            if (await look() is { } found)
            {
                return found;
            }

            await Task.WhenAny(next, Task.Delay(lookAgainAfter, CancellationToken.None));
            if (late.IsCancellationRequested)
            {
                throw new DemoSurprise(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Expected within {limit.TotalSeconds:0} s: {what}. Instead: {instead()}"
                    )
                );
            }
        }
    }

    public void Dispose()
    {
        world.Cluster.Changed -= OnCluster;
        world.Slack.Changed -= OnSlack;
    }

    private void OnCluster(StoreEvent changed) => Signal();

    private void OnSlack(SlackChange changed) => Signal();

    private void Signal() => Interlocked.Exchange(ref change, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
