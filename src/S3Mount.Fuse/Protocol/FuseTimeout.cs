namespace S3Mount.Fuse.Protocol;

/// <summary>Entry and attr timeouts travel as whole seconds and nanoseconds.</summary>
public static class FuseTimeout
{
    /// <summary>
    /// A timeout that means "for ever". The kernel turns seconds into jiffies and clamps what is beyond MAX_JIFFY_OFFSET
    /// (time_to_jiffies, fs/fuse/dir.c, v6.18).
    /// </summary>
    public static readonly TimeSpan Forever = TimeSpan.MaxValue;

    internal static (ulong Seconds, uint Nanoseconds) Split(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
            return (0, 0);
        long seconds = timeout.Ticks / TimeSpan.TicksPerSecond;
        return ((ulong)seconds, (uint)(timeout.Ticks % TimeSpan.TicksPerSecond) * 100);
    }
}
