using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Caching.Disk;

namespace S3Mount.FileSystem.Warming;

/// <summary>
/// Blocks that are being fetched for the disk cache, by what they hold: who reads such an object meanwhile takes its bytes from there.
/// When they are on disk they may stay for a while, in memory that nobody else wants: to read one from there costs a thread its way to the
/// disk and back. Any thread.
/// </summary>
internal sealed class WarmingBlocks : ISpareBlocks
{
    // Of the budget: so much is left to readers and to what is under way (WarmMemory has a quarter too), so that neither has to evict first.
    private const int FreeShare = 4;

    private readonly BlockCache _cache;
    private readonly Lock _gate = new();
    // Guarded by _gate, as is all that follows; by granule.
    private readonly Dictionary<CacheKey, Held> _blocks = [];
    private readonly LinkedList<Held> _retained = new();
    private int _count; // of _blocks, for a look without the gate

    /// <param name="cache">Whose memory they have; evicts what is retained before what readers have not read.</param>
    public WarmingBlocks(BlockCache cache)
    {
        _cache = cache;
        cache.AddSpare(this);
    }

    /// <param name="key">Of the object. The caller's reference lasts until <see cref="Remove"/>, or is given to <see cref="TryRetain"/>.</param>
    /// <returns>False: somebody else is fetching bytes of it, or has just done so.</returns>
    public bool TryAdd(in CacheKey key, Block block)
    {
        (long first, long last) = Granules(block);
        var held = new Held(key, block);
        lock (_gate)
        {
            for (long granule = first; granule <= last; granule++)
            {
                if (_blocks.ContainsKey(key.Granule(granule)))
                    return false;
            }
            for (long granule = first; granule <= last; granule++)
                _blocks.Add(key.Granule(granule), held);
            Volatile.Write(ref _count, _blocks.Count);
            return true;
        }
    }

    public void Remove(in CacheKey key, Block block)
    {
        lock (_gate)
        {
            if (_blocks.TryGetValue(key.Granule(block.Offset / CacheFormat.GranuleSize), out Held? held))
                Forget(held);
        }
    }

    /// <summary>A block that was added is on disk: it stays if there is memory to spare, and then the caller's reference is not its any more.</summary>
    /// <param name="now">A moment of <see cref="MountClock"/>.</param>
    public bool TryRetain(in CacheKey key, Block block, long now)
    {
        if (_cache.Budget.Limit - _cache.Budget.Used < _cache.Budget.Limit / FreeShare)
            return false;
        lock (_gate)
        {
            Held held = _blocks[key.Granule(block.Offset / CacheFormat.GranuleSize)];
            held.Since = now;
            held.Node = _retained.AddLast(held);
            return true;
        }
    }

    /// <summary>The block that has, or will have, the byte at an offset of the object. The caller releases it.</summary>
    public Block? TryLease(in CacheKey key, long offset)
    {
        if (Volatile.Read(ref _count) == 0)
            return null;
        lock (_gate)
        {
            if (!_blocks.TryGetValue(key.Granule(offset / CacheFormat.GranuleSize), out Held? held) || offset < held.Block.Offset || offset >= held.Block.End)
                return null;
            held.Block.AddReference();
            return held.Block;
        }
    }

    /// <summary>Copies what is retained of a block's bytes. What has been taken to its end is not retained any longer: it has been read.</summary>
    /// <param name="from">Where to begin in the block.</param>
    /// <returns>How many bytes; 0: those at <paramref name="from"/> are not retained.</returns>
    public int Take(in CacheKey key, Block block, int from)
    {
        long offset = block.Offset + from;
        if (TryLease(key, offset) is not { } source)
            return 0;
        if (!source.IsComplete)
        {
            source.GiveBack();
            return 0;
        }
        int taken = (int)Math.Min(block.Length - from, source.End - offset);
        source.Memory.Span.Slice((int)(offset - source.Offset), taken).CopyTo(block.Memory.Span[from..]);
        bool isRead = offset + taken == source.End && TryForgetRetained(key, source);
        source.Release();
        if (isRead)
            source.Release();
        _cache.OnReleased();
        return taken;
    }

    public bool TryEvictOldest() => TryDropFirst(long.MaxValue);

    /// <summary>Gives back what has been retained since before a moment of <see cref="MountClock"/>; the rest stays.</summary>
    public void DropOlder(long moment)
    {
        bool isAny = false;
        while (TryDropFirst(moment))
            isAny = true;
        if (isAny)
            _cache.OnReleased();
    }

    private bool TryDropFirst(long retainedBefore)
    {
        Held? victim = null;
        lock (_gate)
        {
            for (LinkedListNode<Held>? node = _retained.First; node is not null && node.Value.Since < retainedBefore; node = node.Next)
            {
                if (node.Value.Block.IsInUse)
                    continue;
                victim = node.Value;
                Forget(victim);
                break;
            }
        }
        // Whoever waits for memory is thought of by the caller: the cache evicts until they have theirs.
        victim?.Block.Release();
        return victim is not null;
    }

    private bool TryForgetRetained(in CacheKey key, Block block)
    {
        lock (_gate)
        {
            if (!_blocks.TryGetValue(key.Granule(block.Offset / CacheFormat.GranuleSize), out Held? held) || held.Block != block || held.Node is null)
                return false;
            Forget(held);
            return true;
        }
    }

    // Under _gate.
    private void Forget(Held held)
    {
        (long first, long last) = Granules(held.Block);
        for (long granule = first; granule <= last; granule++)
            _blocks.Remove(held.Key.Granule(granule));
        Volatile.Write(ref _count, _blocks.Count);
        if (held.Node is not null)
            _retained.Remove(held.Node);
        held.Node = null;
    }

    private static (long First, long Last) Granules(Block block) => (block.Offset / CacheFormat.GranuleSize, (block.End - 1) / CacheFormat.GranuleSize);

    /// <summary>Guarded by the gate.</summary>
    private sealed class Held(CacheKey key, Block block)
    {
        public CacheKey Key => key;

        public Block Block => block;

        /// <summary>While it is retained.</summary>
        public LinkedListNode<Held>? Node { get; set; }

        public long Since { get; set; }
    }
}
