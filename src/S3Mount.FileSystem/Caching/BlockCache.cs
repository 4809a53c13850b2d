using S3Mount.FileSystem.Reading;

namespace S3Mount.FileSystem.Caching;

/// <summary>
/// All blocks of a mount under one budget. Holds what was fetched and not yet read: a block that has been read to its end is the
/// first to go, then what others keep that nobody needs (<see cref="AddSpare"/>), then the one that was fetched longest ago. Any thread.
/// <para>
/// Lock order: neither this gate nor a reader's is held while the other is taken.
/// </para>
/// </summary>
internal sealed class BlockCache : IDisposable
{
    // What has been read is in the kernel's page cache. A little is kept for readers that come a moment later without it:
    // O_DIRECT, a page shared by two READs, pages dropped again at once. One part of the largest size; more of it makes the memory
    // that is filled next colder.
    private const long MaxConsumedKept = 8 << 20;

    private readonly Lock _gate = new();
    private readonly LinkedList<Block> _unread = new();
    private readonly LinkedList<Block> _consumed = new();
    private readonly BlockPool _pool;
    private readonly long _consumedLimit;
    private long _consumedBytes; // guarded by _gate
    private ISpareBlocks[] _spare = []; // replaced under _gate
    private int _streaming;

    public BlockCache(long budget)
    {
        Budget = new MemoryBudget(budget);
        _pool = new BlockPool(budget);
        _consumedLimit = Math.Min(MaxConsumedKept, budget / 4);
    }

    public MemoryBudget Budget { get; }

    /// <summary>Who else holds blocks of this memory that may go at any time.</summary>
    public void AddSpare(ISpareBlocks spare)
    {
        lock (_gate)
            Volatile.Write(ref _spare, [.. _spare, spare]);
    }

    /// <summary>It holds none any more.</summary>
    public void RemoveSpare(ISpareBlocks spare)
    {
        lock (_gate)
            Volatile.Write(ref _spare, [.. _spare.Where(known => known != spare)]);
    }

    /// <summary>Readers that read in order just now.</summary>
    public int Streaming => Volatile.Read(ref _streaming);

    public void StreamingBegan() => Interlocked.Increment(ref _streaming);

    public void StreamingEnded() => Interlocked.Decrement(ref _streaming);

    /// <summary>Bytes that blocks have from the system, those of free blocks included; at most the budget.</summary>
    public long Allocated => _pool.Allocated;

    /// <summary>Takes bytes of the budget if that is possible at once, by evicting if need be.</summary>
    public bool TryReserve(long bytes, bool evictUnread)
    {
        while (!Budget.TryReserve(bytes))
        {
            if (Budget.HasWaiters || !EvictOne(evictUnread))
                return false;
        }
        return true;
    }

    /// <summary>Evicts until that many bytes are free, or nothing is left to evict. The caller holds no reader's gate.</summary>
    public void MakeRoom(long bytes)
    {
        while (Budget.Limit - Budget.Used < bytes && EvictOne(evictUnread: true))
        {
        }
    }

    /// <summary>Takes bytes of the budget, waiting until they are to be had. The caller holds no lease meanwhile.</summary>
    public Task ReserveAsync(long bytes, CancellationToken cancellationToken)
    {
        Task reserved = Budget.ReserveAsync(bytes, cancellationToken);
        Relieve();
        return reserved;
    }

    /// <summary>A block in memory that has been reserved: <see cref="BlockPool.CapacityFor"/> its length. One reference, for the index.</summary>
    public Block Create(ObjectReader reader, long offset, int length)
    {
        int capacity = BlockPool.CapacityFor(length);
        return new Block(this, reader, offset, length, capacity, _pool.Rent(capacity));
    }

    /// <summary>The fetch of a block is complete: it may be evicted from now on.</summary>
    public void OnFetched(Block block)
    {
        lock (_gate)
        {
            if (!block.IsIndexed || block.Node is not null)
                return;
            if (block.IsConsumed)
            {
                block.Node = _consumed.AddLast(block);
                _consumedBytes += block.Capacity;
            }
            else
            {
                block.Node = _unread.AddLast(block);
            }
        }
        TrimConsumed();
    }

    /// <summary>Readers have got all of a block's bytes.</summary>
    public void OnConsumed(Block block)
    {
        lock (_gate)
        {
            if (block.Node?.List != _unread)
                return;
            _unread.Remove(block.Node);
            _consumed.AddLast(block.Node);
            _consumedBytes += block.Capacity;
        }
        TrimConsumed();
    }

    /// <summary>A lease has ended: if somebody waits for memory, now there may be some.</summary>
    public void OnReleased() => Relieve();

    /// <summary>The block is no longer in its reader's index.</summary>
    public void OnRemoved(Block block)
    {
        lock (_gate)
            Unlink(block);
    }

    /// <summary>Gives memory back to the system that no block has needed since the last call.</summary>
    public void Trim() => _pool.Trim();

    public void Dispose() => _pool.Dispose();

    internal void Free(Block block, nint address)
    {
        _pool.Return(address, block.Capacity);
        Budget.Release(block.Capacity);
    }

    private void TrimConsumed()
    {
        while (IsOverConsumed() && TryEvict(_consumed))
        {
        }
        Relieve();
    }

    private bool IsOverConsumed()
    {
        lock (_gate)
            return _consumedBytes > _consumedLimit;
    }

    private void Relieve()
    {
        while (Budget.HasWaiters && EvictOne(evictUnread: true))
        {
        }
    }

    private bool EvictOne(bool evictUnread) =>
        TryEvict(_consumed) || TryEvictSpare() || (evictUnread && TryEvict(_unread));

    private bool TryEvictSpare()
    {
        foreach (ISpareBlocks spare in Volatile.Read(ref _spare))
        {
            if (spare.TryEvictOldest())
                return true;
        }
        return false;
    }

    private bool TryEvict(LinkedList<Block> blocks)
    {
        Block? victim;
        lock (_gate)
        {
            victim = FirstIdle(blocks);
            if (victim is null)
                return false;
            Unlink(victim);
        }
        victim.Reader.Remove(victim);
        return true;
    }

    private static Block? FirstIdle(LinkedList<Block> blocks)
    {
        for (LinkedListNode<Block>? node = blocks.First; node is not null; node = node.Next)
        {
            if (!node.Value.IsInUse)
                return node.Value;
        }
        return null;
    }

    private void Unlink(Block block)
    {
        if (block.Node is not { List: { } list } node)
            return;
        if (list == _consumed)
            _consumedBytes -= block.Capacity;
        list.Remove(node);
        block.Node = null;
    }
}
