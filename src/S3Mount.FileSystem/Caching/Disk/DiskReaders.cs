namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// Threads that may block on a disk: the thread pool has two on a small machine, and answers of the store come through it. As many
/// as a solid-state disk has use for. Any thread.
/// <para>
/// Nobody waits for longer than a deadline. A call that has not come on by then is stuck, and keeps its thread and its memory; of
/// neither there is ever more than all calls may have. When some are stuck nothing more is asked of the disk until one returns.
/// </para>
/// </summary>
internal sealed class DiskReaders : IDisposable
{
    // A queue depth of 16 gets most of what an NVMe disk or a network volume has to give; threads that wait cost nothing.
    private const int Threads = 16;

    // A bad sector may hold one or two for half a minute and says nothing of the rest; a quarter of the threads is the disk.
    private const int MostStuck = Threads / 4;

    /// <summary>
    /// Without a record having been read, or a turn having come. A hard disk with all threads at it takes 0.3 s for a record of a
    /// mebibyte; the kernel itself gives up on a command after 30 s (SD_TIMEOUT, drivers/scsi/sd.h, and nvme's io_timeout, v6.18),
    /// which no reader is to wait for.
    /// </summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _watchEvery = Deadline / 5;

    // A monitor, not a Lock: threads without a call wait on it. They do not spin before that, which a BlockingCollection's do: with four
    // readers on two processors that was a tenth of the processor time of a file of 110 KB.
    private readonly object _gate = new();
    private readonly Queue<DiskCall> _work = new(); // guarded by _gate
    private readonly Queue<DiskCall> _held = new(); // guarded by _gate; until there is memory for them
    private readonly DiskCall?[] _running = new DiskCall?[Threads];
    private readonly TimeProvider _timeProvider;
    private readonly long _mostBytes;
    private readonly Action<bool> _onSilence;
    private readonly ITimer _watch;
    private long _bytes; // guarded by _gate; of those in _work and running
    private int _stuck; // guarded by _gate
    private long _stuckBytes; // guarded by _gate
    private bool _isSilent; // written under _gate
    private int _underWay;
    private int _isWatching;
    private int _threads; // guarded by _gate
    private int _idle; // guarded by _gate; threads that have no call, and none coming
    private int _backlog; // guarded by _gate; calls that have no thread
    private bool _isEnded; // guarded by _gate

    /// <param name="mostBytes">What calls may hold while they run: so much memory is lost to a disk that hangs, or one call's.</param>
    /// <param name="onSilence">Told when nothing more is asked of the disk, and when it is again.</param>
    public DiskReaders(TimeProvider timeProvider, long mostBytes, Action<bool> onSilence)
    {
        (_timeProvider, _mostBytes, _onSilence) = (timeProvider, mostBytes, onSilence);
        _watch = timeProvider.CreateTimer(static state => ((DiskReaders)state!).Watch(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether so many calls are stuck that nothing more is to be asked.</summary>
    public bool IsSilent => Volatile.Read(ref _isSilent);

    /// <summary>Calls that are stuck, and the memory that they hold.</summary>
    public (int Calls, long Bytes) Stuck
    {
        get
        {
            lock (_gate)
                return (_stuck, _stuckBytes);
        }
    }

    /// <summary>Runs something that blocks. Whoever awaits it goes on on the same thread.</summary>
    public Task<int> RunAsync(DiskCall call)
    {
        call.Since = _timeProvider.GetTimestamp();
        Interlocked.Increment(ref _underWay);
        Add(call);
        if (Volatile.Read(ref _isWatching) == 0)
            BeginToWatch();
        return call.Task;
    }

    public void Dispose()
    {
        _watch.Dispose();
        DiskCall[] held;
        lock (_gate)
        {
            _isEnded = true;
            Monitor.PulseAll(_gate);
            held = [.. _held];
            _held.Clear();
        }
        foreach (DiskCall call in held)
            GiveUp(call);
    }

    private void Add(DiskCall call)
    {
        bool isDisposed;
        int started = 0;
        lock (_gate)
        {
            isDisposed = _isEnded;
            if (!isDisposed && _held.Count == 0 && HasRoom(call))
                started = Queue(call);
            else if (!isDisposed)
                _held.Enqueue(call);
        }
        Start(started, started);
        if (isDisposed)
            GiveUp(call);
    }

    // Under the gate.
    private bool HasRoom(DiskCall call) => _bytes == 0 || _bytes + call.Size <= _mostBytes;

    // Under the gate, and before this has been disposed. A call that waits for a thread that hangs would wait for the disk, so each
    // has one of its own as long as there are any. Returns the number of the one that is to be started for it, or 0.
    private int Queue(DiskCall call)
    {
        _bytes += call.Size;
        _work.Enqueue(call);
        if (_idle > 0)
        {
            _idle--;
            Monitor.Pulse(_gate);
        }
        else if (_threads < Threads)
        {
            return ++_threads;
        }
        else
        {
            _backlog++;
        }
        return 0;
    }

    private void Start(int first, int last)
    {
        for (int number = Math.Max(1, first); number <= last; number++)
        {
            int slot = number - 1;
            new Thread(() => Work(slot)) { IsBackground = true, Name = "s3mount-disk" }.Start();
        }
    }

    private void GiveUp(DiskCall call)
    {
        if (call.TryGiveUp())
            Interlocked.Decrement(ref _underWay);
    }

    private void Work(int slot)
    {
        while (Take() is { } call)
            Run(call, slot);
    }

    // Null: it has ended.
    private DiskCall? Take()
    {
        lock (_gate)
        {
            DiskCall? call;
            while (!_work.TryDequeue(out call) && !_isEnded)
                Monitor.Wait(_gate);
            return call;
        }
    }

    private void Run(DiskCall call, int slot)
    {
        bool hasBegun = call.TryBegin(), isInTime = false;
        if (hasBegun)
        {
            call.Since = _timeProvider.GetTimestamp();
            Volatile.Write(ref _running[slot], call);
            isInTime = call.Run();
            Volatile.Write(ref _running[slot], null);
            Interlocked.Decrement(ref _underWay);
        }
        bool speaks = false;
        int first, last = 0;
        lock (_gate)
        {
            _bytes -= call.Size;
            if (hasBegun && !isInTime)
                speaks = Count(-1, -call.Size);
            if (_backlog > 0)
                _backlog--;
            else
                _idle++;
            first = _threads + 1;
            while (_held.TryPeek(out DiskCall? next) && HasRoom(next))
                last = Math.Max(last, Queue(_held.Dequeue()));
        }
        Start(first, last);
        if (speaks)
            _onSilence(false);
        // Last: who waited goes on here.
        if (isInTime)
            call.Complete();
    }

    // Under the gate. True: it has fallen silent, or speaks again. Memory counts as well: without it nothing has its turn.
    private bool Count(int calls, long bytes)
    {
        _stuck += calls;
        _stuckBytes += bytes;
        bool isSilent = _stuck >= MostStuck || _stuckBytes >= _mostBytes / 2;
        bool isNew = isSilent != _isSilent;
        Volatile.Write(ref _isSilent, isSilent);
        return isNew;
    }

    private void BeginToWatch()
    {
        if (Interlocked.Exchange(ref _isWatching, 1) == 0)
            _watch.Change(_watchEvery, _watchEvery);
    }

    // Only while something is under way: an idle mount wakes nobody.
    private void Watch()
    {
        long now = _timeProvider.GetTimestamp();
        foreach (DiskCall? call in _running)
        {
            if (call is not null && IsLate(call, now))
                Leave(call);
        }
        DiskCall[] waiting;
        lock (_gate)
            waiting = [.. _work, .. _held];
        foreach (DiskCall call in waiting.Where(call => IsLate(call, now)))
            GiveUp(call);
        if (Volatile.Read(ref _underWay) > 0)
            return;
        _watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _isWatching, 0);
        if (Volatile.Read(ref _underWay) > 0)
            BeginToWatch();
    }

    private bool IsLate(DiskCall call, long now) => _timeProvider.GetElapsedTime(call.Since, now) >= Deadline;

    private void Leave(DiskCall call)
    {
        bool fellSilent;
        lock (_gate)
            fellSilent = call.TryLeave() && Count(1, call.Size);
        if (fellSilent)
            _onSilence(true);
    }
}
