using System.Collections.Concurrent;

namespace S3Mount.FileSystem;

/// <summary>
/// One operation a key at a time; whoever asks while it runs waits for the same result. A caller's cancellation ends only that
/// caller's wait. A failed operation is forgotten, so that the next caller tries again, while those already waiting all see
/// the failure, unless it is one of time: who came later has some left, and waits for another operation.
/// </summary>
/// <param name="isOfTime">Whether an operation that failed so did because its time was over.</param>
internal sealed class SingleFlight<TKey, TResult>(Func<Exception, bool> isOfTime)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TaskCompletionSource<TResult>> _flights = new();

    /// <param name="operation">Runs at most once at a time for a key; its own deadline ends it, not a caller's token.</param>
    public Task<TResult> RunAsync(TKey key, Func<Task<TResult>> operation, CancellationToken cancellationToken)
    {
        Task<TResult> flight = Join(key, operation, out bool isMine);
        return isMine ? flight.WaitAsync(cancellationToken) : WaitAsync(flight, key, operation, cancellationToken);
    }

    // The second one has begun after the caller came: its failure is the caller's.
    private async Task<TResult> WaitAsync(Task<TResult> joined, TKey key, Func<Task<TResult>> operation, CancellationToken cancellationToken)
    {
        try
        {
            return await joined.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (isOfTime(failure))
        {
            return await Join(key, operation, out _).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<TResult> Join(TKey key, Func<Task<TResult>> operation, out bool isMine)
    {
        var mine = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<TResult> flight = _flights.GetOrAdd(key, mine);
        isMine = ReferenceEquals(flight, mine);
        if (isMine)
            _ = FlyAsync(key, mine, operation);
        return flight.Task;
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
