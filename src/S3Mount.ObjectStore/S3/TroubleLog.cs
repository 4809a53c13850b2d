using Microsoft.Extensions.Logging;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Says that the store is in trouble while readers still wait for it: once a minute at most, however many they are. A single
/// try that fails is everyday; the third of one operation in a row is not.
/// </summary>
internal sealed class TroubleLog(TimeProvider timeProvider, ILogger logger)
{
    private const int EverydayFailures = 2;

    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    private long? _saidAt;
    private int _failedTries;
    private readonly Lock _gate = new();

    public void Report(int failuresInARow, S3Failure failure)
    {
        Interlocked.Increment(ref _failedTries);
        if (failuresInARow <= EverydayFailures)
            return;
        int failedTries;
        lock (_gate)
        {
            if (_saidAt is { } saidAt && timeProvider.GetElapsedTime(saidAt) < _interval)
                return;
            _saidAt = timeProvider.GetTimestamp();
            failedTries = Interlocked.Exchange(ref _failedTries, 0);
        }
        logger.StoreInTrouble(failure.Endpoint.ToString(), failedTries, S3Failures.Reason(failure));
    }
}
