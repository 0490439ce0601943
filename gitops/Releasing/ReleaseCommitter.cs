namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>Carries out a <see cref="ReleaseOrder"/>: reads, checks, edits and commits, until nobody was quicker.</summary>
public interface IReleaseCommitter
{
    /// <summary>Carries out the order. What can be expected to go wrong is an outcome.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the commit may have been made.</exception>
    Task<ReleaseOutcome> RunAsync(ReleaseOrder order, CancellationToken cancellation);
}
