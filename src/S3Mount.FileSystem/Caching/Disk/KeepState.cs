namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>Whether a <see cref="DiskCache"/> takes more.</summary>
internal enum KeepState
{
    Ready,
    /// <summary>It is full of what is in use.</summary>
    Full,
    /// <summary>Its disk has failed or was full; it is tried again later.</summary>
    Unwritable,
}
