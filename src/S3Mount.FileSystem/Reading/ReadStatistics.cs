namespace S3Mount.FileSystem.Reading;

/// <summary>What the READs of a mount came to so far, and what they waited for. Of what the kernel's page cache answered nothing is known.</summary>
public sealed record ReadStatistics
{
    /// <summary>READs of which every byte was in memory when they came, because it had been read or was fetched ahead.</summary>
    public required long MemoryReads { get; init; }

    public required long MemoryBytes { get; init; }

    /// <summary>READs that waited for the disk cache or the store, and got their bytes.</summary>
    public required long FetchedReads { get; init; }

    public required long FetchedBytes { get; init; }

    /// <summary>How long all readers together have waited for blocks to be filled.</summary>
    public required TimeSpan WaitedForBlocks { get; init; }

    /// <summary>How long all readers together have waited for memory of the budget.</summary>
    public required TimeSpan WaitedForMemory { get; init; }

    /// <summary>How long all fetches together have waited for the disk cache.</summary>
    public required TimeSpan WaitedForDisk { get; init; }

    /// <summary>Of several file systems together.</summary>
    public static ReadStatistics Sum(IReadOnlyList<ReadStatistics> all) => new()
    {
        MemoryReads = all.Sum(one => one.MemoryReads),
        MemoryBytes = all.Sum(one => one.MemoryBytes),
        FetchedReads = all.Sum(one => one.FetchedReads),
        FetchedBytes = all.Sum(one => one.FetchedBytes),
        WaitedForBlocks = new TimeSpan(all.Sum(one => one.WaitedForBlocks.Ticks)),
        WaitedForMemory = new TimeSpan(all.Sum(one => one.WaitedForMemory.Ticks)),
        WaitedForDisk = new TimeSpan(all.Sum(one => one.WaitedForDisk.Ticks)),
    };
}
