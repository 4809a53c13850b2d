using System.Runtime.InteropServices;
using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.Fuse.Protocol;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Reading;

/// <summary>
/// The blocks of one version of an object and the streams that read it. Reads of one object do not wait for each other: the
/// gate is held for bookkeeping only.
/// <para>
/// A reader whose last block goes, and that follows no stream, retires: a mount may have read a million files that the kernel
/// has not forgotten. Who still holds it takes another (<see cref="IsRetired"/>).
/// </para>
/// </summary>
internal sealed partial class ObjectReader : IDisposable
{
    // CancellationTokenSource takes at most 2^32 - 2 ms; whoever waits longer waits for ever.
    private static readonly TimeSpan _longestTimer = TimeSpan.FromDays(49);

    private readonly Lock _gate = new();
    // Ordered by offset, not overlapping.
    private readonly List<Block> _blocks = [];
    private readonly BlockFetcher _fetcher;
    private readonly Action<ObjectReader>? _onRetired;
    private readonly CancellationTokenSource _closed = new();
    private bool _isClosed;
    private bool _isRetired;
    private DiskCall? _stuck;

    /// <param name="onRetired">Called once, without any lock, when the reader retires; without it, it never does.</param>
    public ObjectReader(BlockFetcher fetcher, ObjectKey key, in ObjectVersion version, Action<ObjectReader>? onRetired = null)
    {
        _fetcher = fetcher;
        _onRetired = onRetired;
        Key = key;
        Version = version;
    }

    public ObjectKey Key { get; }

    public ObjectVersion Version { get; }

    /// <summary>Nothing can be read through it any more; another reader of the same version can take its place.</summary>
    public bool IsRetired => Volatile.Read(ref _isRetired);

    /// <summary>Whether what is fetched is not to be looked for on the disk.</summary>
    public bool AvoidsDisk => Volatile.Read(ref _stuck) is { IsStuck: true };

    /// <summary>
    /// Leases on the blocks that hold a range, if every byte of it is there; nothing waits and nothing is allocated. Who gets them
    /// calls <see cref="ReadAhead"/> after the answer.
    /// </summary>
    /// <param name="leases">Filled with blocks, each to be released by <see cref="Return"/>.</param>
    /// <param name="slices">The range itself, in order; as many as there are leases.</param>
    /// <returns>How many; 0: something is missing.</returns>
    public int TryLease(long offset, int length, Span<Block> leases, Span<FuseSlice> slices)
    {
        int count = 0;
        long end = offset + length;
        lock (_gate)
        {
            for (int i = FirstAt(offset); offset < end; i++)
            {
                if (i >= _blocks.Count || count == leases.Length || _blocks[i].Offset > offset)
                    break;
                Block block = _blocks[i];
                int take = (int)(Math.Min(end, block.End) - offset);
                if (offset - block.Offset + take > block.Filled)
                    break;
                block.AddReference();
                leases[count] = block;
                slices[count++] = block.Slice(offset, take);
                offset += take;
            }
            if (offset == end)
            {
                // Here and not after the answer: by then the stream may be far ahead, and this READ would look like another one.
                if (Version.Size > ReadaheadWindow.SmallObject && !_isClosed)
                    Enter(end - length, length);
                return count;
            }
        }
        foreach (Block block in leases[..count])
            block.Release();
        return 0;
    }

    /// <summary>Gives leases back after their bytes have been sent.</summary>
    public void Return(ReadOnlySpan<Block> leases, ReadOnlySpan<FuseSlice> sent)
    {
        for (int i = 0; i < leases.Length; i++)
        {
            bool consumed = leases[i].Consume(sent[i].Length);
            leases[i].Release();
            if (consumed)
                _fetcher.Cache.OnConsumed(leases[i]);
        }
        _fetcher.Cache.OnReleased();
    }

    /// <summary>
    /// Leases on the blocks that hold a range; what is missing is fetched. Completes when every byte of the range is there. The
    /// leases are the caller's; after a failure there are none.
    /// </summary>
    /// <returns>Null: it has retired, and another reader must be asked.</returns>
    /// <exception cref="ObjectStoreException"/>
    /// <exception cref="TimeoutException">No memory could be had before the deadline.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public async Task<List<Block>?> LeaseAsync(long offset, int length, CancellationToken cancellationToken)
    {
        long began = _fetcher.Clock.Now;
        ObjectStoreException? joined = null;
        while (true)
        {
            List<Block>? leases = await ReserveAndLeaseAsync(offset, length, began, cancellationToken).ConfigureAwait(false);
            if (leases is null)
                return null;
            Block awaited = leases[0];
            long since = _fetcher.Clock.Now;
            try
            {
                long end = offset + length;
                foreach (Block block in leases)
                {
                    awaited = block;
                    await WaitAsync(block, (int)(Math.Min(end, block.End) - block.Offset), joined, began, cancellationToken).ConfigureAwait(false);
                }
                return leases;
            }
            catch (Exception failure)
            {
                foreach (Block block in leases)
                    block.Release();
                _fetcher.Cache.OnReleased();
                if (!MayAskAnew(failure, awaited, began))
                    throw;
                joined = failure as ObjectStoreException ?? joined;
            }
            finally
            {
                _fetcher.Counters.CountBlockWait(_fetcher.Clock.Now - since);
            }
        }
    }

    /// <summary>A read from the disk is stuck: until it returns the others of the object do not wait for that disk, too.</summary>
    public void AvoidDisk(DiskCall stuck) => Volatile.Write(ref _stuck, stuck);

    /// <summary>Takes a block out of the index, if it is in it.</summary>
    public void Remove(Block block)
    {
        bool retires;
        lock (_gate)
        {
            int index = FirstAt(block.Offset);
            if (index >= _blocks.Count || !ReferenceEquals(_blocks[index], block))
                return;
            _blocks.RemoveAt(index);
            block.IsIndexed = false;
            retires = TryRetire();
        }
        _fetcher.Cache.OnRemoved(block);
        block.Release();
        if (retires)
            _onRetired!(this);
    }

    /// <summary>The kernel has forgotten the inode, or the mount ends: fetches are cancelled and blocks given back.</summary>
    public void Dispose()
    {
        Block[] blocks;
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            EndStreaming();
            blocks = [.. _blocks];
        }
        _closed.Cancel();
        foreach (Block block in blocks)
            Remove(block);
    }

    // Under the gate.
    private bool TryRetire()
    {
        if (_onRetired is null || _isClosed || _blocks.Count > 0 || !_window.IsEmpty)
            return false;
        _isClosed = true;
        Volatile.Write(ref _isRetired, true);
        EndStreaming();
        return true;
    }

    // A stuck call keeps its memory: other blocks are filled from the store. What failed at a deadline that began before the READ came
    // has failed for others: this one has the time that is left to it.
    private bool MayAskAnew(Exception failure, Block awaited, long began) => failure switch
    {
        DiskStuckException or FetchForgottenException => true,
        ObjectStoreException { Failure: ObjectStoreFailure.Unavailable or ObjectStoreFailure.NoCredentials } => awaited.BeganAt < began && LeftSince(began) != TimeSpan.Zero,
        _ => false,
    };

    // Who asks anew does not get the whole deadline of the new fetch.
    private async Task WaitAsync(Block block, int needed, ObjectStoreException? joined, long began, CancellationToken cancellationToken)
    {
        if (joined is null || LeftSince(began) is not { } left)
        {
            await block.WaitAsync(needed, cancellationToken).ConfigureAwait(false);
            return;
        }
        using var source = new CancellationTokenSource(left, _fetcher.Clock.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(source.Token, cancellationToken);
        try
        {
            await block.WaitAsync(needed, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (source.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw joined;
        }
    }

    // What is left of the deadline, never below zero; null: there is none.
    private TimeSpan? LeftSince(long began)
    {
        TimeSpan deadline = _fetcher.Options.IoDeadline;
        if (deadline <= TimeSpan.Zero || deadline >= _longestTimer)
            return null;
        TimeSpan left = deadline - TimeSpan.FromTicks(_fetcher.Clock.Now - began);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task<List<Block>?> ReserveAndLeaseAsync(long offset, int length, long began, CancellationToken cancellationToken)
    {
        int part = EnterStream(offset, length);
        long reserved = 0;
        while (true)
        {
            long needed;
            List<Block>? leases = null;
            List<Block> started = [];
            List<Block>? ahead = null;
            bool closed;
            lock (_gate)
            {
                closed = _isClosed;
                needed = closed ? 0 : MissingCapacity(offset, offset + length, part);
                if (!closed && needed <= reserved)
                {
                    leases = CreateAndLease(offset, offset + length, part, started);
                    if (part > 0 && _window.TryFind(offset, length, out int stream))
                        StartAhead(ref _window[stream], ref ahead);
                    EndStreamsAtEnd();
                }
            }
            if (leases is not null)
            {
                if (reserved > needed)
                    _fetcher.Cache.Budget.Release(reserved - needed);
                Fetch(started, ahead: false);
                Fetch(ahead, ahead: true);
                return leases;
            }
            // Nobody waits for memory while holding some: what was reserved goes back first, and leases are taken after.
            if (reserved > 0)
                _fetcher.Cache.Budget.Release(reserved);
            reserved = 0;
            if (IsRetired)
                return null;
            ObjectDisposedException.ThrowIf(closed, this);
            if (!_fetcher.Cache.TryReserve(needed, evictUnread: true))
                await ReserveByDeadlineAsync(needed, began, cancellationToken).ConfigureAwait(false);
            reserved = needed;
        }
    }

    // The deadline is the READ's: what is reserved may turn out too little, and another turn gets what is left of the time.
    private async Task ReserveByDeadlineAsync(long bytes, long began, CancellationToken cancellationToken)
    {
        using var source = LeftSince(began) is { } left ? new CancellationTokenSource(left, _fetcher.Clock.TimeProvider) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(source.Token, cancellationToken);
        long since = _fetcher.Clock.Now;
        try
        {
            await _fetcher.Cache.ReserveAsync(bytes, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (source.IsCancellationRequested)
        {
            throw new TimeoutException($"no memory for a read of '{Key}' within {_fetcher.Options.IoDeadline.TotalSeconds:0} s: raise --memory, or read fewer files at once");
        }
        finally
        {
            _fetcher.Counters.CountMemoryWait(_fetcher.Clock.Now - since);
        }
    }

    private long MissingCapacity(long offset, long end, int part)
    {
        long capacity = 0;
        foreach ((long from, long to) in Gaps(offset, end, part))
            capacity += BlockPool.CapacityFor((int)(to - from));
        return capacity;
    }

    // The parts of a range that no block holds, the last one extended to the size of a part. Under the gate.
    private List<(long From, long To)> Gaps(long offset, long end, int part)
    {
        var gaps = new List<(long From, long To)>();
        bool isSmall = Version.Size <= ReadaheadWindow.SmallObject;
        int i = FirstAt(isSmall ? 0 : offset);
        if (isSmall)
            (offset, end) = (0, Version.Size);
        while (offset < end)
        {
            long nextBlock = i < _blocks.Count ? _blocks[i].Offset : Version.Size;
            if (nextBlock <= offset && i < _blocks.Count)
            {
                offset = _blocks[i++].End;
                continue;
            }
            long to = Math.Min(nextBlock, Math.Max(end, offset + part));
            gaps.Add((offset, Math.Min(to, Version.Size)));
            offset = to;
        }
        return gaps;
    }

    private List<Block> CreateAndLease(long offset, long end, int part, List<Block> started)
    {
        foreach ((long from, long to) in Gaps(offset, end, part))
            started.Add(Insert(from, (int)(to - from)));
        var leases = new List<Block>();
        for (int i = FirstAt(offset); i < _blocks.Count && _blocks[i].Offset < end; i++)
        {
            _blocks[i].AddReference();
            leases.Add(_blocks[i]);
        }
        return leases;
    }

    // Under the gate. One reference is the index's, one is the fetch's.
    private Block Insert(long offset, int length)
    {
        Block block = _fetcher.Cache.Create(this, offset, length);
        block.AddReference();
        block.IsIndexed = true;
        _blocks.Insert(FirstAt(offset), block);
        return block;
    }

    private void Fetch(List<Block>? blocks, bool ahead)
    {
        if (blocks is null)
            return;
        foreach (Block block in blocks)
            _ = _fetcher.FetchAsync(block, ahead, _closed.Token);
    }

    /// <summary>The first block that ends after an offset. Under the gate.</summary>
    private int FirstAt(long offset)
    {
        int low = 0, high = _blocks.Count;
        Span<Block> blocks = CollectionsMarshal.AsSpan(_blocks);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (blocks[middle].End <= offset)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
