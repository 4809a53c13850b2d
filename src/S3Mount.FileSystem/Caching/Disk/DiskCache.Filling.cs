namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>What is written.</summary>
public sealed partial class DiskCache
{
    // After a disk has failed or was full it is tried again.
    private static readonly TimeSpan _pauseAfterFailure = TimeSpan.FromSeconds(60);

    // A mount that ends waits so long for what is under way.
    private static readonly TimeSpan _longestEnd = TimeSpan.FromSeconds(5);

    // As long as the kernel waits for a command to a disk (SD_TIMEOUT, drivers/scsi/sd.h, v6.18): a disk that is behind holds a
    // write for seconds, and nobody reads what waits here.
    private static readonly TimeSpan _longestWrite = TimeSpan.FromSeconds(30);

    // A segment that nothing comes to any more is completed when it is not too small: each is an open file in every process.
    private const int QuietShare = 16;
    private const long SmallestQuiet = 1 << 20;

    private readonly WriteQueue _waiting = new();
    private readonly Thread _writer;
    // Names of one process are neighbours: of what two have written the same one of them keeps all.
    private readonly ulong _names = (ulong)Random.Shared.Next() << 32;
    private uint _begun; // for the writer alone; segments
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CacheSegment? _active; // written by the writer alone
    // As the last look found it; for the one that looks.
    private CacheSegment? _seen;
    private long _seenEnd;
    private long _waitingBytes;
    private long _writtenBytes;
    private long _skippedBytes;
    private long _pausedUntil;
    private long _writingSince; // a timestamp; 0: nothing is being written
    private WaitingBlock[] _writing = [];
    private volatile bool _isWriterStuck;
    private volatile bool _hasFailed;
    private bool _isFull;
    private int _isClosing;

    /// <summary>Whether it is full of what is in use. What is fetched then is not kept.</summary>
    internal bool IsFull => Volatile.Read(ref _isFull);

    /// <summary>Bytes that wait to be written.</summary>
    internal long WaitingBytes => Interlocked.Read(ref _waitingBytes);

    /// <summary>Completes when the mount has ended and nothing more is written.</summary>
    internal Task Written => _written.Task;

    private bool IsPaused => _isWriterStuck || IsSilent || _timeProvider.GetTimestamp() < Interlocked.Read(ref _pausedUntil);

    /// <summary>
    /// Keeps bytes of a block that the caller has a reference to; takes one of its own until they are written. Never waits.
    /// </summary>
    /// <param name="from">Where they begin in the block.</param>
    /// <returns>False: they are not kept.</returns>
    internal bool TryKeep(in CacheKey key, Block block, int from, int length)
    {
        bool isKept = !IsFull && !IsPaused && !_isUnusable && TryEnqueue(new WaitingBlock(key, block, from, length));
        if (!isKept)
            Interlocked.Add(ref _skippedBytes, length);
        return isKept;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosing, 1) == 1)
            return;
        _waiting.End();
        if (_upkeep is not null)
            await _upkeep.DisposeAsync().ConfigureAwait(false);
        // On a disk that does not answer a look may be under way, and to close a file is to wait for what was written to it.
        Task ended = Task.WhenAll(_look, _writer.IsAlive ? _written.Task : Task.CompletedTask);
        if (await Task.WhenAny(ended, Task.Delay(_longestEnd, _timeProvider)).ConfigureAwait(false) != ended)
            LogMessages.CacheStillWriting(_logger, _directory, (int)_longestEnd.TotalSeconds);
        // It was never loaded.
        if (!_writer.IsAlive)
            GiveUpWaiting();
        await _readers.RunAsync(new DiskJob(ForgetAll)).ConfigureAwait(false);
        _readers.Dispose();
    }

    /// <summary>Completes the segment that is written if nothing has come for a while, so that other processes see it.</summary>
    private void CompleteIfQuiet()
    {
        CacheSegment? active = _active;
        bool isQuiet = active is not null && active == _seen && active.End == _seenEnd;
        if (isQuiet && active!.End >= Math.Max(SegmentSize / QuietShare, Math.Min(SmallestQuiet, SegmentSize / 2)))
            TryEnqueue(new WaitingBlock(default, null, 0, 0));
        (_seen, _seenEnd) = (active, active?.End ?? 0);
    }

    private bool TryEnqueue(WaitingBlock waiting)
    {
        if (Interlocked.Add(ref _waitingBytes, waiting.Length) <= _options.MaxWaiting)
        {
            waiting.Block?.AddReference();
            if (_waiting.TryAdd(waiting))
                return true;
            // The mount ends.
            waiting.Block?.Release();
        }
        Interlocked.Add(ref _waitingBytes, -waiting.Length);
        return false;
    }

    // A disk that takes nothing keeps the blocks that are being written, and no others.
    private void WatchWriter()
    {
        long since = Interlocked.Read(ref _writingSince);
        if (since == 0 || _timeProvider.GetElapsedTime(since) < _longestWrite)
            return;
        if (!_isWriterStuck)
        {
            _isWriterStuck = true;
            SayThatItFails($"its disk has not answered for {(int)_longestWrite.TotalSeconds} s");
        }
        foreach (WaitingBlock waiting in Volatile.Read(ref _writing))
            waiting.Written?.TrySetResult(false);
        GiveUpWaiting();
    }

    private void GiveUpWaiting()
    {
        while (_waiting.TryTake(out WaitingBlock waiting))
        {
            waiting.Block?.GiveBack();
            if (waiting.Written is { } written)
                written.SetResult(false);
            else
                Interlocked.Add(ref _waitingBytes, -waiting.Length);
        }
    }

    private int ForgetAll(DiskCall call)
    {
        foreach (CacheSegment segment in _index.ToArray())
        {
            call.Since = _timeProvider.GetTimestamp();
            Forget(segment);
        }
        return 0;
    }

    private void Write()
    {
        var batch = new List<WaitingBlock>();
        while (_waiting.Take(batch))
        {
            Volatile.Write(ref _writing, [.. batch]);
            Interlocked.Exchange(ref _writingSince, Math.Max(1, _timeProvider.GetTimestamp()));
            try
            {
                foreach (WaitingBlock waiting in batch)
                    Stage(waiting);
                Flush();
            }
            catch (Exception e)
            {
                Pause(e);
            }
            Interlocked.Exchange(ref _writingSince, 0);
            _isWriterStuck = false;
            foreach (WaitingBlock waiting in batch)
                EndWaiting(waiting);
            batch.Clear();
        }
        CompleteActive();
        _written.TrySetResult();
    }

    private void EndWaiting(in WaitingBlock waiting)
    {
        waiting.Block?.GiveBack();
        if (waiting.Written is { } written)
            written.TrySetResult(Has(waiting.Key, waiting.Block!.Offset + waiting.From, waiting.Length));
        else
            Interlocked.Add(ref _waitingBytes, -waiting.Length);
    }

    private void Stage(in WaitingBlock waiting)
    {
        _options.BeforeDisk?.Invoke(DiskUse.Write);
        _evictBefore = waiting.EvictBefore;
        if (waiting.Block is not { } block)
        {
            CompleteActive();
            return;
        }
        if (IsPaused)
        {
            Interlocked.Add(ref _skippedBytes, waiting.Length);
            return;
        }
        long offset = block.Offset + waiting.From;
        for (int done = 0; done < waiting.Length;)
        {
            (long granule, long start) = Math.DivRem(offset + done, CacheFormat.GranuleSize);
            int length = (int)Math.Min(CacheFormat.GranuleSize - start, waiting.Length - done);
            CacheKey name = waiting.Key.Granule(granule);
            // What the same batch brings twice is written once.
            if (_active is not null && _active.HasStaged(name))
                Flush();
            if (MissingFrom(waiting.Key, offset + done, length) > 0)
                Stage(name, (int)start, block.Memory.Slice(waiting.From + done, length));
            done += length;
        }
    }

    private void Stage(in CacheKey granule, int start, ReadOnlyMemory<byte> bytes)
    {
        // Somebody has deleted its file.
        if (_active is { Number: 0 } deleted)
        {
            deleted.EndWriting();
            _active = null;
        }
        if (_active is not null && (_active.StagedEnd + CacheFormat.RecordSize(bytes.Length) > SegmentSize || _active.StagedCount == EntryIndex.MaxEntries))
            CompleteActive();
        if (_active is null && !TryBegin())
        {
            Interlocked.Add(ref _skippedBytes, bytes.Length);
            return;
        }
        if (!_active!.CanStage(bytes.Length))
            Flush();
        _active.Stage(granule, start, bytes);
    }

    private void Flush()
    {
        if (_active is not { } active || active.StagedCount == active.Count)
            return;
        for (int entry = active.Flush(); entry < active.Count; entry++)
        {
            _index.Add(active, entry);
            Interlocked.Add(ref _writtenBytes, active[entry].Length);
        }
        if (_hasFailed)
            LogMessages.CacheWritesAgain(_logger, _directory);
        _hasFailed = false;
    }

    private bool TryBegin()
    {
        // Others write and evict too.
        Measure();
        if (!TryMakeRoom(SegmentSize, _evictBefore))
        {
            if (!IsFull)
                LogMessages.CacheFull(_logger, _directory, Interlocked.Read(ref _size) >> 20);
            Volatile.Write(ref _isFull, true);
            return false;
        }
        Volatile.Write(ref _isFull, false);
        CacheSegment segment = SegmentFiles.Create(_directory, _names | _begun++, _timeProvider.GetUtcNow().Ticks);
        if (!_index.TryAdd(segment))
        {
            segment.Dispose();
            File.Delete(segment.Path);
            throw new IOException($"more than {EntryIndex.MaxSegments} files");
        }
        Interlocked.Add(ref _size, SegmentSize);
        _active = segment;
        return true;
    }

    // Never throws: what cannot be completed is read for as long as the mount lives, and taken over by another.
    private void CompleteActive()
    {
        if (_active is not { } segment)
            return;
        try
        {
            Flush();
            SegmentFiles.Complete(segment);
            Interlocked.Add(ref _size, segment.SizeOnDisk - SegmentSize);
            _latest.Enqueue(segment);
            // Another process may have filled one with the same: so neither is ever ahead of what it knows by much more than a segment.
            if (Volatile.Read(ref _isClosing) == 0)
                BeginLook(Compare);
        }
        catch (Exception e)
        {
            Pause(e);
        }
        finally
        {
            // Not before: until then it is not evicted.
            _active = null;
        }
    }

    private void Pause(Exception failure)
    {
        Interlocked.Exchange(ref _pausedUntil, _timeProvider.GetTimestamp() + (long)(_pauseAfterFailure.TotalSeconds * _timeProvider.TimestampFrequency));
        _active?.DropStaged();
        // The directory may be gone, and with it the file: the next record begins another. Else it goes on where the last whole
        // one ended.
        if (_active is { } active && !File.Exists(active.Path))
        {
            active.EndWriting();
            _active = null;
            Forget(active);
        }
        SayThatItFails(failure.Message);
    }

    private void SayThatItFails(string reason)
    {
        if (_hasFailed)
            return;
        _hasFailed = true;
        LogMessages.CacheCannotWrite(_logger, _directory, reason, (int)_pauseAfterFailure.TotalSeconds);
    }
}
