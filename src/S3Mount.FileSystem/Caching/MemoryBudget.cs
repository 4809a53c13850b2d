namespace S3Mount.FileSystem.Caching;

/// <summary>
/// Bytes that may be taken, for blocks and readahead together. Whoever must have memory waits in line and is served in
/// order; whoever only would like some (readahead) gets it when nobody waits. Any thread.
/// </summary>
internal sealed class MemoryBudget
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private long _used;
    private int _waiting; // _waiters.Count, for a look without the gate

    public MemoryBudget(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        Limit = limit;
    }

    public long Limit { get; }

    public long Used
    {
        get
        {
            lock (_gate)
                return _used;
        }
    }

    public bool HasWaiters => Volatile.Read(ref _waiting) > 0;

    /// <summary>Takes the bytes if they are free and nobody waits.</summary>
    public bool TryReserve(long bytes)
    {
        lock (_gate)
        {
            if (_waiters.Count > 0 || bytes > Limit - _used)
                return false;
            _used += bytes;
            return true;
        }
    }

    /// <summary>Takes the bytes as soon as those in line before have theirs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than the whole budget.</exception>
    public async Task ReserveAsync(long bytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Limit);
        LinkedListNode<Waiter> node;
        lock (_gate)
        {
            if (_waiters.Count == 0 && bytes <= Limit - _used)
            {
                _used += bytes;
                return;
            }
            node = _waiters.AddLast(new Waiter(bytes));
            _waiting++;
        }
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((Waiter)state!).Granted.TrySetCanceled(token), node.Value);
        try
        {
            await node.Value.Granted.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            List<Waiter>? granted;
            lock (_gate)
            {
                if (node.List is not null)
                {
                    _waiters.Remove(node);
                    _waiting--;
                }
                granted = Grant();
            }
            Wake(granted);
            throw;
        }
    }

    public void Release(long bytes)
    {
        List<Waiter>? granted;
        lock (_gate)
        {
            _used -= bytes;
            granted = Grant();
        }
        Wake(granted);
    }

    // Under the gate: only a waiter that was not cancelled takes bytes, so a grant is decided here and told outside.
    private List<Waiter>? Grant()
    {
        List<Waiter>? granted = null;
        while (_waiters.First is { } first && (first.Value.IsCancelled || first.Value.Bytes <= Limit - _used))
        {
            _waiters.RemoveFirst();
            _waiting--;
            if (first.Value.IsCancelled)
                continue;
            _used += first.Value.Bytes;
            (granted ??= []).Add(first.Value);
        }
        return granted;
    }

    private void Wake(List<Waiter>? granted)
    {
        if (granted is null)
            return;
        foreach (Waiter waiter in granted)
        {
            // Cancelled between the grant and now: the bytes go back, perhaps to the next in line.
            if (!waiter.Granted.TrySetResult())
                Release(waiter.Bytes);
        }
    }

    private sealed class Waiter(long bytes)
    {
        public long Bytes { get; } = bytes;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsCancelled => Granted.Task.IsCanceled;
    }
}
