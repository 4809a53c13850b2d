using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.Testing.Fuse;

/// <summary>
/// A stand-in for /dev/fuse: requests are bytes that a test puts in, answers and notifications are bytes that it takes out.
/// Without a <see cref="Sending"/> hook every message is accepted and kept.
/// </summary>
public sealed class FakeFuseDevice : IFuseDevice
{
    private readonly object _gate = new();
    private readonly Queue<byte[]> _requests = new();
    private readonly Queue<byte[]> _sent = new();
    private readonly Queue<TaskCompletionSource<byte[]>> _takers = new();
    private Errno _end;
    private int _waiting;

    /// <summary>What the kernel says to a message before it is kept; 0 accepts it. Runs on the sending thread.</summary>
    public Func<byte[], Errno>? Sending { get; set; }

    public bool IsDisposed { get; private set; }

    /// <summary>What the last thread that waits for a request has said of the others.</summary>
    public bool IsQuiet { get; private set; }

    /// <summary>Whether every request has been taken and this many threads wait for the next one.</summary>
    public bool IsIdle(int threads)
    {
        lock (_gate)
            return _requests.Count == 0 && _waiting >= threads;
    }

    public void Enqueue(byte[] request)
    {
        lock (_gate)
        {
            _requests.Enqueue(request);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>The kernel ends the connection: ENODEV after an unmount, ECONNABORTED after an abort. Requests not read are dropped.</summary>
    public void End(Errno reason)
    {
        lock (_gate)
        {
            if (_end == 0)
                _end = reason;
            _requests.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    public void Close() => End(Errno.ENODEV);

    public void Dispose()
    {
        Close();
        IsDisposed = true;
    }

    public Errno Receive(Span<byte> buffer, bool isQuiet, out int length)
    {
        lock (_gate)
        {
            length = 0;
            IsQuiet = isQuiet;
            _waiting++;
            while (_requests.Count == 0 && _end == 0)
                Monitor.Wait(_gate);
            _waiting--;
            if (_end != 0)
                return _end;
            byte[] request = _requests.Dequeue();
            if (request.Length > buffer.Length)
                return Errno.EINVAL;
            request.CopyTo(buffer);
            length = request.Length;
            return 0;
        }
    }

    public Errno Send(ReadOnlySpan<FuseSlice> message)
    {
        int length = 0;
        foreach (FuseSlice slice in message)
            length += slice.Length;
        byte[] bytes = new byte[length];
        Span<byte> rest = bytes;
        foreach (FuseSlice slice in message)
        {
            slice.Span.CopyTo(rest);
            rest = rest[slice.Length..];
        }
        Errno error = Sending?.Invoke(bytes) ?? 0;
        if (error == 0)
            Keep(bytes);
        return error;
    }

    /// <summary>The next message that was sent, in order; waits for it.</summary>
    public Task<byte[]> TakeAsync(TimeSpan? timeout = null)
    {
        lock (_gate)
        {
            if (_sent.TryDequeue(out byte[]? message))
                return Task.FromResult(message);
            var taker = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            _takers.Enqueue(taker);
            return taker.Task.WaitAsync(timeout ?? TimeSpan.FromSeconds(10));
        }
    }

    /// <summary>Messages that were sent and not taken, oldest first; does not wait.</summary>
    public IReadOnlyList<byte[]> TakeAll()
    {
        lock (_gate)
        {
            byte[][] all = [.. _sent];
            _sent.Clear();
            return all;
        }
    }

    private void Keep(byte[] message)
    {
        lock (_gate)
        {
            while (_takers.TryDequeue(out TaskCompletionSource<byte[]>? taker))
            {
                if (!taker.Task.IsCompleted && taker.TrySetResult(message))
                    return;
            }
            _sent.Enqueue(message);
        }
    }
}
