namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Bounds the requests under way: all together by the connections, and those of each kind by what the store bears. Its queue is no
/// longer than its callers are many; each waits with a deadline. Any thread.
/// </summary>
internal sealed class ConcurrencyLimit : IAsyncDisposable
{
    // What is under way when the store goes has been cancelled, and only has to notice.
    private static readonly TimeSpan _leaveDeadline = TimeSpan.FromSeconds(5);

    private readonly int _most;
    private readonly TimeProvider _timeProvider;
    private readonly Lock _gate = new();
    private readonly ConcurrencyLane _gets;
    private readonly ConcurrencyLane _lists;
    private TaskCompletionSource? _left;
    private int _inUse;
    private long _tickets;

    public ConcurrencyLimit(int most, TimeProvider timeProvider)
    {
        (_most, _timeProvider) = (most, timeProvider);
        (_gets, _lists) = (new ConcurrencyLane(most), new ConcurrencyLane(most));
    }

    /// <summary>How many requests of a kind the store bears at once, as far as is known.</summary>
    public int LimitOf(S3OperationKind kind)
    {
        lock (_gate)
            return LaneOf(kind).Limit;
    }

    /// <summary>Requests under way.</summary>
    public int InUse
    {
        get
        {
            lock (_gate)
                return _inUse;
        }
    }

    /// <param name="isAgain">Who was in before comes before those who were not: a reader waits for the rest of what he has begun.</param>
    /// <param name="patience">What is left to the caller; <see cref="Timeout.InfiniteTimeSpan"/>: he waits for ever.</param>
    /// <exception cref="TimeoutException">None became free in this time.</exception>
    /// <exception cref="ObjectDisposedException">The store has gone.</exception>
    public ValueTask EnterAsync(S3Operation operation, bool isAgain, TimeSpan patience, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ConcurrencyLane lane = LaneOf(operation.Kind);
        ConcurrencyWaiter waiter;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_left is not null, typeof(S3ObjectStore));
            if (_inUse < _most && lane.HasRoom && (isAgain || !lane.HasWaiters))
            {
                _inUse++;
                lane.InUse++;
                return default;
            }
            waiter = lane.Add(operation, ++_tickets, isAgain);
        }
        return new ValueTask(WaitAsync(lane, waiter, patience, cancellationToken));
    }

    public void Leave(S3OperationKind kind)
    {
        lock (_gate)
        {
            _inUse--;
            LaneOf(kind).InUse--;
            LetIn();
            if (_inUse == 0)
                _left?.TrySetResult();
        }
    }

    /// <summary>The store bore a request.</summary>
    public void Answered(S3OperationKind kind)
    {
        ConcurrencyLane lane = LaneOf(kind);
        if (lane.IsFull)
            return;
        lock (_gate)
        {
            lane.Rise();
            LetIn();
        }
    }

    /// <summary>The store said that there were too many, to a request that went in then.</summary>
    public void Throttled(S3OperationKind kind, long enteredAt)
    {
        lock (_gate)
            LaneOf(kind).Fall(enteredAt, _timeProvider.GetTimestamp());
    }

    /// <summary>Returns when all have left, so that nothing of the store runs any more; nobody enters after that.</summary>
    public async ValueTask DisposeAsync()
    {
        Task left;
        lock (_gate)
        {
            _left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            left = _left.Task;
            var gone = new ObjectDisposedException(nameof(S3ObjectStore));
            _gets.TurnAllAway(gone);
            _lists.TurnAllAway(gone);
            if (_inUse == 0)
                _left.TrySetResult();
        }
        // Those who are left after that may still leave.
        await left.WaitAsync(_leaveDeadline, _timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WaitAsync(ConcurrencyLane lane, ConcurrencyWaiter waiter, TimeSpan patience, CancellationToken cancellationToken)
    {
        using ITimer timer = _timeProvider.CreateTimer(
            _ => TurnAway(lane, waiter, new TimeoutException($"all {_most} connections stayed busy, or the store throttled")), null, patience, Timeout.InfiniteTimeSpan);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister((_, token) => TurnAway(lane, waiter, new OperationCanceledException(token)), null);
        await waiter.Task;
    }

    // Whoever was let in at the very moment is in, and has to leave.
    private void TurnAway(ConcurrencyLane lane, ConcurrencyWaiter waiter, Exception reason)
    {
        lock (_gate)
        {
            if (lane.Remove(waiter))
                waiter.SetException(reason);
        }
    }

    // Of both kinds the one that has waited longer, as long as there is room.
    private void LetIn()
    {
        while (_inUse < _most)
        {
            ConcurrencyLane lane = _gets.NextTicket <= _lists.NextTicket ? _gets : _lists;
            if (lane.NextTicket == long.MaxValue)
                return;
            _inUse++;
            lane.LetIn();
        }
    }

    // S3 counts requests per second and prefix; listings it throttles long before reads.
    private ConcurrencyLane LaneOf(S3OperationKind kind) => kind == S3OperationKind.List ? _lists : _gets;
}
