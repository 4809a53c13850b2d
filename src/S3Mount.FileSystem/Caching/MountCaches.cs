using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Warming;

namespace S3Mount.FileSystem.Caching;

/// <summary>
/// What is bounded for a mount as a whole: blocks, listings and node ids, of one file system or of all that serve the mount together. What
/// they hold is told apart by node id, and those are each file system's own. Any thread.
/// </summary>
internal sealed class MountCaches : IDisposable
{
    /// <param name="memoryBudget">Bytes for blocks and readahead together.</param>
    /// <param name="listingMemory">Bytes for listings that may still answer, and as many again for those that READDIR goes on with.</param>
    public MountCaches(long memoryBudget, long listingMemory, TimeProvider timeProvider)
    {
        Clock = new MountClock(timeProvider);
        Blocks = new BlockCache(memoryBudget);
        Warming = new WarmMemory(Blocks, timeProvider);
        Listings = new ListingCache(Clock, listingMemory);
        Generations = new ListingGenerations(Clock, listingMemory);
    }

    public MountClock Clock { get; }

    public BlockCache Blocks { get; }

    public WarmMemory Warming { get; }

    public ListingCache Listings { get; }

    public ListingGenerations Generations { get; }

    /// <summary>Whoever had these directories is gone.</summary>
    public void Forget(DirectoryInode[] directories)
    {
        Listings.Forget(directories.ToHashSet());
        foreach (DirectoryInode directory in directories)
            Generations.Forget(directory);
    }

    public void Dispose()
    {
        Listings.Dispose();
        Blocks.Dispose();
    }
}
