using S3Mount.Doctor.Store;
using S3Mount.ObjectStore;

namespace S3Mount.Doctor.Speed;

/// <summary>Reads with ever more connections and takes the throughput of each number. Used once.</summary>
internal sealed class ThroughputMeter(ExaminedStore opened, SampleRanges ranges, ThroughputOptions options, TimeProvider timeProvider)
{
    /// <summary>The clock is looked at so often: a hundredth of a step.</summary>
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(10);

    /// <summary>A store that refuses so much in a row is not measured by more of it.</summary>
    private const int MostFailures = 20;

    private readonly List<byte[]> _buffers = [];
    private long _requests;
    private int _failures;
    private volatile ObjectStoreException? _failure;

    /// <param name="mostBytes">To be fetched in all; a range that has begun is read to its end.</param>
    /// <exception cref="ObjectStoreException">Nothing could be read.</exception>
    public async Task<ThroughputCurve> MeasureAsync(long mostBytes, CancellationToken cancellationToken)
    {
        var steps = new List<ConnectionStep>();
        long bytesBefore = opened.BytesRead(), throttledBefore = opened.Throttled();
        for (int i = 0; i < options.Connections.Count && !ThroughputCurve.IsLevel(steps); i++)
        {
            long left = mostBytes - (opened.BytesRead() - bytesBefore);
            // Each an equal share of what those before it have left.
            long share = left / (options.Connections.Count - i);
            if (share <= 0)
                break;
            double rate = await StepAsync(options.Connections[i], share, cancellationToken).ConfigureAwait(false);
            // Less than fewer brought is a hiccup, most likely: of two turns the better one counts.
            if (steps.Any(fewer => fewer.BytesPerSecond > rate * ThroughputCurve.Growth))
                rate = Math.Max(rate, await StepAsync(options.Connections[i], share / 2, cancellationToken).ConfigureAwait(false));
            if (_failure is { } failure && rate == 0)
                throw failure;
            steps.Add(new ConnectionStep(options.Connections[i], rate));
        }
        return new ThroughputCurve(steps, opened.BytesRead() - bytesBefore, Interlocked.Read(ref _requests), opened.Throttled() - throttledBefore);
    }

    /// <returns>Bytes a second.</returns>
    private async Task<double> StepAsync(int connections, long mostBytes, CancellationToken cancellationToken)
    {
        while (_buffers.Count < connections)
            _buffers.Add(GC.AllocateUninitializedArray<byte>(ranges.Longest));
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var enough = new CancellationTokenSource();
        long first = opened.BytesRead(), startedAt = timeProvider.GetTimestamp();
        Task[] readers = [.. Enumerable.Range(0, connections).Select(i => Task.Run(() => ReadAsync(_buffers[i], enough.Token, abandon.Token), CancellationToken.None))];
        // Bytes are spent on warming up too: of a share that is small a fifth at most.
        await UntilAsync(startedAt, options.WarmUp, () => opened.BytesRead() - first < mostBytes / 5, cancellationToken).ConfigureAwait(false);
        long from = opened.BytesRead(), measuredAt = timeProvider.GetTimestamp();
        await UntilAsync(measuredAt, options.Step, () => opened.BytesRead() - first < mostBytes, cancellationToken).ConfigureAwait(false);
        double rate = (opened.BytesRead() - from) / timeProvider.GetElapsedTime(measuredAt).TotalSeconds;
        await enough.CancelAsync().ConfigureAwait(false);
        abandon.CancelAfter(options.Grace);
        await Task.WhenAll(readers).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return rate;
    }

    private async Task UntilAsync(long startedAt, TimeSpan most, Func<bool> goesOn, CancellationToken cancellationToken)
    {
        while (goesOn() && timeProvider.GetElapsedTime(startedAt) < most && Volatile.Read(ref _failures) < MostFailures)
            await Task.Delay(_tick, timeProvider, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadAsync(byte[] buffer, CancellationToken enough, CancellationToken abandon)
    {
        while (!enough.IsCancellationRequested && Volatile.Read(ref _failures) < MostFailures)
        {
            (SampleObject one, long offset, int length) = ranges.Next();
            Interlocked.Increment(ref _requests);
            try
            {
                await opened.Store.ReadRangeAsync(one.Key, one.Version, offset, buffer.AsMemory(0, length), null, abandon).ConfigureAwait(false);
                Volatile.Write(ref _failures, 0);
            }
            catch (OperationCanceledException) when (abandon.IsCancellationRequested)
            {
                return;
            }
            catch (ObjectStoreException e)
            {
                // One that was replaced meanwhile, or may not be read, is not the others.
                _failure = e;
                Interlocked.Increment(ref _failures);
            }
        }
    }
}
