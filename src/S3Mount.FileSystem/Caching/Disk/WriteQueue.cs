namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// What waits to be written, handed to the thread that writes in batches. Whoever adds bounds what there is. Any thread.
/// </summary>
/// <param name="gathering">How long those who warm wait for more of them, at most; null: as was measured.</param>
internal sealed class WriteQueue(TimeSpan? gathering = null)
{
    /// <summary>
    /// Past the page cache a write of 112 KiB costs 80 us of CPU and 215 us, one of 512 KiB 110 and 450, one of a mebibyte 190 and 950
    /// (a virtual disk of 1 to 2 GB/s): by then a gigabyte takes a third of the CPU and half of the time, and longer ones no less time.
    /// </summary>
    public const int BatchSize = 512 << 10;

    // Images of 110 KB that come at 50 MB/s fill a batch by then. For those who warm alone, who have the next on its way meanwhile: what
    // readers have fetched would be fetched again by those who warm until it is on disk.
    private readonly TimeSpan _longestGathering = gathering ?? TimeSpan.FromMilliseconds(10);

    // A monitor, not a Lock: the thread that writes waits on it, and is not woken for each block.
    private readonly object _gate = new();
    private readonly Queue<WaitingBlock> _waiting = new(); // guarded by _gate, as is all that follows
    private long _bytes;
    private long _wanted = long.MaxValue;
    private int _ofReaders; // that nobody waits for
    private bool _isEnded;

    /// <returns>False: it has ended.</returns>
    public bool TryAdd(in WaitingBlock waiting)
    {
        lock (_gate)
        {
            if (_isEnded)
                return false;
            _waiting.Enqueue(waiting);
            _bytes += waiting.Length;
            _ofReaders += waiting.Written is null ? 1 : 0;
            if (_bytes >= _wanted || waiting.Written is null)
                Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Waits for something, and a little longer for more of those who warm. For one thread.</summary>
    /// <param name="batch">Gets some <see cref="BatchSize"/>, or one.</param>
    /// <returns>False: it has ended, and all has been taken.</returns>
    public bool Take(List<WaitingBlock> batch)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_isEnded)
                WaitFor(0, Timeout.InfiniteTimeSpan);
            if (_bytes < BatchSize && _ofReaders == 0 && !_isEnded)
                WaitFor(BatchSize, _longestGathering);
            for (long bytes = 0; bytes < BatchSize && TryDequeue(out WaitingBlock waiting); bytes += waiting.Length)
                batch.Add(waiting);
            return batch.Count > 0 || !_isEnded;
        }
    }

    /// <summary>Takes one, from a thread that does not write it.</summary>
    public bool TryTake(out WaitingBlock waiting)
    {
        lock (_gate)
            return TryDequeue(out waiting);
    }

    /// <summary>Nothing more is added.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isEnded = true;
            Monitor.Pulse(_gate);
        }
    }

    // Under the gate.
    private bool TryDequeue(out WaitingBlock waiting)
    {
        if (!_waiting.TryDequeue(out waiting))
            return false;
        _bytes -= waiting.Length;
        _ofReaders -= waiting.Written is null ? 1 : 0;
        return true;
    }

    private void WaitFor(long bytes, TimeSpan most)
    {
        _wanted = bytes;
        Monitor.Wait(_gate, most);
        _wanted = long.MaxValue;
    }
}
