using System.Runtime.InteropServices;

namespace Devflow.ChatOps.Action;

/// <summary>
/// The runner cancels with SIGINT, then SIGTERM, then SIGKILL, seconds apart. The first one lets the run say where it stands;
/// a second SIGINT ends it at once.
/// </summary>
internal sealed class Cancellation : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly List<PosixSignalRegistration> registrations;

    public Cancellation() =>
        registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
        ];

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        registrations.ForEach(registration => registration.Dispose());
        source.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = !source.IsCancellationRequested || signal.Signal == PosixSignal.SIGTERM;
        source.Cancel();
    }
}
