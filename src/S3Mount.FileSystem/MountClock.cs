namespace S3Mount.FileSystem;

/// <summary>
/// Time since the mount began, in ticks of 100 ns from a clock that never goes back, and the moments until which facts hold.
/// </summary>
internal sealed class MountClock
{
    /// <summary>A fact that never expires.</summary>
    public const long Forever = long.MaxValue;

    // Longer spans are for ever: no mount lives so long, and calendars and jiffies end.
    private static readonly TimeSpan _longest = TimeSpan.FromDays(100 * 365);

    private readonly TimeProvider _timeProvider;
    private readonly long _start;

    public MountClock(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _start = timeProvider.GetTimestamp();
        StartSeconds = timeProvider.GetUtcNow().ToUnixTimeSeconds();
    }

    public TimeProvider TimeProvider => _timeProvider;

    /// <summary>When the mount began, in seconds since 1970.</summary>
    public long StartSeconds { get; }

    public long Now => _timeProvider.GetElapsedTime(_start).Ticks;

    /// <summary>The moment <paramref name="span"/> from now; an infinite span (any negative one) is <see cref="Forever"/>.</summary>
    public long After(TimeSpan span) => After(span, Now);

    /// <summary>The same from another moment on.</summary>
    public static long After(TimeSpan span, long moment) => span < TimeSpan.Zero || span > _longest ? Forever : moment + span.Ticks;

    public bool HasPassed(long moment) => moment != Forever && Now >= moment;

    /// <summary>What is left until <paramref name="moment"/>, as an entry or attr timeout.</summary>
    public TimeSpan Until(long moment)
    {
        if (moment == Forever)
            return Fuse.Protocol.FuseTimeout.Forever;
        long left = moment - Now;
        return left > 0 ? new TimeSpan(left) : TimeSpan.Zero;
    }
}
