namespace S3Mount.ObjectStore.S3;

/// <summary>
/// What the tries of one store share and learn from each other: where the bucket is, and how far the store's clock is from ours.
/// Any thread; each request takes what is known when it is signed.
/// </summary>
internal sealed class S3Target(S3Endpoint endpoint, TimeProvider timeProvider)
{
    private static readonly TimeSpan _farthest = TimeSpan.FromDays(200 * 365);

    private volatile S3Endpoint _endpoint = endpoint;
    private long _clockOffsetTicks;

    public S3Endpoint Endpoint => _endpoint;

    /// <summary>The store's time, as far as it is known.</summary>
    public DateTimeOffset Now => timeProvider.GetUtcNow() + ClockOffset;

    /// <summary>How much later the store's clock is than ours.</summary>
    public TimeSpan ClockOffset => new(Interlocked.Read(ref _clockOffsetTicks));

    public void MoveTo(S3Endpoint endpoint) => _endpoint = endpoint;

    /// <summary>Takes the store's word for the time; false when it said nothing that was not known.</summary>
    public bool TryAdjustClock(DateTimeOffset? storeTime)
    {
        // Further away than any clock that is merely wrong (one that starts anew is in 1970): with it no request could be dated.
        if (storeTime is { } said && (said - timeProvider.GetUtcNow()).Duration() > _farthest)
            return false;
        // Date has seconds, and the answer was under way for a moment: less than that is no news.
        if (storeTime is not { } now || (now - Now).Duration() < TimeSpan.FromSeconds(2))
            return false;
        Interlocked.Exchange(ref _clockOffsetTicks, (now - timeProvider.GetUtcNow()).Ticks);
        return true;
    }
}
