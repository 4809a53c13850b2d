using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Reading;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Warming;

/// <summary>
/// Fetches parts of objects into the disk cache, behind all readers: with the connections and the memory that these leave over.
/// Any thread.
/// </summary>
internal sealed class WarmFetcher
{
    private readonly IObjectStore _store;
    private readonly BlockFetcher _fetcher;
    private readonly WarmMemory _memory;
    private long _underWay; // bytes that are not on disk yet

    /// <param name="memory">Of all who bring objects near for the same mount.</param>
    public WarmFetcher(IObjectStore store, BlockFetcher fetcher, DiskCache disk, WarmMemory memory)
    {
        _store = store;
        _fetcher = fetcher;
        Disk = disk;
        _memory = memory;
        // As many parts at once as there are connections, if they are not too small: whole granules, so that each is written once.
        long share = _memory.Limit / Math.Max(1, fetcher.Options.MaxConnections) / CacheFormat.GranuleSize * CacheFormat.GranuleSize;
        PartSize = (int)Math.Clamp(share, CacheFormat.GranuleSize, ReadaheadWindow.MaxPart);
    }

    public DiskCache Disk { get; }

    /// <summary>What the cache knows an object by.</summary>
    public CacheKey NameOf(in WarmObject wanted) => CacheKey.Of(_fetcher.Options.DiskCacheStore, wanted.Key, wanted.Version);

    /// <summary>A multiple of <see cref="CacheFormat.GranuleSize"/>.</summary>
    public int PartSize { get; }

    /// <summary>Whether there is room for so many bytes more; see <see cref="DiskCache.PrepareAsync"/>.</summary>
    public ValueTask<KeepState> PrepareAsync(long evictBefore, long bytes) => Disk.PrepareAsync(evictBefore, Interlocked.Read(ref _underWay) + bytes);

    /// <summary>Waits for memory and a connection, and begins: the file is told when the part is on disk.</summary>
    /// <param name="length">At most <see cref="PartSize"/>.</param>
    /// <exception cref="OperationCanceledException"/>
    public async Task StartAsync(WarmFile file, long offset, int length, CancellationToken cancellationToken)
    {
        if (TryFollow(file, offset, length, cancellationToken))
            return;
        int capacity = BlockPool.CapacityFor(length);
        await _memory.ReserveAsync(capacity, cancellationToken).ConfigureAwait(false);
        try
        {
            await _fetcher.Slots.EnterAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            GiveBack(capacity);
            throw;
        }
        Begin(file, _fetcher.Cache.Create(file.Reader, offset, length), cancellationToken);
    }

    // One of several jobs begins: it is shown to the others first, and what one has fetched is on disk before it is shown no more.
    private void Begin(WarmFile file, Block block, CancellationToken cancellationToken)
    {
        bool isShown = _fetcher.Warming.TryAdd(file.Name, block);
        bool isPresent = Disk.Has(file.Name, block.Offset, block.Length);
        if (!isPresent && (isShown || !TryFollow(file, block.Offset, block.Length, cancellationToken)))
        {
            file.BeginPart();
            Interlocked.Add(ref _underWay, block.Length);
            _ = FetchAsync(file, block, isShown, cancellationToken);
            return;
        }
        if (isShown)
            _fetcher.Warming.Remove(file.Name, block);
        // Whoever has found it meanwhile asks for itself.
        block.Fail(new OperationCanceledException());
        int length = block.Length;
        _fetcher.Slots.Leave();
        _memory.Return(block.Capacity);
        block.GiveBack();
        if (isPresent)
            file.FindPart(length);
    }

    private void GiveBack(int capacity)
    {
        _fetcher.Cache.Budget.Release(capacity);
        _memory.Return(capacity);
    }

    // What another job is fetching is not asked for twice.
    private bool TryFollow(WarmFile file, long offset, int length, CancellationToken cancellationToken)
    {
        if (_fetcher.Warming.TryLease(file.Name, offset) is not { } other)
            return false;
        if (other.Offset == offset && other.Length == length)
        {
            file.BeginPart();
            _ = FollowAsync(file, other, cancellationToken);
            return true;
        }
        other.GiveBack();
        return false;
    }

    // Never throws. It has a reference to the block.
    private async Task FollowAsync(WarmFile file, Block block, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        bool isKept = false;
        try
        {
            await block.WaitAsync(block.Length, cancellationToken).ConfigureAwait(false);
            // What the other one has given to be written is not written again.
            isKept = await KeepAsync(file, block, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
        }
        block.GiveBack();
        if (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            await TakeOverAsync(file, block.Offset, block.Length, cancellationToken).ConfigureAwait(false);
        else
            file.EndPart(block.Length, isKept, failure);
    }

    // The other job was stopped.
    private async Task TakeOverAsync(WarmFile file, long offset, int length, CancellationToken cancellationToken)
    {
        try
        {
            await StartAsync(file, offset, length, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            file.Stop(e);
        }
        file.EndParts();
    }

    // Never throws. The block has the memory, and one reference.
    private async Task FetchAsync(WarmFile file, Block block, bool isShown, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        bool isKept = false;
        try
        {
            await ReadAsync(file, block, cancellationToken).ConfigureAwait(false);
            isKept = await KeepAsync(file, block, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
        }
        Interlocked.Add(ref _underWay, -block.Length);
        bool isRetained = isShown && isKept && file.Job.IsBesideReaders && _fetcher.Warming.TryRetain(file.Name, block, _fetcher.Clock.Now);
        if (isShown && !isRetained)
            _fetcher.Warming.Remove(file.Name, block);
        // Whoever reads it meanwhile asks for itself.
        if (failure is not null)
            block.Fail(failure);
        if (!isRetained)
            block.Release();
        _memory.Return(block.Capacity);
        _fetcher.Cache.OnReleased();
        file.EndPart(block.Length, isKept, failure);
    }

    private async Task<bool> KeepAsync(WarmFile file, Block block, CancellationToken cancellationToken)
    {
        long evictBefore = file.Job.EvictBefore;
        if (await Disk.KeepAsync(file.Name, block, evictBefore).WaitAsync(cancellationToken).ConfigureAwait(false))
            return true;
        // It has become full just now, and what is wanted of it was not known.
        if (evictBefore > 0 || !Disk.IsFull)
            return false;
        await file.Job.MarkAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return await Disk.KeepAsync(file.Name, block, file.Job.EvictBefore).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadAsync(WarmFile file, Block block, CancellationToken cancellationToken)
    {
        try
        {
            await _store.ReadRangeAsync(file.Reader.Key, file.Reader.Version, block.Offset, block.Memory, new PartProgress(block), cancellationToken).ConfigureAwait(false);
            block.Advance(block.Length);
        }
        finally
        {
            _fetcher.Slots.Leave();
        }
    }

    /// <summary>A part is waited for once a reader has found it under way.</summary>
    private sealed class PartProgress(Block block) : IReadProgress
    {
        public bool IsWanted => block.IsInUse;

        public void Advance(int filled) => block.Advance(filled);
    }
}
