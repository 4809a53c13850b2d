using S3Mount.FileSystem.Counting;

namespace S3Mount.FileSystem.Reading;

/// <summary>Counts READs and their waits. A READ that waits for nothing is counted for the price of two additions. Any thread.</summary>
internal sealed class ReadCounters
{
    private const int MemoryReads = 0;
    private const int MemoryBytes = 1;
    private const int FetchedReads = 2;
    private const int FetchedBytes = 3;
    private const int BlockTicks = 4;
    private const int MemoryTicks = 5;
    private const int DiskTicks = 6;

    private readonly StripedCounters _counters = new(7);

    public void CountHit(int bytes) => _counters.Add(MemoryReads, 1, MemoryBytes, bytes);

    public void CountFetched(int bytes) => _counters.Add(FetchedReads, 1, FetchedBytes, bytes);

    /// <param name="ticks">Of <see cref="MountClock"/>.</param>
    public void CountBlockWait(long ticks) => _counters.Add(BlockTicks, ticks);

    /// <param name="ticks">Of <see cref="MountClock"/>.</param>
    public void CountMemoryWait(long ticks) => _counters.Add(MemoryTicks, ticks);

    /// <param name="ticks">Of <see cref="MountClock"/>.</param>
    public void CountDiskWait(long ticks) => _counters.Add(DiskTicks, ticks);

    public ReadStatistics Read() => new()
    {
        MemoryReads = _counters.Read(MemoryReads),
        MemoryBytes = _counters.Read(MemoryBytes),
        FetchedReads = _counters.Read(FetchedReads),
        FetchedBytes = _counters.Read(FetchedBytes),
        WaitedForBlocks = new TimeSpan(_counters.Read(BlockTicks)),
        WaitedForMemory = new TimeSpan(_counters.Read(MemoryTicks)),
        WaitedForDisk = new TimeSpan(_counters.Read(DiskTicks)),
    };
}
