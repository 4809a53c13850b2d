namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>A read from the disk cache does not return. Its block stays with it; another one can be filled by the store.</summary>
internal sealed class DiskStuckException(BlockRead read) : Exception("the disk of the cache does not answer")
{
    public BlockRead Read { get; } = read;

    public static void ThrowIfStuck(BlockRead read)
    {
        if (read.IsStuck)
            throw new DiskStuckException(read);
    }
}
