using System.Collections.Concurrent;

namespace S3Mount.Fuse.Session;

/// <summary>
/// Requests whose operation went on asynchronously, by unique: what INTERRUPT can find, and what the end of the session waits
/// for. Entered by every reader and by the continuations of operations.
/// </summary>
internal sealed class InFlightTable
{
    private readonly ConcurrentDictionary<ulong, FuseRequest> _requests = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _draining;

    public int Count => Volatile.Read(ref _count);

    public void Add(FuseRequest request)
    {
        Interlocked.Increment(ref _count);
        // The kernel gives each request in flight its own unique; should one come twice, the older loses only its interrupts.
        _requests[request.Unique] = request;
    }

    public void Remove(FuseRequest request)
    {
        _requests.TryRemove(KeyValuePair.Create(request.Unique, request));
        if (Interlocked.Decrement(ref _count) == 0 && Volatile.Read(ref _draining))
            _drained.TrySetResult();
    }

    public bool TryFind(ulong unique, out FuseRequest? request) => _requests.TryGetValue(unique, out request);

    /// <summary>Those that are there, in no order; some that come or go meanwhile.</summary>
    public void ForEach(Action<FuseRequest> look)
    {
        foreach (KeyValuePair<ulong, FuseRequest> pair in _requests)
            look(pair.Value);
    }

    /// <summary>Trips the token of every request in the table.</summary>
    public void CancelAll()
    {
        foreach (KeyValuePair<ulong, FuseRequest> pair in _requests)
            pair.Value.Cancel(FuseCancellation.SessionEnd);
    }

    /// <summary>Answers what is left with EIO; the operations may go on, but their answers are dropped. Returns how many there were.</summary>
    public int FailAll()
    {
        int failed = 0;
        foreach (KeyValuePair<ulong, FuseRequest> pair in _requests)
            failed += pair.Value.TryFail(Mono.Unix.Native.Errno.EIO) ? 1 : 0;
        return failed;
    }

    /// <summary>Completes when the table is empty; to be called when nothing is added any more.</summary>
    public Task WhenDrained()
    {
        Volatile.Write(ref _draining, true);
        Interlocked.MemoryBarrier();
        if (Count == 0)
            _drained.TrySetResult();
        return _drained.Task;
    }
}
