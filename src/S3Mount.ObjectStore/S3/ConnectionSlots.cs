namespace S3Mount.ObjectStore.S3;

/// <summary>Bounds the requests under way. Its queue is no longer than its callers are many; each waits with a deadline.</summary>
internal sealed class ConnectionSlots(int count, TimeProvider timeProvider) : IAsyncDisposable
{
    // What is under way when the store goes has been cancelled, and only has to notice.
    private static readonly TimeSpan _leaveDeadline = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _free = new(count);

    /// <param name="patience">What is left to the caller; <see cref="Timeout.InfiniteTimeSpan"/>: he waits for ever.</param>
    /// <exception cref="TimeoutException">None became free in this time.</exception>
    /// <exception cref="ObjectDisposedException">The store has gone.</exception>
    public ValueTask EnterAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && _free.Wait(0, CancellationToken.None) ? default : new ValueTask(WaitAsync(patience, cancellationToken));

    public void Leave() => _free.Release();

    /// <summary>Returns when all have left, so that nothing of the store runs any more; nobody enters after that.</summary>
    public async ValueTask DisposeAsync()
    {
        using var clock = new TryClock(_leaveDeadline, timeProvider, CancellationToken.None);
        try
        {
            for (int i = 0; i < count; i++)
                await _free.WaitAsync(clock.Token);
            _free.Dispose();
        }
        catch (OperationCanceledException)
        {
            // Those who are left must still be able to leave: the semaphore is theirs.
        }
    }

    private async Task WaitAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var clock = new TryClock(patience, timeProvider, cancellationToken);
        try
        {
            await _free.WaitAsync(clock.Token);
        }
        catch (OperationCanceledException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"all {count} connections stayed busy", exception);
        }
    }
}
