namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>What a disk cache has done in this process, and what it has now.</summary>
public sealed record DiskCacheStatistics
{
    /// <summary>Bytes that readers got from it.</summary>
    public required long HitBytes { get; init; }

    /// <summary>Bytes that it did not have.</summary>
    public required long MissBytes { get; init; }

    public required long WrittenBytes { get; init; }

    /// <summary>Bytes that were fetched and not kept: it is full of what is in use, the disk is slow, or it cannot be written.</summary>
    public required long SkippedBytes { get; init; }

    /// <summary>Bytes on disk that had to make room.</summary>
    public required long EvictedBytes { get; init; }

    /// <summary>Records that were not what had been written.</summary>
    public required long BadRecords { get; init; }

    /// <summary>Bytes on disk, those of other processes included.</summary>
    public required long Size { get; init; }

    /// <summary>What they may come to.</summary>
    public required long Limit { get; init; }

    /// <summary>Whether it is full of what is in use, and keeps nothing more.</summary>
    public required bool IsFull { get; init; }

    /// <summary>Calls that the disk does not answer, and that nobody waits for any more.</summary>
    public required int StuckCalls { get; init; }

    /// <summary>Memory of the budget that these hold.</summary>
    public required long StuckBytes { get; init; }

    /// <summary>Whether they are so many that nothing more is asked of the disk until one returns.</summary>
    public required bool IsSilent { get; init; }

    public required long Records { get; init; }

    public required int Segments { get; init; }
}
