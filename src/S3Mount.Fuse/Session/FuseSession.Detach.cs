using Mono.Unix.Native;

namespace S3Mount.Fuse.Session;

/// <content>An end that leaves the connection to another process, and a beginning that takes it from one.</content>
public sealed partial class FuseSession
{
    private TimeSpan? _detachDrain;
    private Action? _detached;
    private bool _isSilent;

    /// <summary>What INIT agreed on; null before it is answered.</summary>
    public FuseAgreement? Agreement { get; private set; }

    /// <summary>
    /// Ends the session and leaves the connection, of which somebody else has a descriptor, as it is: nothing is read any more; what is in
    /// flight gets a while to be answered, and what is not answered then never is, so that the kernel can send it again
    /// (<see cref="FuseNotifier.Resend"/>) to whoever goes on. Completes as <see cref="Completion"/> does.
    /// </summary>
    /// <param name="drain">The while.</param>
    /// <param name="detached">
    /// Called when no lookup count changes any more, before <see cref="IFuseFileSystem.Destroy"/>. What it throws is that of
    /// <see cref="Completion"/>.
    /// </param>
    public Task DetachAsync(TimeSpan drain, Action detached)
    {
        _detached = detached;
        _detachDrain = drain;
        Close();
        return Completion;
    }

    /// <summary>Goes on where another process has stopped: there is no INIT.</summary>
    private void Resume(FuseAgreement agreement)
    {
        try
        {
            Initialize(agreement);
        }
        catch (Exception failure)
        {
            _logger.FileSystemFailed(failure, nameof(IFuseFileSystem.Initialize));
            Fail(failure);
            return;
        }
        _logger.Resumed(agreement.Minor, ((Protocol.FuseInitFlags)agreement.Flags).ToString());
        // What the other process had read. Before anything is read here: nothing is asked for twice.
        Errno error = _options.ForgetsNames ? _notifier.ForgetNames() : 0;
        if (error == 0)
            error = _notifier.Resend();
        if (error != 0)
        {
            Fail(new FuseException(FuseFailure.Protocol, $"the kernel does not let another process go on with the mount ({error}); unmount and mount again"));
            return;
        }
        Begin();
    }

    private async Task DrainDetachedAsync(TimeSpan drain)
    {
        Task drained = _inFlight.WhenDrained();
        if (await Task.WhenAny(drained, Delay(drain)) != drained)
        {
            // From here on the kernel hears nothing, and a lookup that is not heard is taken back.
            Volatile.Write(ref _isSilent, true);
            _inFlight.CancelAll();
            await Task.WhenAny(drained, Delay(_cancellationGrace));
        }
        Volatile.Write(ref _isSilent, true);
        _inFlight.FailAll();
    }
}
