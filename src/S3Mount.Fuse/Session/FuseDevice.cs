using Mono.Unix.Native;
using S3Mount.Fuse.Interop;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

/// <summary>
/// An open and mounted /dev/fuse. Receiving is a plain blocking read(2), one system call a request, after a moment's look whether
/// there is one already (<see cref="ReceiveSpin"/>); the kernel wakes exactly one of the waiting threads. <see cref="Close"/> ends those calls by a signal (see <see cref="WakeSignal"/>).
/// </summary>
internal sealed class FuseDevice : IFuseDevice
{
    /// <summary>
    /// How often a thread that has not left the device is signalled again: a signal that comes between the look at
    /// <see cref="_isClosed"/> and the system call is lost.
    /// </summary>
    private static readonly TimeSpan _wakeInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>When <see cref="Close"/> stops signalling: a thread that is still there is not in an interruptible call.</summary>
    private static readonly TimeSpan _wakeDeadline = TimeSpan.FromSeconds(5);

    [ThreadStatic]
    private static Receiver? _currentReceiver;

    private readonly FileDescriptor _descriptor;
    private readonly ReceiveSpin _spin = new();
    private readonly Lock _gate = new();
    private readonly List<Receiver> _receivers = []; // guarded by _gate
    private int _isClosed;

    /// <param name="descriptor">Owned by the device from here on.</param>
    public FuseDevice(FileDescriptor descriptor)
    {
        WakeSignal.Prepare();
        _descriptor = descriptor;
    }

    /// <inheritdoc/>
    /// <remarks>A message that arrives while <see cref="Close"/> runs is still delivered: nobody else could answer it.</remarks>
    public unsafe Errno Receive(Span<byte> buffer, bool isQuiet, out int length)
    {
        length = 0;
        Receiver receiver = _currentReceiver is { } current && current.Device == this ? current : Register();
        // Close() sets _isClosed and then looks at IsInside; here the order is the other way round.
        receiver.IsInside = true;
        Interlocked.MemoryBarrier();
        bool isHeld = false;
        try
        {
            if (Volatile.Read(ref _isClosed) != 0)
                return Errno.ENODEV;
            _descriptor.DangerousAddRef(ref isHeld);
            // Beside others who wait, the processor is theirs: with four readers of a disk cache on two processors the daemon takes a fifth
            // less of it.
            if (isQuiet)
                _spin.Wait(_descriptor.Value);
            nint read;
            fixed (byte* start = buffer)
                read = LibC.Read(_descriptor.Value, start, (nuint)buffer.Length);
            if (read < 0)
                return LibC.LastError;
            length = (int)read;
            return 0;
        }
        catch (ObjectDisposedException)
        {
            return Errno.ENODEV;
        }
        finally
        {
            if (isHeld)
                _descriptor.DangerousRelease();
            receiver.IsInside = false;
        }
    }

    /// <inheritdoc/>
    public unsafe Errno Send(ReadOnlySpan<FuseSlice> message)
    {
        bool isHeld = false;
        try
        {
            _descriptor.DangerousAddRef(ref isHeld);
            // The kernel takes a message whole or not at all (fuse_dev_do_write).
            fixed (FuseSlice* slices = message)
                return LibC.WriteV(_descriptor.Value, slices, message.Length) < 0 ? LibC.LastError : 0;
        }
        catch (ObjectDisposedException)
        {
            return Errno.ENODEV;
        }
        finally
        {
            if (isHeld)
                _descriptor.DangerousRelease();
        }
    }

    /// <inheritdoc/>
    public void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0 && !WakeReceivers())
            _ = WakeUntilGoneAsync();
    }

    /// <summary>Closes the descriptor when the last call in progress has returned; the kernel then ends the connection.</summary>
    public void Dispose()
    {
        Close();
        _descriptor.Dispose();
    }

    private Receiver Register()
    {
        var receiver = new Receiver(this, WakeSignal.CurrentThread);
        lock (_gate)
            _receivers.Add(receiver);
        return _currentReceiver = receiver;
    }

    /// <summary>True when no thread is inside any more.</summary>
    private bool WakeReceivers()
    {
        Receiver[] inside;
        lock (_gate)
            inside = [.. _receivers.Where(receiver => receiver.IsInside)];
        foreach (Receiver receiver in inside)
            WakeSignal.Send(receiver.Thread);
        return inside.Length == 0;
    }

    private async Task WakeUntilGoneAsync()
    {
        for (TimeSpan waited = default; waited < _wakeDeadline; waited += _wakeInterval)
        {
            await Task.Delay(_wakeInterval);
            if (WakeReceivers())
                return;
        }
    }

    /// <summary>A thread that has received from this device.</summary>
    private sealed class Receiver(FuseDevice device, int thread)
    {
        private bool _isInside;

        public FuseDevice Device => device;

        public int Thread => thread;

        public bool IsInside
        {
            get => Volatile.Read(ref _isInside);
            set => Volatile.Write(ref _isInside, value);
        }
    }
}
