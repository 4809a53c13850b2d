using System.Collections.Concurrent;
using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Warming;
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

    // Not measured: an idle mount is to be small, and what is not read within a minute can as well be read from the disk, 0.3 ms later.
    private static readonly TimeSpan _retainedFor = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<ObjectReader, byte> _watched = new();
    private readonly ConcurrentDictionary<RunningFetch, byte> _running = new();
    private readonly ITimer _sweep;
    private readonly IObjectStore _store;
    private readonly DiskCache? _disk;
    private readonly CancellationToken _stopping;
    private readonly int _maxAhead;
    private readonly PartPace _pace;
    private int _ahead;
    private int _streaming;

    /// <param name="stopping">Trips when the mount ends.</param>
    public BlockFetcher(IObjectStore store, BlockCache cache, MountClock clock, ObjectFileSystemOptions options, CancellationToken stopping)
    {
        _store = store;
        _disk = options.DiskCache;
        _stopping = stopping;
        Cache = cache;
        Warming = new WarmingBlocks(cache);
        Clock = clock;
        Options = options;
        // A quarter of the connections is left to those who wait.
        _maxAhead = Math.Max(1, options.MaxConnections * 3 / 4);
        Slots = new FetchSlots(options.MaxConnections);
        _pace = new PartPace(Environment.ProcessorCount, _maxAhead);
        _sweep = clock.TimeProvider.CreateTimer(static state => ((BlockFetcher)state!).DropSilent(), this, SilentAfter / 2, SilentAfter / 2);
    }

    public BlockCache Cache { get; }

    public MountClock Clock { get; }

    public ObjectFileSystemOptions Options { get; }

    public StreamTrust Trust { get; } = new();

    /// <summary>What readers got, and waited for.</summary>
    public ReadCounters Counters { get; } = new();

    /// <summary>What readers leave of the connections.</summary>
    public FetchSlots Slots { get; }

    /// <summary>What is being fetched for the disk cache, or has just been.</summary>
    public WarmingBlocks Warming { get; }

    /// <summary>What one reader's window may take: its share of the half of the budget that readahead has.</summary>
    public long WindowShare => Cache.Budget.Limit / 2 / Math.Max(1, Cache.Streaming);

    /// <summary>
    /// How many parts one reader may have under way ahead: its share of those that are of use. Two at least, or each would wait for
    /// the first byte of the next.
    /// </summary>
    public int PartsShare => Math.Max(2, _pace.UsefulParts / Math.Max(1, Volatile.Read(ref _streaming)));

    public void StreamingBegan()
    {
        Interlocked.Increment(ref _streaming);
        Cache.StreamingBegan();
    }

    public void StreamingEnded()
    {
        Interlocked.Decrement(ref _streaming);
        Cache.StreamingEnded();
    }

    /// <summary>From now on the reader is looked at by <see cref="DropSilent"/>.</summary>
    public void Watch(ObjectReader reader) => _watched.TryAdd(reader, 0);

    public void Unwatch(ObjectReader reader) => _watched.TryRemove(reader, out _);

    /// <param name="prefix">Left out of the keys.</param>
    /// <param name="most">How many keys are named.</param>
    public FilesBeingRead BeingRead(string prefix, int most)
    {
        var readers = new HashSet<ObjectReader>(_watched.Keys);
        foreach ((RunningFetch fetch, _) in _running)
        {
            if (fetch.IsWanted)
                readers.Add(fetch.Reader);
        }
        return new FilesBeingRead(readers.Count, [.. readers.Select(reader => reader.Key.ToString()).Order(StringComparer.Ordinal).Take(most).Select(key => key.StartsWith(prefix, StringComparison.Ordinal) ? key[prefix.Length..] : key)]);
    }

    /// <summary>Streams that have been silent for a while give back what was fetched for them, and the system what nobody uses.</summary>
    public void DropSilent()
    {
        long moment = Clock.Now - SilentAfter.Ticks;
        foreach ((ObjectReader reader, _) in _watched)
            reader.DropIfSilent(moment);
        foreach ((RunningFetch fetch, _) in _running)
            fetch.EndIfForgotten(Clock.Now, SilentAfter);
        Warming.DropOlder(Clock.Now - _retainedFor.Ticks);
        // What several share is trimmed by whoever has it.
        if (Options.Caches is null)
            Cache.Trim();
    }

    public void Dispose()
    {
        _sweep.Dispose();
        Warming.DropOlder(long.MaxValue);
        Cache.RemoveSpare(Warming);
    }

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
        Exception? failure = null;
        block.BeganAt = Clock.Now;
        var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping, readerClosed);
        CancellationToken ended = either.Token;
        using var running = new RunningFetch(block, either, block.BeganAt);
        _running.TryAdd(running, 0);
        try
        {
            await FillAsync(block, ended).ConfigureAwait(false);
            // What took several tries says nothing of how fast a connection is.
            if (!block.WasRetried)
                _pace.Measured(block.Length, TimeSpan.FromTicks(Clock.Now - block.BeganAt));
            block.Advance(block.Length);
            Cache.OnFetched(block);
        }
        catch (Exception exception)
        {
            failure = exception is OperationCanceledException && running.IsForgotten ? new FetchForgottenException() : exception;
            // Before whoever waits asks again.
            if (exception is DiskStuckException stuck)
                block.Reader.AvoidDisk(stuck.Read);
            block.Reader.Remove(block);
        }
        _running.TryRemove(running, out _);
        if (ahead)
        {
            block.Reader.EndAhead();
            LeaveAhead();
        }
        block.Release();
        Cache.OnReleased();
        // Last: whoever waited goes on here, and finds the memory given back.
        if (failure is not null)
            block.Fail(failure);
    }

    private ValueTask FillAsync(Block block, CancellationToken cancellationToken) => _disk is { } disk && block.Reader.Version.IsPinned
        ? FillByDiskAsync(disk, block, cancellationToken)
        : ReadStoreAsync(block, 0, block.Length, cancellationToken);

    private async ValueTask ReadStoreAsync(Block block, int from, int length, CancellationToken cancellationToken)
    {
        IReadProgress progress = from == 0 ? block : new PartProgress(block, from);
        Slots.ReaderBegan();
        try
        {
            await _store.ReadRangeAsync(block.Reader.Key, block.Reader.Version, block.Offset + from, block.Memory.Slice(from, length), progress, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            Slots.ReaderEnded();
        }
    }

    // What is on disk comes from there, what is missing between from the store.
    private async ValueTask FillByDiskAsync(DiskCache disk, Block block, CancellationToken cancellationToken)
    {
        CacheKey key = CacheKey.Of(Options.DiskCacheStore, block.Reader.Key, block.Reader.Version);
        int done = 0, hits = 0;
        while (done < block.Length)
        {
            int taken = Warming.Take(key, block, done);
            if (taken > 0)
            {
                disk.Touch(key, block.Offset + done, taken);
                hits += taken;
                done += taken;
                if (done < block.Length)
                    block.Advance(done);
                continue;
            }
            bool answers = !block.Reader.AvoidsDisk && !disk.IsSilent;
            if (answers && disk.BeginRead(key, block, done) is { } begun)
            {
                long since = Clock.Now;
                int read = await begun.Task.ConfigureAwait(false);
                Counters.CountDiskWait(Clock.Now - since);
                DiskStuckException.ThrowIfStuck(begun);
                answers = read != DiskCall.NoAnswer;
                hits += Math.Max(read, 0);
                done += Math.Max(read, 0);
                if (read > 0 && done < block.Length)
                    block.Advance(done);
            }
            cancellationToken.ThrowIfCancellationRequested();
            if (!answers)
            {
                await ReadStoreAsync(block, done, block.Length - done, cancellationToken).ConfigureAwait(false);
                break;
            }
            int missing = disk.MissingFrom(key, block.Offset + done, block.Length - done);
            if (missing == 0)
                continue;
            int shared = await TakeWarmingAsync(key, block, done, missing, cancellationToken).ConfigureAwait(false);
            if (shared == 0)
            {
                // It may have arrived on disk between the two looks.
                if (disk.MissingFrom(key, block.Offset + done, 1) == 0)
                    continue;
                await ReadStoreAsync(block, done, missing, cancellationToken).ConfigureAwait(false);
                disk.TryKeep(key, block, done, missing);
            }
            done += shared == 0 ? missing : shared;
        }
        disk.Count(key, block.Offset, block.Length, hits);
    }

    // What is already on its way to the disk cache is not asked for again, unless much would come before it.
    private async ValueTask<int> TakeWarmingAsync(CacheKey key, Block block, int from, int length, CancellationToken cancellationToken)
    {
        if (Warming.TryLease(key, block.Offset + from) is not { } source)
            return 0;
        try
        {
            int start = (int)(block.Offset + from - source.Offset);
            int taken = Math.Min(length, source.Length - start);
            if (start - source.Filled > ReadaheadWindow.MinPart)
                return 0;
            await source.WaitAsync(start + taken, cancellationToken).ConfigureAwait(false);
            source.Memory.Span.Slice(start, taken).CopyTo(block.Memory.Span[from..]);
            block.Advance(from + taken);
            return taken;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // That fetch has failed or was stopped. This one has its own chance, and its own failure.
            return 0;
        }
        finally
        {
            source.Release();
        }
    }

    /// <summary>The progress of a part of a block, as the block's.</summary>
    private sealed class PartProgress(Block block, int offset) : IReadProgress
    {
        public bool IsWanted => block.IsWanted;

        public void Advance(int filled) => block.Advance(offset + filled);

        public void Retried() => block.Retried();
    }
}
