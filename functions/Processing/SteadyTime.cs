namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// How long this process runs: for what is done every so often. A wall clock that jumps ahead and is set back would make
/// it wait for as long as the jump was.
/// </summary>
internal sealed class SteadyTime(TimeProvider clock)
{
    private readonly long began = clock.GetTimestamp();

    public TimeSpan Now => clock.GetElapsedTime(began);
}
