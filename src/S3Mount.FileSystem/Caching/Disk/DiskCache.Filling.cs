using System.Collections.Concurrent;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>What is written.</summary>
public sealed partial class DiskCache
{
    // After a disk has failed or was full it is tried again.
    private static readonly TimeSpan _pauseAfterFailure = TimeSpan.FromSeconds(60);

    // A mount that ends waits so long for what is under way.
    private static readonly TimeSpan _longestEnd = TimeSpan.FromSeconds(5);

    private readonly BlockingCollection<WaitingBlock> _waiting;
    private readonly Thread _writer;
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CacheSegment? _active; // written by the writer alone
    private long _waitingBytes;
    private long _writtenBytes;
    private long _skippedBytes;
    private long _pausedUntil;
    private bool _hasFailed;
    private bool _isFull;
    private int _isClosing;

    /// <summary>Whether it is full of what is in use. What is fetched then is not kept.</summary>
    internal bool IsFull => Volatile.Read(ref _isFull);

    /// <summary>
    /// Keeps bytes of a block that the caller has a reference to; takes one of its own until they are written. Never waits.
    /// </summary>
    /// <param name="from">Where they begin in the block.</param>
    /// <returns>False: they are not kept.</returns>
    internal bool TryKeep(in CacheKey key, Block block, int from, int length)
    {
        bool isKept = false;
        if (IsFull)
            Miss(key, block.Offset + from, length);
        else if (_timeProvider.GetUtcNow().Ticks >= Interlocked.Read(ref _pausedUntil))
            isKept = TryEnqueue(new WaitingBlock(key, block, from, length));
        if (!isKept)
            Interlocked.Add(ref _skippedBytes, length);
        return isKept;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosing, 1) == 1)
            return;
        if (_upkeep is not null)
            await _upkeep.DisposeAsync().ConfigureAwait(false);
        _waiting.CompleteAdding();
        if (_writer.IsAlive)
        {
            Task ended = await Task.WhenAny(_written.Task, Task.Delay(_longestEnd, _timeProvider)).ConfigureAwait(false);
            if (ended != _written.Task)
                LogMessages.CacheStillWriting(_logger, _directory, (int)_longestEnd.TotalSeconds);
        }
        _readers.Dispose();
        foreach (CacheSegment segment in _index.ToArray())
            Forget(segment);
    }

    private bool TryEnqueue(WaitingBlock waiting)
    {
        if (Interlocked.Add(ref _waitingBytes, waiting.Length) <= _options.MaxWaiting)
        {
            waiting.Block.AddReference();
            try
            {
                _waiting.Add(waiting);
                return true;
            }
            catch (InvalidOperationException)
            {
                // The mount ends.
                waiting.Block.Release();
            }
        }
        Interlocked.Add(ref _waitingBytes, -waiting.Length);
        return false;
    }

    private void Miss(in CacheKey key, long offset, int length)
    {
        for (long granule = offset / CacheFormat.GranuleSize; granule * CacheFormat.GranuleSize < offset + length; granule++)
            _reuse.Missed(key.Granule(granule));
    }

    private void Write()
    {
        foreach (WaitingBlock waiting in _waiting.GetConsumingEnumerable())
        {
            try
            {
                _evictBefore = waiting.EvictBefore;
                Write(waiting);
            }
            catch (Exception e)
            {
                Pause(e);
            }
            finally
            {
                waiting.Written?.SetResult(Has(waiting.Key, waiting.Block.Offset + waiting.From, waiting.Length));
                waiting.Block.Release();
                if (waiting.Written is null)
                    Interlocked.Add(ref _waitingBytes, -waiting.Length);
            }
        }
        CompleteActive();
        _written.TrySetResult();
    }

    private void Write(in WaitingBlock waiting)
    {
        if (_timeProvider.GetUtcNow().Ticks < Interlocked.Read(ref _pausedUntil))
        {
            Interlocked.Add(ref _skippedBytes, waiting.Length);
            return;
        }
        long offset = waiting.Block.Offset + waiting.From;
        for (int done = 0; done < waiting.Length;)
        {
            (long granule, long start) = Math.DivRem(offset + done, CacheFormat.GranuleSize);
            int length = (int)Math.Min(CacheFormat.GranuleSize - start, waiting.Length - done);
            if (MissingFrom(waiting.Key, offset + done, length) > 0)
                Write(waiting.Key.Granule(granule), (int)start, waiting.Block.Memory.Slice(waiting.From + done, length));
            done += length;
        }
    }

    private void Write(in CacheKey granule, int start, ReadOnlyMemory<byte> bytes)
    {
        // Somebody has deleted its file.
        if (_active is { Number: 0 })
            _active = null;
        if (_active is not null && (_active.End + CacheFormat.RecordSize(bytes.Length) > SegmentSize || _active.Count == EntryIndex.MaxEntries))
            CompleteActive();
        if (_active is null && !TryBegin())
        {
            // What nobody has asked for says nothing of what is asked for again.
            if (_evictBefore == 0)
                _reuse.Missed(granule);
            Interlocked.Add(ref _skippedBytes, bytes.Length);
            return;
        }
        int entry = _active!.Append(granule, start, bytes);
        _index.Add(_active, entry);
        Interlocked.Add(ref _writtenBytes, bytes.Length);
        if (_hasFailed)
            LogMessages.CacheWritesAgain(_logger, _directory);
        _hasFailed = false;
    }

    private bool TryBegin()
    {
        if (!TryMakeRoom(SegmentSize, _evictBefore))
        {
            if (!IsFull)
                LogMessages.CacheFull(_logger, _directory, Interlocked.Read(ref _size) >> 20);
            Volatile.Write(ref _isFull, true);
            return false;
        }
        Volatile.Write(ref _isFull, false);
        CacheSegment segment = SegmentFiles.Create(_directory, _timeProvider.GetUtcNow().Ticks);
        if (!_index.TryAdd(segment))
            throw new IOException($"more than {EntryIndex.MaxSegments} files");
        Interlocked.Add(ref _size, SegmentSize);
        _active = segment;
        return true;
    }

    // Never throws: what cannot be completed is read for as long as the mount lives, and taken over by another.
    private void CompleteActive()
    {
        CacheSegment? segment = _active;
        _active = null;
        if (segment is null)
            return;
        try
        {
            SegmentFiles.Complete(segment);
            Interlocked.Add(ref _size, segment.SizeOnDisk - SegmentSize);
        }
        catch (Exception e)
        {
            Pause(e);
        }
    }

    private void Pause(Exception failure)
    {
        Interlocked.Exchange(ref _pausedUntil, (_timeProvider.GetUtcNow() + _pauseAfterFailure).Ticks);
        // The directory may be gone, and with it the file: the next record begins another.
        _active = null;
        if (_hasFailed)
            return;
        _hasFailed = true;
        LogMessages.CacheCannotWrite(_logger, _directory, failure.Message, (int)_pauseAfterFailure.TotalSeconds);
    }

    /// <param name="Written">Told whether it is on disk; null: nobody waits, and it counts among what may wait.</param>
    /// <param name="EvictBefore">What was last used before may go for it, besides what is idle.</param>
    private readonly record struct WaitingBlock(CacheKey Key, Block Block, int From, int Length, TaskCompletionSource<bool>? Written = null, long EvictBefore = 0);
}
