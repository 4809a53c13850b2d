namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>What a disk is asked for.</summary>
internal enum DiskUse
{
    /// <summary>A record.</summary>
    Read,
    /// <summary>To take a block.</summary>
    Write,
    /// <summary>What there is, and to make room.</summary>
    Look,
}
