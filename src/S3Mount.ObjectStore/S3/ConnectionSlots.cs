namespace S3Mount.ObjectStore.S3;

/// <summary>Bounds the requests under way. Its queue is no longer than its callers are many; each waits with a deadline.</summary>
internal sealed class ConnectionSlots(int count, TimeSpan deadline, TimeProvider timeProvider) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count);

    /// <exception cref="TimeoutException">None became free before the deadline.</exception>
    public ValueTask EnterAsync(CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && _free.Wait(0, CancellationToken.None) ? default : new ValueTask(WaitAsync(cancellationToken));

    public void Leave() => _free.Release();

    public void Dispose() => _free.Dispose();

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var clock = new TryClock(deadline, timeProvider, cancellationToken);
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
