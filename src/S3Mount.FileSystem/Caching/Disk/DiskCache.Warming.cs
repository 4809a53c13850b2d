namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>What is brought here before anybody has asked for it.</summary>
public sealed partial class DiskCache
{
    // Written and read by the writer alone: what it is writing may make this much room.
    private long _evictBefore;

    /// <summary>Whether the disk is not known to fail.</summary>
    internal bool IsWritable => !IsPaused && !_isUnusable && Volatile.Read(ref _isClosing) == 0;

    /// <summary>
    /// Whether there is any use in fetching something to keep it; it makes room where it may.
    /// </summary>
    /// <param name="evictBefore">What was last used before this moment (UTC ticks) may go, besides what is idle.</param>
    /// <param name="bytes">Of it, and of what is being fetched already.</param>
    internal ValueTask<KeepState> PrepareAsync(long evictBefore, long bytes)
    {
        if (!IsWritable)
            return new ValueTask<KeepState>(KeepState.Unwritable);
        return IsFull || !HasRoom(bytes) ? PrepareByEvictionAsync(evictBefore, bytes) : new ValueTask<KeepState>(KeepState.Ready);
    }

    /// <summary>
    /// Keeps a block that the caller has a reference to; takes one of its own until it is written. The caller bounds what it gives:
    /// it does not count as waiting, and leaves the room for what readers fetch.
    /// </summary>
    /// <returns>Whether it is on disk now.</returns>
    internal Task<bool> KeepAsync(in CacheKey key, Block block, long evictBefore)
    {
        var written = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (IsPaused)
        {
            written.SetResult(false);
            return written.Task;
        }
        block.AddReference();
        if (!_waiting.TryAdd(new WaitingBlock(key, block, 0, block.Length, written, evictBefore)))
        {
            // The mount ends.
            block.Release();
            written.SetResult(false);
        }
        return written.Task;
    }

    /// <summary>Something is about to be wanted: what there is of it is not to go now.</summary>
    /// <returns>Whether all of it is there.</returns>
    internal bool Want(in CacheKey key, long length) => Touch(key, 0, length);

    /// <summary>What there is of a range counts as used now.</summary>
    /// <returns>Whether all of it is there.</returns>
    internal bool Touch(in CacheKey key, long offset, long length)
    {
        long now = _timeProvider.GetUtcNow().Ticks, asked = _reuse.Asked;
        bool isWhole = true;
        for (long end = offset + length; offset < end;)
        {
            bool isThere = TryFind(key, offset, out CacheSegment segment, out int entry, out int next);
            if (isThere)
                segment.Use(now, asked);
            isWhole &= isThere;
            offset += (isThere ? segment[entry].End : next) - (offset % CacheFormat.GranuleSize);
        }
        return isWhole;
    }

    private async ValueTask<KeepState> PrepareByEvictionAsync(long evictBefore, long bytes)
    {
        int made = await _readers.RunAsync(new DiskJob(_ => MakeRoom(evictBefore, bytes) ? 1 : 0)).ConfigureAwait(false);
        return made switch { 1 => KeepState.Ready, 0 => KeepState.Full, _ => KeepState.Unwritable };
    }

    private bool HasRoom(long bytes) => Interlocked.Read(ref _size) + NewSegments(bytes) <= Interlocked.Read(ref _limit);

    // Whole ones, besides what the segment that is being written has room for.
    private long NewSegments(long bytes)
    {
        long more = bytes - (_active is { } active ? Math.Max(0, SegmentSize - active.End) : 0);
        return more <= 0 ? 0 : (more + SegmentSize - 1) / SegmentSize * SegmentSize;
    }

    private bool MakeRoom(long evictBefore, long bytes)
    {
        _options.BeforeDisk?.Invoke(DiskUse.Look);
        // Before the first look. Later ones keep it: of what finds no room a million files may follow.
        if (Interlocked.Read(ref _limit) == 0)
            Measure();
        if (bytes > Interlocked.Read(ref _limit) || !TryMakeRoom(NewSegments(bytes), evictBefore))
            return false;
        Volatile.Write(ref _isFull, false);
        return true;
    }
}
