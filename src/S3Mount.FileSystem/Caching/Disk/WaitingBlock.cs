namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>What waits to be written to the disk.</summary>
/// <param name="Block">With a reference that is given back when it has been; null: what has been written is to be completed.</param>
/// <param name="From">Where its bytes begin in the block.</param>
/// <param name="Written">Told whether it is on disk; null: nobody waits, and it counts among what may wait.</param>
/// <param name="EvictBefore">What was last used before may go for it, besides what is idle.</param>
internal readonly record struct WaitingBlock(CacheKey Key, Block? Block, int From, int Length, TaskCompletionSource<bool>? Written = null, long EvictBefore = 0);
