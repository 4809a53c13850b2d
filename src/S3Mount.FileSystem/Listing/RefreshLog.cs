using Microsoft.Extensions.Logging;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

/// <summary>
/// Says that directories cannot be listed again: once a minute at most for the whole mount, because in an outage every lookup
/// in a large directory meets it. Any thread.
/// </summary>
internal sealed class RefreshLog(TimeProvider timeProvider, ILogger logger)
{
    // As often as the object store says that it is in trouble: the two stand side by side in the log.
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    // Both guarded by _gate.
    private long? _saidAt;
    private int _unsaid;

    public void Report(ObjectKey prefix, Exception failure)
    {
        int unsaid;
        lock (_gate)
        {
            if (_saidAt is { } saidAt && timeProvider.GetElapsedTime(saidAt) < _interval)
            {
                _unsaid++;
                return;
            }
            _saidAt = timeProvider.GetTimestamp();
            (unsaid, _unsaid) = (_unsaid, 0);
        }
        // The store words its failures for the log; of anything else the type tells more than the words.
        string reason = failure is ObjectStoreException ? failure.Message : $"{failure.GetType().Name}: {failure.Message}";
        LogMessages.RefreshFailed(logger, prefix, reason, unsaid);
    }
}
