using System.Collections.Concurrent;
using S3Mount.FileSystem.Caching;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Reading;

/// <summary>
/// Fills blocks from the store and keeps count of what is fetched ahead, so that readahead never takes the connections or the
/// memory that readers who wait need. Any thread.
/// </summary>
internal sealed class BlockFetcher : IDisposable
{
    /// <summary>
    /// A trainer that decodes and trains on what it has read comes back within seconds; ten of them are two hundred round
    /// trips, and what is dropped by mistake costs one.
    /// </summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ObjectReader, byte> _streaming = new();
    private readonly ITimer _sweep;
    private readonly IObjectStore _store;
    private readonly CancellationToken _stopping;
    private readonly int _maxAhead;
    private int _ahead;
    private int _streamingCount;

    /// <param name="stopping">Trips when the mount ends.</param>
    public BlockFetcher(IObjectStore store, BlockCache cache, MountClock clock, ObjectFileSystemOptions options, CancellationToken stopping)
    {
        _store = store;
        _stopping = stopping;
        Cache = cache;
        Clock = clock;
        Options = options;
        // A quarter of the connections is left to those who wait.
        _maxAhead = Math.Max(1, options.MaxConnections * 3 / 4);
        _sweep = clock.TimeProvider.CreateTimer(static state => ((BlockFetcher)state!).DropSilent(), this, SilentAfter / 2, SilentAfter / 2);
    }

    public BlockCache Cache { get; }

    public MountClock Clock { get; }

    public ObjectFileSystemOptions Options { get; }

    /// <summary>What one reader's window may take: its share of the half of the budget that readahead has.</summary>
    public long WindowShare => Cache.Budget.Limit / 2 / Math.Max(1, Volatile.Read(ref _streamingCount));

    public void StreamingBegan(ObjectReader reader)
    {
        if (_streaming.TryAdd(reader, 0))
            Interlocked.Increment(ref _streamingCount);
    }

    public void StreamingEnded(ObjectReader reader)
    {
        if (_streaming.TryRemove(reader, out _))
            Interlocked.Decrement(ref _streamingCount);
    }

    /// <summary>Streams that have been silent for a while give back what was fetched for them, and the system what nobody uses.</summary>
    public void DropSilent()
    {
        long moment = Clock.Now - SilentAfter.Ticks;
        foreach ((ObjectReader reader, _) in _streaming)
            reader.DropIfSilent(moment);
        Cache.Trim();
    }

    public void Dispose() => _sweep.Dispose();

    /// <summary>A place among the fetches ahead; given back by <see cref="FetchAsync"/>.</summary>
    public bool TryEnterAhead()
    {
        if (Interlocked.Increment(ref _ahead) <= _maxAhead)
            return true;
        LeaveAhead();
        return false;
    }

    public void LeaveAhead() => Interlocked.Decrement(ref _ahead);

    /// <summary>
    /// Fills a block and tells the cache, or takes it out of its reader's index and tells those who wait why. Never throws.
    /// The caller has taken a reference for it.
    /// </summary>
    public async Task FetchAsync(Block block, bool ahead, CancellationToken readerClosed)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping, readerClosed);
            await _store.ReadRangeAsync(block.Reader.Key, block.Reader.Version, block.Offset, block.Memory, block, either.Token).ConfigureAwait(false);
            block.Advance(block.Length);
            Cache.OnFetched(block);
        }
        catch (Exception failure)
        {
            block.Reader.Remove(block);
            block.Fail(failure);
        }
        finally
        {
            if (ahead)
                LeaveAhead();
            block.Release();
            Cache.OnReleased();
        }
    }
}
