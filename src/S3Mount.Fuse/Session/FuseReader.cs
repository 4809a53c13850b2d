using Mono.Unix.Native;

namespace S3Mount.Fuse.Session;

/// <summary>
/// One thread that reads requests and handles each on the spot: what can be answered at once never changes threads. Owns its
/// buffer, its counters and the request object that it uses again and again.
/// </summary>
internal sealed class FuseReader
{
    /// <summary>
    /// Bytes of the receive buffer. The least is 8 KiB (FUSE_MIN_READ_BUFFER with max_write 4096); 64 KiB takes 4,000 forgets
    /// in one BATCH_FORGET and the largest names and attributes, and stays in the processor's cache.
    /// </summary>
    private const int BufferSize = 64 << 10;

    /// <summary>Failures of read(2) in a row that are no known end before the reader gives up; each is logged.</summary>
    private const int MaxFailures = 8;

    private readonly FuseSession _session;
    private readonly IFuseDevice _device;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
    private readonly Thread _thread;

    public FuseReader(FuseSession session, IFuseDevice device, int index)
    {
        _session = session;
        _device = device;
        IsFirst = index == 0;
        Request = new FuseRequest(session);
        _thread = new Thread(Run) { Name = $"fuse-reader-{index}", IsBackground = true };
    }

    /// <summary>The one that answers INIT.</summary>
    public bool IsFirst { get; }

    public FuseReaderCounters Counters { get; } = new();

    /// <summary>The object for the next request; replaced when an operation keeps the one it got.</summary>
    public FuseRequest Request { get; set; }

    public void Start() => _thread.UnsafeStart();

    /// <summary>Waits for a message; false when the connection has ended.</summary>
    /// <param name="end">ENODEV, ECONNABORTED, or the errno that the reader gave up on.</param>
    public bool TryReceive(out ReadOnlySpan<byte> message, out Errno end)
    {
        for (int failures = 0; ;)
        {
            Errno error = _device.Receive(_buffer, _session.IsQuiet, out int length);
            message = _buffer.AsSpan(0, length);
            end = error;
            switch (error)
            {
                case 0:
                    return true;
                // ENOENT: the request was aborted while it was copied. EINTR: a signal for this thread. EAGAIN: nothing there.
                case Errno.ENOENT or Errno.EINTR or Errno.EAGAIN:
                    continue;
                case Errno.ENODEV or Errno.ECONNABORTED:
                    return false;
            }
            // ENOMEM passes; EFAULT or EINVAL would come again for ever.
            _session.ReportReceiveFailure(error);
            if (++failures == MaxFailures)
                return false;
        }
    }

    private void Run()
    {
        Errno end = Errno.ENODEV;
        try
        {
            if (IsFirst && !_session.Negotiate(this))
                return;
            while (TryReceive(out ReadOnlySpan<byte> message, out end))
                _session.Handle(this, message);
        }
        catch (Exception failure)
        {
            end = Errno.EIO;
            _session.ReportReaderFailure(failure);
        }
        finally
        {
            _session.ReaderEnded(end);
        }
    }
}
