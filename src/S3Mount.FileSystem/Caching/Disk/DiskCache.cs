using Microsoft.Extensions.Logging;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// Keeps what was fetched on a local disk, across restarts and for all mounts of the machine that name the same directory.
/// <para>
/// <b>Never a wrong byte.</b> A record names store, bucket, key, ETag and size by a hash, and every read of it is checked. What is
/// wrong is deleted, counted, and fetched again: a reader never notices.
/// </para>
/// <para>
/// <b>Never in the way.</b> A thread of its own writes; what it cannot keep up with is not kept. Whatever happens to the disk or
/// the directory is said once, and readers go on with the store. Any thread.
/// </para>
/// </summary>
public sealed partial class DiskCache : IAsyncDisposable
{
    private readonly DiskCacheOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly string _directory;
    private readonly EntryIndex _index = new();
    private readonly ReuseClock _reuse;
    private readonly DiskReaders _readers;
    private ITimer? _upkeep;
    private long _hitBytes;
    private long _missBytes;
    private long _badRecords;

    /// <summary>Nothing is read or written before <see cref="Load"/>.</summary>
    public DiskCache(DiskCacheOptions options, TimeProvider timeProvider, ILogger logger)
    {
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _directory = Path.Combine(options.Directory, "blocks");
        _reuse = new ReuseClock(timeProvider);
        _readers = new DiskReaders(timeProvider, options.MaxReading, OnSilence);
        _writer = new Thread(Write) { IsBackground = true, Name = "s3mount-cache" };
    }

    /// <summary>Bytes that readers got from it.</summary>
    public long HitBytes => Interlocked.Read(ref _hitBytes);

    public DiskCacheStatistics Statistics
    {
        get
        {
            CacheSegment[] segments = _index.ToArray();
            (int calls, long bytes) = _readers.Stuck;
            return new DiskCacheStatistics
            {
                HitBytes = HitBytes,
                MissBytes = Interlocked.Read(ref _missBytes),
                WrittenBytes = Interlocked.Read(ref _writtenBytes),
                SkippedBytes = Interlocked.Read(ref _skippedBytes),
                EvictedBytes = Interlocked.Read(ref _evictedBytes),
                BadRecords = Interlocked.Read(ref _badRecords),
                Size = Interlocked.Read(ref _size),
                Limit = Interlocked.Read(ref _limit),
                IsFull = IsFull,
                StuckCalls = calls,
                StuckBytes = bytes,
                IsSilent = IsSilent,
                Records = segments.Sum(segment => (long)segment.Count),
                Segments = segments.Length,
            };
        }
    }

    /// <summary>What times of use are told by.</summary>
    internal DateTimeOffset Now => _timeProvider.GetUtcNow();

    /// <summary>What objects of this cache's store are named by.</summary>

    /// <summary>Whether the disk hangs: nothing is asked of it until a call comes back.</summary>
    internal bool IsSilent => _readers.IsSilent;

    /// <summary>Begins to look for what earlier mounts and others have left, and to keep. What is wrong is said in the log.</summary>
    public void Load()
    {
        // Until the look has found or made the directory.
        _isUnusable = true;
        BeginLook(Look);
        _writer.Start();
        _upkeep = _timeProvider.CreateTimer(static state => ((DiskCache)state!).Upkeep(), this, _upkeepEvery, _upkeepEvery);
    }

    /// <summary>Completes when what was there is known, or the disk has taken too long for that: then it goes on behind the readers.</summary>
    /// <exception cref="OperationCanceledException"/>
    public async Task WaitForLoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await _look.WaitAsync(_longestLoad, _timeProvider, cancellationToken).ConfigureAwait(false) != DiskCall.NoAnswer)
                return;
        }
        catch (TimeoutException)
        {
            // A disk that is slow, or that hangs.
        }
        LogMessages.CacheLoadsBehind(_logger, _directory, (int)_longestLoad.TotalSeconds);
    }

    /// <summary>Whether every byte of a range is there. Nothing is read or checked.</summary>
    internal bool Has(in CacheKey key, long offset, long length)
    {
        for (long end = offset + length; offset < end;)
        {
            if (!TryFind(key, offset, out CacheSegment segment, out int entry, out _))
                return false;
            offset += segment[entry].End - (offset % CacheFormat.GranuleSize);
        }
        return true;
    }

    /// <summary>How many bytes from an offset on are missing before the next that are there; 0: those at the offset are there.</summary>
    internal int MissingFrom(in CacheKey key, long offset, int length)
    {
        int missing = 0;
        while (missing < length && !TryFind(key, offset + missing, out _, out _, out int next))
            missing += next - (int)((offset + missing) % CacheFormat.GranuleSize);
        return Math.Min(missing, length);
    }

    /// <summary>
    /// Begins to read into a block, up to its end, as much as is there, on a thread that may block. The caller has a reference to the
    /// block, and calls <see cref="DiskStuckException.ThrowIfStuck"/> before it uses the block again.
    /// </summary>
    /// <returns>Null: nothing is there. It is told how many bytes are valid: after fewer than were asked for the next are missing.</returns>
    internal BlockRead? BeginRead(in CacheKey key, Block block, int from)
    {
        if (IsSilent || MissingFrom(key, block.Offset + from, 1) > 0)
            return null;
        var read = new BlockRead(this, key, block, from);
        _ = _readers.RunAsync(read);
        return read;
    }

    /// <summary>Bytes have been asked for, so many of which were there.</summary>
    internal void Count(in CacheKey key, long offset, int length, int hits)
    {
        Interlocked.Add(ref _hitBytes, hits);
        Interlocked.Add(ref _missBytes, length - hits);
        for (long end = offset + length; offset < end;)
        {
            (long granule, long start) = Math.DivRem(offset, CacheFormat.GranuleSize);
            int part = (int)Math.Min(CacheFormat.GranuleSize - start, end - offset);
            _reuse.Ask(key.Granule(granule), (int)start, part);
            offset += part;
        }
    }

    /// <summary>For <see cref="BlockRead"/>. Blocks.</summary>
    internal int Read(BlockRead call, in CacheKey key, long offset, Memory<byte> destination)
    {
        int done = 0;
        long now = _timeProvider.GetUtcNow().Ticks, asked = _reuse.Asked;
        while (done < destination.Length && TryFind(key, offset + done, out CacheSegment segment, out int entry, out _))
        {
            call.Since = _timeProvider.GetTimestamp();
            _options.BeforeDisk?.Invoke(DiskUse.Read);
            int from = (int)((offset + done) % CacheFormat.GranuleSize);
            int length = Math.Min(segment[entry].End - from, destination.Length - done);
            if (segment.TryRead(entry, from, destination.Slice(done, length)))
            {
                segment.Use(now, asked);
                done += length;
            }
            else
            {
                Discard(segment, entry);
            }
        }
        return done;
    }

    private bool TryFind(in CacheKey key, long offset, out CacheSegment segment, out int entry, out int next)
    {
        (long granule, long at) = Math.DivRem(offset, CacheFormat.GranuleSize);
        if (Volatile.Read(ref _isClosing) == 1)
        {
            // Nobody could read it any more.
            (segment, entry, next) = (null!, -1, CacheFormat.GranuleSize);
            return false;
        }
        return _index.TryFind(key.Granule(granule), (int)at, out segment, out entry, out next);
    }

    private void Discard(CacheSegment segment, int entry)
    {
        // Another reader was first, or the segment has been let go while it was read.
        if (!_index.Remove(segment, entry))
            return;
        // A segment that somebody has deleted is gone as a whole, and that is not this record's fault.
        if (!File.Exists(segment.Path))
        {
            Forget(segment);
            return;
        }
        // Said when it was found wrong, perhaps by another process.
        if (segment.IsSpoiled(entry))
            return;
        Interlocked.Increment(ref _badRecords);
        if (segment.TakeBlame())
            LogMessages.BadRecord(_logger, segment.Path, segment[entry].Position);
        try
        {
            segment.Spoil(entry);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // It is found wrong again by whoever opens the segment next.
            LogMessages.BadRecordStays(_logger, segment.Path, e.Message);
        }
    }

    private void Forget(CacheSegment segment)
    {
        _index.Remove(segment);
        segment.Dispose();
    }

    private void OnSilence(bool isSilent)
    {
        if (isSilent)
            LogMessages.CacheSilent(_logger, _directory, (int)DiskReaders.Deadline.TotalSeconds);
        else
            LogMessages.CacheAnswers(_logger, _directory);
    }
}
