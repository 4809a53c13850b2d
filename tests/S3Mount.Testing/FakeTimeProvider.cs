namespace S3Mount.Testing;

/// <summary>
/// A clock that moves only when a test moves it. Timers fire on the thread that advances it, in the order in which they are
/// due, and see the time for which they were set. Any thread may use it.
/// </summary>
public sealed class FakeTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private readonly DateTimeOffset _start;
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _elapsedTicks;
    private long _utcShiftTicks;

    public FakeTimeProvider()
        : this(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))
    {
    }

    public FakeTimeProvider(DateTimeOffset start) => _start = start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Timers that are set and have not fired for the last time.</summary>
    public int ActiveTimers
    {
        get
        {
            lock (_gate)
                return _timers.Count;
        }
    }

    public override DateTimeOffset GetUtcNow() => _start.AddTicks(Interlocked.Read(ref _elapsedTicks) + Interlocked.Read(ref _utcShiftTicks));

    public override long GetTimestamp() => Interlocked.Read(ref _elapsedTicks);

    /// <summary>Sets the wall clock, as an administrator does: timers and timestamps do not notice.</summary>
    public void SetUtcNow(DateTimeOffset now) => Interlocked.Exchange(ref _utcShiftTicks, (now - _start).Ticks - Interlocked.Read(ref _elapsedTicks));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock on and fires what falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long target = GetTimestamp() + by.Ticks;
        while (TakeDue(target) is { } due)
            due.Fire();
        Interlocked.Exchange(ref _elapsedTicks, Math.Max(target, GetTimestamp()));
    }

    /// <summary>Moves the clock to the next timer and fires it; false when no timer is set.</summary>
    public bool AdvanceToNextTimer()
    {
        FakeTimer? due = TakeDue(long.MaxValue);
        due?.Fire();
        return due is not null;
    }

    /// <summary>Completes once at least <paramref name="count"/> timers are set: the code under test has begun to wait.</summary>
    public Task WaitForTimersAsync(int count, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_timers.Count >= count)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Fires one timer after another, whenever one is set, until <paramref name="task"/> has completed.</summary>
    public Task AdvanceUntilAsync(Task task, CancellationToken cancellationToken) => AdvanceUntilAsync(task, TimeSpan.MaxValue, cancellationToken);

    /// <summary>
    /// The same, but timers that are further away than <paramref name="farthest"/> are left alone: deadlines around work that is
    /// really under way.
    /// </summary>
    public async Task AdvanceUntilAsync(Task task, TimeSpan farthest, CancellationToken cancellationToken)
    {
        while (!task.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            FakeTimer? due;
            lock (_gate)
            {
                changed = _changed.Task;
                due = TakeDue(farthest == TimeSpan.MaxValue ? long.MaxValue : GetTimestamp() + farthest.Ticks);
            }
            if (due is not null)
                due.Fire();
            else
                await Task.WhenAny(task, changed.WaitAsync(cancellationToken));
        }
        await task;
    }

    internal bool Set(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (timer.IsDisposed)
                return false;
            timer.Period = period;
            if (dueTime == Timeout.InfiniteTimeSpan)
                return true;
            timer.DueTicks = GetTimestamp() + dueTime.Ticks;
            _timers.Add(timer);
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach ((int count, TaskCompletionSource reached) in _waiters)
            {
                if (_timers.Count >= count)
                    reached.TrySetResult();
            }
            _waiters.RemoveAll(waiter => waiter.Reached.Task.IsCompleted);
            return true;
        }
    }

    internal void Remove(FakeTimer timer)
    {
        lock (_gate)
        {
            timer.IsDisposed = true;
            _timers.Remove(timer);
        }
    }

    private FakeTimer? TakeDue(long target)
    {
        lock (_gate)
        {
            FakeTimer? due = _timers.MinBy(timer => timer.DueTicks);
            if (due is null || due.DueTicks > target)
                return null;
            _timers.Remove(due);
            Interlocked.Exchange(ref _elapsedTicks, Math.Max(due.DueTicks, GetTimestamp()));
            if (due.Period > TimeSpan.Zero)
            {
                due.DueTicks += due.Period.Ticks;
                _timers.Add(due);
            }
            return due;
        }
    }
}
