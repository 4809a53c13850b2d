namespace S3Mount.Testing.S3Server.Http;

/// <summary>
/// Gives one connection its bandwidth. A piece is sent when its last byte would have come through a link of that speed. Due times
/// follow one another on the clock, so a timer that fires late is made up for by the next piece, and the average is exact.
/// </summary>
internal sealed class Pacer(TimeProvider timeProvider)
{
    // 320 KB at 80 MB/s: 250 wake-ups a second for each busy connection.
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(4);
    // Less than it costs to wait.
    private static readonly TimeSpan _shortestWait = TimeSpan.FromMicroseconds(50);
    // Most that a slow reader may catch up on afterwards.
    private static readonly TimeSpan _maxCredit = TimeSpan.FromMilliseconds(50);

    private const int SmallestStep = 4 << 10;
    private const int LargestStep = 1 << 20;

    private long _due;

    /// <summary>Bytes to send at a time.</summary>
    public static int StepOf(long bytesPerSecond) =>
        bytesPerSecond == 0 ? LargestStep : (int)Math.Clamp(bytesPerSecond * _step.TotalSeconds, SmallestStep, LargestStep);

    /// <summary>An answer begins at this timestamp: bandwidth that lay idle until then is lost.</summary>
    public void Begin(long timestamp) => _due = Math.Max(_due, timestamp);

    /// <summary>Waits until these bytes would have come through.</summary>
    public ValueTask TakeAsync(int count, long bytesPerSecond, CancellationToken cancellationToken)
    {
        if (bytesPerSecond > 0)
        {
            long earliest = timeProvider.GetTimestamp() - Ticks(_maxCredit.TotalSeconds);
            _due = Math.Max(_due, earliest) + Ticks((double)count / bytesPerSecond);
        }
        return WaitUntilAsync(_due, cancellationToken);
    }

    private ValueTask WaitUntilAsync(long timestamp, CancellationToken cancellationToken)
    {
        long ticks = timestamp - timeProvider.GetTimestamp();
        if (ticks <= Ticks(_shortestWait.TotalSeconds))
            return ValueTask.CompletedTask;
        // A clock of a test moves when the test says so; the real one is met more finely than by its own timers.
        return new ValueTask(timeProvider == TimeProvider.System
            ? FineTimer.WaitUntilAsync(timestamp, cancellationToken)
            : Task.Delay(TimeSpan.FromSeconds((double)ticks / timeProvider.TimestampFrequency), timeProvider, cancellationToken));
    }

    private long Ticks(double seconds) => (long)(seconds * timeProvider.TimestampFrequency);
}
