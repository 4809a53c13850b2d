using S3Mount.Control;

namespace S3Mount.Telemetry;

/// <summary>How far a mount has come, for those who ask from outside. Any thread.</summary>
internal sealed class ServedState(string mountpoint)
{
    private ServedMount? _mount;
    private bool _isEnding;

    /// <summary>Null before the mount answers, and when it ends.</summary>
    public ServedMount? Mount => Volatile.Read(ref _isEnding) ? null : Volatile.Read(ref _mount);

    /// <summary>The kernel has begun to use it.</summary>
    public void Began(ServedMount mount) => Volatile.Write(ref _mount, mount);

    /// <summary>It is being taken down.</summary>
    public void Ending() => Volatile.Write(ref _isEnding, true);

    /// <summary>One line; null: the mount answers. The mount itself is not touched: who serves it would wait for itself.</summary>
    public string? WhyNotReady()
    {
        if (Volatile.Read(ref _isEnding))
            return $"{mountpoint} is being taken down";
        if (Volatile.Read(ref _mount) is not { } mount)
            return $"{mountpoint} is not mounted yet: the store is being looked at";
        if (mount.Session.Completion.IsCompleted)
            return $"{mountpoint} is not mounted any more";
        int stuck = mount.Session.Statistics.StuckReaders;
        return stuck > 0 ? $"{stuck} threads that answer the kernel are stuck; the log says since when" : null;
    }
}
