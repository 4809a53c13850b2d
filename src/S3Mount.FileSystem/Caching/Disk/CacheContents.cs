namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>What was found in, or is gone from, the directory of a disk cache.</summary>
public sealed class CacheContents
{
    /// <summary>Files with records.</summary>
    public int Segments { get; internal set; }

    /// <summary>Files that a mount is writing, or that one left that was killed; the next mount takes those over.</summary>
    public int Unfinished { get; internal set; }

    /// <summary>Bytes on disk, the unfinished files included.</summary>
    public long Size { get; internal set; }

    public long Records { get; internal set; }

    /// <summary>Bytes of objects; when verified, those that are right.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Records that were found wrong now.</summary>
    public long Bad { get; internal set; }

    /// <summary>Records that had been found wrong before, and that nobody reads any more.</summary>
    public long Discarded { get; internal set; }

    /// <summary>Files with saved listings.</summary>
    public int Listings { get; internal set; }

    public long ListingBytes { get; internal set; }

    /// <summary>A line for each file with something wrong.</summary>
    public IList<string> Problems { get; } = [];
}
