using System.Runtime.InteropServices;

namespace S3Mount.Hosting;

/// <summary>SIGINT and SIGTERM end the mount in order; a second one hurries, and none kills. SIGHUP opens the log anew.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _first = new();
    private readonly CancellationTokenSource _second = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="hangUp">What SIGHUP does; null: it stops, as the terminal is gone.</param>
    public StopSignals(Action? hangUp) => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            if (hangUp is null)
            {
                Stop(context);
                return;
            }
            context.Cancel = true;
            hangUp();
        }),
    ];

    /// <summary>Trips with the first signal.</summary>
    public CancellationToken Stopping => _first.Token;

    /// <summary>Trips with the second.</summary>
    public CancellationToken Hurry => _second.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        (_first.IsCancellationRequested ? _second : _first).Cancel();
    }
}
