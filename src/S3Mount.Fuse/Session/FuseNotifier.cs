using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

/// <summary>
/// Tells the kernel what it did not ask for. Notifications are queued and written by a thread of their own, which answers no
/// requests: NOTIFY_INVAL_ENTRY takes the directory's lock and so waits for every LOOKUP and READDIR in that directory
/// (fuse_reverse_inval_entry, fs/fuse/dir.c, v6.18).
/// </summary>
/// <remarks>
/// The queue is bounded in bytes. When it is full the oldest notifications are dropped, counted and reported once: what an
/// invalidation names is then stale until its timeout and never wrong, because a version that is gone answers ESTALE.
/// </remarks>
public sealed class FuseNotifier
{
    /// <summary>Bytes of queued notifications: some 5,000 names. The kernel takes each in microseconds unless a directory is busy.</summary>
    internal const int QueueLimit = 1 << 20;

    // What a queued message costs beside its bytes: array header, queue slot, the task of whoever waits.
    private const int MessageOverhead = 128;

    private readonly IFuseDevice _device;
    private readonly ILogger _logger;
    // An object and not a Lock, because the thread waits on it for the next notification.
    private readonly object _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by _gate.
    private readonly Queue<Notification> _queue = new();
    private int _queuedBytes;
    private long _dropped;
    private bool _isStarted;
    private bool _isStopped;

    internal FuseNotifier(IFuseDevice device, ILogger logger) => (_device, _logger) = (device, logger);

    /// <summary>Notifications that were dropped because the queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Bytes that wait for the kernel.</summary>
    internal int Queued
    {
        get
        {
            lock (_gate)
                return _queuedBytes;
        }
    }

    internal bool ExpireOnly { get; set; }

    internal bool CanResend { get; set; }

    internal bool CanForgetNames { get; set; }

    /// <summary>
    /// NOTIFY_INVAL_ENTRY: the kernel asks again at the next use of this name. With <paramref name="expireOnly"/> (needs 7.38,
    /// else ignored) the entry is only marked as expired. Returns at once.
    /// </summary>
    public void InvalidateEntry(NodeId parent, ReadOnlySpan<byte> name, bool expireOnly) => _ = InvalidateEntryAsync(parent, name, expireOnly);

    /// <summary>
    /// The same; completes when the kernel has taken it or never will. It takes as long as a LOOKUP or READDIR in that directory:
    /// wait with a deadline, and never in one of those.
    /// </summary>
    public Task InvalidateEntryAsync(NodeId parent, ReadOnlySpan<byte> name, bool expireOnly)
    {
        var body = new FuseNotifyInvalEntryOut
        {
            Parent = parent.Value,
            Namelen = (uint)name.Length,
            Flags = expireOnly && ExpireOnly ? FuseConstants.ExpireOnly : 0,
        };
        Span<byte> tail = name.Length < 512 ? stackalloc byte[name.Length + 1] : new byte[name.Length + 1];
        name.CopyTo(tail);
        tail[^1] = 0;
        return Enqueue(Build(FuseNotifyCode.InvalEntry, in body, tail));
    }

    /// <summary>
    /// NOTIFY_INVAL_INODE: attributes, and pages of the range unless <paramref name="offset"/> is negative, are dropped. Never
    /// for an inode with a read in flight: the kernel waits for its pages. Returns at once.
    /// </summary>
    public void InvalidateInode(NodeId node, long offset, long length) => _ = InvalidateInodeAsync(node, offset, length);

    /// <summary>The same; completes when the kernel has taken it or never will. Wait with a deadline.</summary>
    public Task InvalidateInodeAsync(NodeId node, long offset, long length)
    {
        var body = new FuseNotifyInvalInodeOut { Ino = node.Value, Off = offset, Len = length };
        return Enqueue(Build(FuseNotifyCode.InvalInode, in body, default));
    }

    /// <summary>NOTIFY_STORE: puts bytes into the kernel's page cache, now, on the calling thread.</summary>
    public unsafe Errno Store(NodeId node, ulong offset, ReadOnlySpan<byte> bytes)
    {
        var body = new FuseNotifyStoreOut { NodeId = node.Value, Offset = offset, Size = (uint)bytes.Length };
        byte[] head = Build(FuseNotifyCode.Store, in body, default, bytes.Length);
        fixed (byte* start = head, data = bytes)
            return _device.Send([new FuseSlice(start, head.Length), new FuseSlice(data, bytes.Length)]);
    }

    /// <summary>NOTIFY_RESEND (7.40): the kernel sends every request again that was read and not answered.</summary>
    public Errno Resend() => CanResend ? Send(FuseNotifyCode.Resend) : Errno.ENOSYS;

    /// <summary>NOTIFY_INC_EPOCH (7.44): every name is looked up anew when it is next used, whatever its timeout (fuse_dentry_revalidate).</summary>
    public Errno ForgetNames() => CanForgetNames ? Send(FuseNotifyCode.IncEpoch) : Errno.ENOSYS;

    // A notification without a body, on the calling thread.
    private unsafe Errno Send(FuseNotifyCode code)
    {
        var header = new FuseOutHeader { Len = (uint)sizeof(FuseOutHeader), Error = (int)code };
        return _device.Send([new FuseSlice(&header, sizeof(FuseOutHeader))]);
    }

    /// <summary>Starts the thread: once INIT is answered the kernel takes notifications.</summary>
    internal void Start()
    {
        lock (_gate)
        {
            if (_isStopped)
                return;
            _isStarted = true;
        }
        new Thread(Run) { Name = "fuse-notifier", IsBackground = true }.UnsafeStart();
    }

    /// <summary>Drops what is queued and ends the thread; waits a moment for a notification that the kernel holds.</summary>
    internal async Task StopAsync()
    {
        lock (_gate)
        {
            _isStopped = true;
            while (_queue.TryDequeue(out Notification dropped))
                dropped.Taken.TrySetResult();
            _queuedBytes = 0;
            if (!_isStarted)
                return;
            Monitor.Pulse(_gate);
        }
        await _ended.Task.WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static byte[] Build<T>(FuseNotifyCode code, in T body, ReadOnlySpan<byte> tail, int following = 0)
        where T : unmanaged
    {
        int headers = Unsafe.SizeOf<FuseOutHeader>() + Unsafe.SizeOf<T>();
        byte[] message = new byte[headers + tail.Length];
        // Unique 0 marks a notification; its code travels as a positive error.
        var header = new FuseOutHeader { Len = (uint)(message.Length + following), Error = (int)code };
        MemoryMarshal.Write(message, in header);
        MemoryMarshal.Write(message.AsSpan(Unsafe.SizeOf<FuseOutHeader>()), in body);
        tail.CopyTo(message.AsSpan(headers));
        return message;
    }

    private Task Enqueue(byte[] message)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long dropped = 0;
        lock (_gate)
        {
            if (_isStopped)
                return Task.CompletedTask;
            _queue.Enqueue(new Notification(message, taken));
            _queuedBytes += message.Length + MessageOverhead;
            for (; _queuedBytes > QueueLimit; dropped++)
            {
                Notification oldest = _queue.Dequeue();
                _queuedBytes -= oldest.Message.Length + MessageOverhead;
                oldest.Taken.TrySetResult();
            }
            Monitor.Pulse(_gate);
        }
        if (dropped > 0 && Interlocked.Add(ref _dropped, dropped) == dropped)
            _logger.NotificationsDropped(QueueLimit);
        return taken.Task;
    }

    private void Run()
    {
        while (TryTake(out Notification notification))
        {
            Write(notification.Message);
            notification.Taken.TrySetResult();
        }
        _ended.TrySetResult();
    }

    private bool TryTake(out Notification notification)
    {
        lock (_gate)
        {
            // Idle until there is something to tell; StopAsync ends the wait with the session.
            while (_queue.Count == 0 && !_isStopped)
                Monitor.Wait(_gate);
            notification = _isStopped ? default : _queue.Dequeue();
            _queuedBytes -= _isStopped ? 0 : notification.Message.Length + MessageOverhead;
            return !_isStopped;
        }
    }

    private unsafe void Write(byte[] message)
    {
        Errno error;
        fixed (byte* start = message)
            error = _device.Send([new FuseSlice(start, message.Length)]);
        // ENOENT: the kernel does not have that inode or name. ENOTDIR: the parent was forgotten and is no directory now.
        // ENODEV, EPERM: the connection is gone.
        if (error is not (0 or Errno.ENOENT or Errno.ENOTDIR or Errno.ENODEV or Errno.EPERM))
            _logger.NotificationRefused(((FuseNotifyCode)MemoryMarshal.Read<int>(message.AsSpan(4))).ToString(), error);
    }

    private readonly record struct Notification(byte[] Message, TaskCompletionSource Taken);
}
