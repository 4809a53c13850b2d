namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Bounds how often a store in trouble is asked again, by all operations together. A retry costs what several answers earn; when
/// nothing is left nobody fails, but all wait while one retry after another probes the store, and go on when one is answered. First
/// tries are not held up: there are no more of them than callers. Any thread.
/// </summary>
internal sealed class RetryBudget(TimeProvider timeProvider, Random random)
{
    // In thousandths of a retry. One for five answers: a store that throttles a sixth of its requests gets them all back without a
    // wait, and one that is dying never more than a fifth on top of what it manages.
    private const int Price = 1000;
    private const int Earned = 200;

    // Each of the 64 connections of a mount may break at once and be made again, and half of them once more.
    private const int Most = 100 * Price;

    private readonly Lock _gate = new();
    private readonly HashSet<TaskCompletionSource> _waiters = [];
    private int _saved = Most;
    private int _probes;
    private long _nextProbeAt;
    private bool _isSpent;
    private bool _isClosed;

    /// <summary>Nothing is left: the store is probed.</summary>
    public bool IsSpent => Volatile.Read(ref _isSpent);

    /// <summary>The store has answered; with bytes, or with a refusal that another try would not change.</summary>
    public void Answered()
    {
        if (Volatile.Read(ref _saved) >= Most)
            return;
        lock (_gate)
        {
            _saved = Math.Min(Most, _saved + Earned);
            LetAllGo();
        }
    }

    /// <summary>The store goes: nobody waits here any more, to be told so where he goes next.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            LetAllGo();
        }
    }

    /// <summary>Completes when a retry may begin.</summary>
    /// <param name="patience">How long it may wait; <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</param>
    /// <returns>False: the store has answered nobody in this time.</returns>
    public ValueTask<bool> EnterAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_isSpent && _saved >= Price)
            {
                _saved -= Price;
                return new ValueTask<bool>(true);
            }
        }
        return WaitAsync(patience, cancellationToken);
    }

    private async ValueTask<bool> WaitAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        long startedAt = timeProvider.GetTimestamp();
        while (TryWait(out TaskCompletionSource released, out TimeSpan wait))
        {
            TimeSpan left = patience == Timeout.InfiniteTimeSpan ? wait : patience - timeProvider.GetElapsedTime(startedAt);
            bool isReleased = await WaitAsync(released, left <= TimeSpan.Zero ? TimeSpan.Zero : left < wait ? left : wait, cancellationToken);
            if (isReleased)
                return true;
            if (left < wait)
                return false;
        }
        return true;
    }

    // False: the time has passed.
    private async ValueTask<bool> WaitAsync(TaskCompletionSource released, TimeSpan wait, CancellationToken cancellationToken)
    {
        // Timers count whole milliseconds.
        var dueTime = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        bool isReleased;
        try
        {
            using ITimer timer = timeProvider.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), released, dueTime, Timeout.InfiniteTimeSpan);
            using CancellationTokenRegistration registration =
                cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), released);
            if (wait > TimeSpan.Zero)
                await released.Task;
        }
        finally
        {
            lock (_gate)
                isReleased = !_waiters.Remove(released);
        }
        return isReleased;
    }

    // False: it is this one's turn to probe, or there is nothing to wait for.
    private bool TryWait(out TaskCompletionSource released, out TimeSpan wait)
    {
        released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        wait = TimeSpan.Zero;
        lock (_gate)
        {
            if (_isClosed)
                return false;
            Volatile.Write(ref _isSpent, true);
            long now = timeProvider.GetTimestamp();
            if (now < _nextProbeAt)
            {
                wait = timeProvider.GetElapsedTime(now, _nextProbeAt);
                _waiters.Add(released);
                return true;
            }
            _nextProbeAt = now + (long)(RetryDelay.BetweenProbes(_probes++, random).TotalSeconds * timeProvider.TimestampFrequency);
            return false;
        }
    }

    // Under the gate.
    private void LetAllGo()
    {
        Volatile.Write(ref _isSpent, false);
        _probes = 0;
        foreach (TaskCompletionSource waiter in _waiters)
            waiter.TrySetResult();
        _waiters.Clear();
    }
}
