namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>Where a disk cache is, and what it may take.</summary>
public sealed record DiskCacheOptions
{
    /// <summary>Below this a cache is no use: a few segments of the smallest size.</summary>
    public const long SmallestSize = 64 << 20;

    /// <summary>Absolute; the blocks are in a directory <c>blocks</c> in it. Any number of processes may use the same.</summary>
    public required string Directory { get; init; }

    /// <summary>Bytes on disk of all processes together; null: as much as leaves a tenth of the disk free.</summary>
    public long? MaxSize { get; init; }

    /// <summary>
    /// Bytes of blocks that may wait to be written: they hold memory of the budget. What comes on top is not kept, so that a slow
    /// disk slows no reader.
    /// </summary>
    public long MaxWaiting { get; init; } = 64 << 20;

    /// <summary>
    /// Bytes of blocks that may be read into at a time: memory of the budget too, and what a disk that hangs keeps of it. 64 MiB are
    /// eight parts of the largest size.
    /// </summary>
    public long MaxReading { get; init; } = 64 << 20;

    /// <summary>Bytes of a segment; null: a 128th of the cache, so that little goes at once, between 4 and 256 MiB, so that they are few.</summary>
    internal long? SegmentSize { get; init; }

    /// <summary>Called by a thread that is about to wait for the disk, with what for. Tests hold it there.</summary>
    internal Action<DiskUse>? BeforeDisk { get; init; }
}
