using System.Collections.Concurrent;

namespace S3Mount.FileSystem;

/// <summary>
/// One operation a key at a time; whoever asks while it runs waits for the same result. A caller's cancellation ends only that
/// caller's wait. A failed operation is forgotten, so that the next caller tries again, while those already waiting all see
/// the failure.
/// </summary>
internal sealed class SingleFlight<TKey, TResult>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TaskCompletionSource<TResult>> _flights;

    public SingleFlight(IEqualityComparer<TKey>? comparer = null) => _flights = new(comparer);

    /// <param name="operation">Runs at most once at a time for a key; its own deadline ends it, not a caller's token.</param>
    public Task<TResult> RunAsync(TKey key, Func<Task<TResult>> operation, CancellationToken cancellationToken)
    {
        var mine = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<TResult> flight = _flights.GetOrAdd(key, mine);
        if (ReferenceEquals(flight, mine))
            _ = FlyAsync(key, mine, operation);
        return flight.Task.WaitAsync(cancellationToken);
    }

    private async Task FlyAsync(TKey key, TaskCompletionSource<TResult> flight, Func<Task<TResult>> operation)
    {
        try
        {
            TResult result = await operation().ConfigureAwait(false);
            _flights.TryRemove(new(key, flight));
            flight.SetResult(result);
        }
        catch (Exception failure)
        {
            _flights.TryRemove(new(key, flight));
            flight.SetException(failure);
            // Marks it as seen: every waiter may have been cancelled meanwhile.
            _ = flight.Task.Exception;
        }
    }
}
