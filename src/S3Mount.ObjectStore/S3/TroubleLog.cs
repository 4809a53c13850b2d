using Microsoft.Extensions.Logging;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Says that the store is in trouble while readers still wait for it: once a minute at most, however many they are; and that it
/// is over. A single try that fails is everyday; the third of one operation in a row is not. Any thread.
/// </summary>
internal sealed class TroubleLog(TimeProvider timeProvider, ILogger logger)
{
    private const int EverydayFailures = 2;

    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    // The longest pause between two tries: before, those who failed may not have asked again.
    private static readonly TimeSpan _over = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private int _failedTries;
    private volatile bool _isInTrouble;
    // Guarded by _gate.
    private long? _saidAt;
    private long _began;
    private long _failedAt;

    /// <param name="endpoint">Who is in trouble.</param>
    /// <param name="describe">What the last try was for, how it failed, and what to do.</param>
    public void Report(S3Endpoint endpoint, int failuresInARow, Func<string> describe)
    {
        Interlocked.Increment(ref _failedTries);
        if (failuresInARow <= EverydayFailures)
            return;
        int failedTries;
        lock (_gate)
        {
            long now = timeProvider.GetTimestamp();
            _failedAt = now;
            if (_saidAt is { } saidAt && timeProvider.GetElapsedTime(saidAt, now) < _interval)
                return;
            _saidAt = now;
            if (!_isInTrouble)
                _began = now;
            _isInTrouble = true;
            failedTries = Interlocked.Exchange(ref _failedTries, 0);
        }
        logger.StoreInTrouble(endpoint.ToString(), failedTries, describe());
    }

    /// <summary>A try went well.</summary>
    public void Answered(S3Endpoint endpoint)
    {
        if (!_isInTrouble)
            return;
        TimeSpan lasted;
        lock (_gate)
        {
            if (!_isInTrouble || timeProvider.GetElapsedTime(_failedAt) < _over)
                return;
            _isInTrouble = false;
            lasted = timeProvider.GetElapsedTime(_began, _failedAt);
        }
        logger.StoreAnswersAgain(endpoint.ToString(), (long)Math.Ceiling(lasted.TotalSeconds));
    }
}
