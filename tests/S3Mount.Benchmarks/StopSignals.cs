using System.Runtime.InteropServices;

namespace S3Mount.Benchmarks;

/// <summary>SIGINT and SIGTERM end a run where it is: what is measured then is dropped, what was measured is kept, nothing stays mounted.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly PosixSignalRegistration[] _registrations;
    private volatile int _exitCode;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, 130)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, 143)),
    ];

    public CancellationToken Token => _stopping.Token;

    /// <summary>128 and the number of the signal, as a shell has it; null when none came.</summary>
    public int? ExitCode => _exitCode == 0 ? null : _exitCode;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _stopping.Dispose();
    }

    private void Stop(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        _exitCode = exitCode;
        _stopping.Cancel();
    }
}
