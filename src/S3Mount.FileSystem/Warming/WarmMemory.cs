using S3Mount.FileSystem.Caching;

namespace S3Mount.FileSystem.Warming;

/// <summary>
/// The part of the budget that is on its way to the disk cache. Readers win: it takes what nobody needs, and waits otherwise.
/// Any thread.
/// </summary>
internal sealed class WarmMemory(BlockCache cache, TimeProvider timeProvider)
{
    // A quarter: readahead has half.
    private const int Share = 4;

    // How often it is looked at what readers have left. At a gigabyte a second, ten megabytes.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    // What readers fetched and never came back for would otherwise keep it waiting for ever: then the oldest of it goes.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    private TaskCompletionSource _returned = NewSignal();
    private long _used;

    /// <summary>Bytes that may be on their way at once.</summary>
    public long Limit { get; } = cache.Budget.Limit / Share;

    /// <param name="capacity">Of a block: at most <see cref="Limit"/>. <see cref="Return"/> gives it back.</param>
    public async ValueTask ReserveAsync(int capacity, CancellationToken cancellationToken)
    {
        long began = timeProvider.GetTimestamp();
        while (true)
        {
            // Before the look: what comes back during it is not missed.
            Task returned = Volatile.Read(ref _returned).Task;
            if (TryReserve(capacity, evictUnread: timeProvider.GetElapsedTime(began) >= _patience))
                return;
            await Task.WhenAny(returned, Task.Delay(_pause, timeProvider, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The block has been released, or is retained: its bytes are not on their way any more.</summary>
    public void Return(int capacity)
    {
        Interlocked.Add(ref _used, -capacity);
        Interlocked.Exchange(ref _returned, NewSignal()).TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool TryReserve(int capacity, bool evictUnread)
    {
        if (Interlocked.Add(ref _used, capacity) <= Limit && cache.TryReserve(capacity, evictUnread))
            return true;
        Interlocked.Add(ref _used, -capacity);
        return false;
    }
}
