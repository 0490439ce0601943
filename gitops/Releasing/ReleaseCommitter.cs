using System.Diagnostics.CodeAnalysis;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>Carries out a <see cref="ReleaseOrder"/>: reads, checks, edits and commits, until nobody was quicker.</summary>
public interface IReleaseCommitter
{
    /// <summary>Carries out the order. What can be expected to go wrong is an outcome.</summary>
    /// <exception cref="ArgumentException">An order that says nothing: no image, or a path for several images.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the commit may have been made.</exception>
    Task<ReleaseOutcome> RunAsync(ReleaseOrder order, CancellationToken cancellation);
}

/// <summary>The loop of a release over a <see cref="IGitHost"/>.</summary>
public sealed class ReleaseCommitter(IGitHost host, TimeProvider time, Func<double> random) : IReleaseCommitter
{
    /// <summary>How often in a row GitHub may fail to answer.</summary>
    public const int Patience = 5;

    /// <summary>The longest that is waited for a rate limit; a job that hangs for an hour helps nobody.</summary>
    public static readonly TimeSpan LongestRateLimit = TimeSpan.FromMinutes(2);

    /// <summary>Is told, as a sentence for people, why it takes longer: GitHub wants to be left alone for a while.</summary>
    public Action<string> Say { get; init; } = _ => { };

    private readonly Backoff backoff = new(time, random);

    [SuppressMessage("Security", "CA5394", Justification = "Chance only spreads retries over time.")]
    public ReleaseCommitter(IGitHost host, TimeProvider time)
        : this(host, time, Random.Shared.NextDouble) { }

    public async Task<ReleaseOutcome> RunAsync(ReleaseOrder order, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.Images.Count == 0 || (order.Path is not null && order.Images.Count > 1))
        {
            throw new ArgumentException("One image is needed, and a path names the place of one only.", nameof(order));
        }

        FileSelection files;
        try
        {
            files = FileSelection.Parse(order.Files);
        }
        catch (FormatException e)
        {
            return new ReleaseOutcome.Failed(ReleaseCodes.FileNotFound, e.Message, []);
        }

        return await new ReleaseRun(host, order, files, backoff, time, Say).RunAsync(cancellation);
    }
}
