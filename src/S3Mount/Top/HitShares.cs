using S3Mount.Control;

namespace S3Mount.Top;

/// <summary>Where the bytes of READs were when they were asked for: shares of all that the page cache did not answer, together 1.</summary>
/// <param name="Memory">Read before, or fetched ahead.</param>
/// <param name="Disk">In the disk cache.</param>
internal sealed record HitShares(double Memory, double Disk, double Store)
{
    /// <returns>Null when nothing was read.</returns>
    public static HitShares? Between(MountStatus first, MountStatus last)
    {
        if (last.Reads is not { } after || first.Reads is not { } before)
            return null;
        double memory = after.MemoryBytes - before.MemoryBytes, fetched = after.FetchedBytes - before.FetchedBytes;
        if (memory + fetched <= 0)
            return null;
        double hits = (last.Cache?.HitBytes ?? 0) - (first.Cache?.HitBytes ?? 0), misses = (last.Cache?.MissBytes ?? 0) - (first.Cache?.MissBytes ?? 0);
        double onDisk = hits + misses > 0 ? hits / (hits + misses) : 0;
        double whole = memory + fetched;
        return new HitShares(memory / whole, fetched * onDisk / whole, fetched * (1 - onDisk) / whole);
    }
}
