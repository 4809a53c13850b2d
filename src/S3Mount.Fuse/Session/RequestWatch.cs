using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

/// <summary>
/// Looks after requests that wait: those that have waited for the deadline are ended, and those that do not end although they
/// were told to are answered in their place and named. Costs a request that is answered at once nothing.
/// </summary>
internal sealed class RequestWatch : IDisposable
{
    /// <summary>
    /// From the moment that an operation was told to end. It has nothing to wait for then; what is slower than this is a machine that
    /// swaps, or a fault of this program.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>A reader thread waits for nobody but the kernel, which takes an answer in microseconds.</summary>
    public static readonly TimeSpan LongestOfReader = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _longestPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _shortestPeriod = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _saidEvery = TimeSpan.FromMinutes(1);

    private readonly InFlightTable _inFlight;
    private readonly WatchedReader[] _readers;
    private readonly TimeSpan _deadline;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly TimeSpan _period;
    private int _isLooking;
    private long _late;
    private long _overdue;
    private int _stuckReaders;
    // For the one that looks.
    private long _lateUnsaid;
    private long? _lastSaid;

    /// <param name="deadline">From the moment that a request was read; <see cref="Timeout.InfiniteTimeSpan"/>: none.</param>
    public RequestWatch(InFlightTable inFlight, FuseReaderCounters[] readers, TimeSpan deadline, TimeProvider timeProvider, ILogger logger)
    {
        _inFlight = inFlight;
        _readers = [.. readers.Select(counters => new WatchedReader(counters))];
        _deadline = deadline;
        _timeProvider = timeProvider;
        _logger = logger;
        // A twentieth: that is how much too long a request may wait.
        _period = deadline < TimeSpan.Zero ? _longestPeriod : TimeSpan.FromTicks(Math.Clamp(deadline.Ticks / 20, _shortestPeriod.Ticks, _longestPeriod.Ticks));
        _timer = timeProvider.CreateTimer(static state => ((RequestWatch)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Requests that were ended by the deadline.</summary>
    public long Late => Interlocked.Read(ref _late);

    /// <summary>Requests that did not end when they should have, and reader threads that were stuck. There must be none.</summary>
    public long Overdue => Interlocked.Read(ref _overdue);

    /// <summary>Reader threads that have been at one request for too long, and still are.</summary>
    public int StuckReaders => Volatile.Read(ref _stuckReaders);

    /// <summary>Any thread.</summary>
    public FuseWaiting Waiting()
    {
        long now = _timeProvider.GetTimestamp();
        TimeSpan sum = default, longest = default;
        var byPid = new Dictionary<uint, int>();
        _inFlight.ForEach(request =>
        {
            // One that came after the look at the clock has not waited.
            TimeSpan waited = _timeProvider.GetElapsedTime(Math.Min(request.Began, now), now);
            sum += waited;
            longest = waited > longest ? waited : longest;
            byPid[request.Pid] = byPid.GetValueOrDefault(request.Pid) + 1;
        });
        return new FuseWaiting(sum, longest, byPid);
    }

    public void Start() => _timer.Change(_period, _period);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        // A look that takes longer than the period is followed by one, not joined.
        if (Interlocked.Exchange(ref _isLooking, 1) != 0)
            return;
        long now = _timeProvider.GetTimestamp();
        _inFlight.ForEach(request => Look(request, now));
        foreach (WatchedReader reader in _readers)
            Look(reader, now);
        Volatile.Write(ref _stuckReaders, _readers.Count(reader => reader.IsNamed));
        Say(now);
        Volatile.Write(ref _isLooking, 0);
    }

    private void Look(FuseRequest request, long now)
    {
        if (request.Cancelled == FuseCancellation.None)
        {
            if (_deadline < TimeSpan.Zero || _timeProvider.GetElapsedTime(request.Began, now) < _deadline)
                return;
            request.Cancel(FuseCancellation.Deadline);
            Interlocked.Increment(ref _late);
            _lateUnsaid++;
        }
        request.ToEndSince ??= now;
        if (request.IsOverdue || _timeProvider.GetElapsedTime(request.ToEndSince.Value, now) < Grace)
            return;
        request.IsOverdue = true;
        Interlocked.Increment(ref _overdue);
        _logger.RequestOverdue(FuseOperationTable.NameOf(request.Opcode), request.Unique, request.Node.Value, request.Pid, (long)_timeProvider.GetElapsedTime(request.Began, now).TotalSeconds);
        // Whoever asked goes on; the operation's own answer is dropped if it ever comes.
        request.TryFail(request.IsInterrupted ? Errno.EINTR : Errno.EIO);
    }

    private void Look(WatchedReader reader, long now)
    {
        long total = reader.Counters.Total;
        if (!reader.Counters.IsBusy || total != reader.Total)
        {
            (reader.Total, reader.Since, reader.IsNamed) = (total, now, false);
            return;
        }
        if (reader.IsNamed || _timeProvider.GetElapsedTime(reader.Since, now) < LongestOfReader)
            return;
        reader.IsNamed = true;
        Interlocked.Increment(ref _overdue);
        _logger.ReaderStuck((long)_timeProvider.GetElapsedTime(reader.Since, now).TotalSeconds);
    }

    private void Say(long now)
    {
        if (_lateUnsaid == 0 || (_lastSaid is { } last && _timeProvider.GetElapsedTime(last, now) < _saidEvery))
            return;
        _logger.RequestsLate(_lateUnsaid, (long)_deadline.TotalSeconds);
        (_lateUnsaid, _lastSaid) = (0, now);
    }

    private sealed class WatchedReader(FuseReaderCounters counters)
    {
        public FuseReaderCounters Counters { get; } = counters;

        public long Total { get; set; } = -1;

        public long Since { get; set; }

        public bool IsNamed { get; set; }
    }
}
