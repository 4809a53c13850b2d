using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Caching.Disk;

namespace S3Mount.FileSystem.Warming;

/// <summary>
/// Blocks that are being fetched for the disk cache, by what they hold, until they are on disk: who reads such an object meanwhile
/// takes its bytes from there. Any thread.
/// </summary>
internal sealed class WarmingBlocks
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CacheKey, Block> _blocks = []; // guarded by _gate; by granule
    private int _count; // of _blocks, for a look without the gate

    /// <param name="key">Of the object. The caller's reference lasts until <see cref="Remove"/>.</param>
    /// <returns>False: somebody else is fetching bytes of it.</returns>
    public bool TryAdd(in CacheKey key, Block block)
    {
        (long first, long last) = Granules(block);
        lock (_gate)
        {
            for (long granule = first; granule <= last; granule++)
            {
                if (_blocks.ContainsKey(key.Granule(granule)))
                    return false;
            }
            for (long granule = first; granule <= last; granule++)
                _blocks.Add(key.Granule(granule), block);
            Volatile.Write(ref _count, _blocks.Count);
            return true;
        }
    }

    public void Remove(in CacheKey key, Block block)
    {
        (long first, long last) = Granules(block);
        lock (_gate)
        {
            for (long granule = first; granule <= last; granule++)
                _blocks.Remove(key.Granule(granule));
            Volatile.Write(ref _count, _blocks.Count);
        }
    }

    /// <summary>The block that has, or will have, the byte at an offset of the object. The caller releases it.</summary>
    public Block? TryLease(in CacheKey key, long offset)
    {
        if (Volatile.Read(ref _count) == 0)
            return null;
        lock (_gate)
        {
            if (!_blocks.TryGetValue(key.Granule(offset / CacheFormat.GranuleSize), out Block? block) || offset < block.Offset || offset >= block.End)
                return null;
            block.AddReference();
            return block;
        }
    }

    private static (long First, long Last) Granules(Block block) => (block.Offset / CacheFormat.GranuleSize, (block.End - 1) / CacheFormat.GranuleSize);
}
