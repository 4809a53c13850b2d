using Mono.Unix.Native;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>What is looked after: files that others have written or deleted, room, and what has to go.</summary>
public sealed partial class DiskCache
{
    private const long SmallestSegment = 4 << 20;
    private const long LargestSegment = 256 << 20;
    private const int SegmentsPerCache = 128;

    // Of the disk, where no size is given.
    private const int FreeShare = 10;

    // A segment of another mount is seen this long after it is complete. A look at a thousand names takes a millisecond.
    private static readonly TimeSpan _upkeepEvery = TimeSpan.FromSeconds(10);

    // A million entries on a solid-state disk take a fraction of a second; who mounts waits for no disk that hangs.
    private static readonly TimeSpan _longestLoad = TimeSpan.FromSeconds(5);

    // The active segment counts with what it will have.
    private long _size;
    private long _limit;
    private long _evictedBytes;
    private Task<int> _look = Task.FromResult(0); // the last one that began
    private int _isLooking;
    // For the one that looks.
    private readonly HashSet<string> _refused = [];
    // Until there is a directory that is this user's alone, nothing is written.
    private volatile bool _isUnusable;
    private bool _isUnreadable;

    private long SegmentSize => _options.SegmentSize ?? Math.Clamp(Interlocked.Read(ref _limit) / SegmentsPerCache, SmallestSegment, LargestSegment);

    /// <summary>Whether a look at the directory is under way.</summary>
    internal bool IsLooking => Volatile.Read(ref _isLooking) == 1;

    private void Upkeep()
    {
        WatchWriter();
        BeginLook(Look);
    }

    private void BeginLook(Func<DiskCall, int> look)
    {
        // One look at a time; a second has nothing to add.
        if (Interlocked.Exchange(ref _isLooking, 1) == 0)
            _look = _readers.RunAsync(new DiskJob(look, () => Volatile.Write(ref _isLooking, 0)));
    }

    // Never throws.
    private int Look(DiskCall call)
    {
        try
        {
            _options.BeforeDisk?.Invoke(DiskUse.Look);
            PrepareDirectory();
            ScanFiles(call);
            if (_isUnreadable)
                LogMessages.CacheReadable(_logger, _directory);
            _isUnreadable = false;
            DropDoubles(call);
            CompleteIfQuiet();
            if (IsFull && TryMakeRoom(SegmentSize))
                Volatile.Write(ref _isFull, false);
        }
        catch (Exception e)
        {
            if (!_isUnreadable)
                LogMessages.CacheUnreadable(_logger, _directory, e.Message);
            _isUnreadable = true;
        }
        return 0;
    }

    private void PrepareDirectory()
    {
        bool isMade = false;
        try
        {
            MakeDirectories();
            isMade = true;
        }
        finally
        {
            _isUnusable = !isMade;
        }
    }

    // For its owner alone: the bucket's readers are not the machine's, and what others put there would be shown as the store's.
    private void MakeDirectories()
    {
        foreach (string directory in (string[])[_options.Directory, _directory])
        {
            if (PrivateDirectory.TryMake(directory, Syscall.geteuid()) is { } reason)
                throw new IOException(reason);
        }
    }

    private void ScanFiles(DiskCall call)
    {
        // In this order: a segment of this process that has its name already is known.
        FileInfo[] files = Measure();
        Dictionary<string, CacheSegment> known = NamedSegments();
        if (known.Count == 0)
            ExpectRecords(call, files);
        foreach (FileInfo file in files)
        {
            call.Since = _timeProvider.GetTimestamp();
            if (known.Remove(Path.GetFileNameWithoutExtension(file.Name), out CacheSegment? segment))
                Touch(segment, file);
            else
                TryOpen(file);
        }
        foreach (CacheSegment gone in known.Values)
        {
            // It has been made since, unless it is really gone.
            if (!File.Exists(gone.Path))
                Forget(gone);
        }
        while (Interlocked.Read(ref _size) > Interlocked.Read(ref _limit) && TryEvict(long.MaxValue))
        {
        }
    }

    private void ExpectRecords(DiskCall call, FileInfo[] files)
    {
        long records = 0;
        foreach (FileInfo file in files.Where(file => file.Extension == CacheFormat.SegmentSuffix))
        {
            call.Since = _timeProvider.GetTimestamp();
            records += SegmentFiles.CountRecords(file.FullName);
        }
        _index.Expect((int)Math.Min(records, EntryIndex.MaxEntries));
    }

    private Dictionary<string, CacheSegment> NamedSegments()
    {
        var named = new Dictionary<string, CacheSegment>();
        foreach (CacheSegment segment in _index.ToArray())
            named[Path.GetFileNameWithoutExtension(segment.Path)] = segment;
        return named;
    }

    private FileInfo[] OurFiles() => [.. new DirectoryInfo(_directory).EnumerateFiles().Where(SegmentFiles.IsOurs)];

    // What there is, of all processes, and what it may come to.
    private FileInfo[] Measure()
    {
        FileInfo[] files = OurFiles();
        long used = 0, promised = 0;
        foreach (FileInfo file in files)
        {
            // Another process may have evicted it meanwhile.
            long length = file.Exists ? file.Length : 0;
            used += length;
            promised += file.Extension == CacheFormat.WritingSuffix ? Math.Max(0, SegmentSize - length) : 0;
        }
        Interlocked.Exchange(ref _size, used + promised);
        Interlocked.Exchange(ref _limit, LimitOf(used));
        return files;
    }

    private void TryOpen(FileInfo file)
    {
        try
        {
            Open(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || e.HResult == (int)Errno.EWOULDBLOCK)
        {
            // Another process has evicted it, has given it its name, or is about to.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            if (_refused.Add(file.Name))
                LogMessages.CacheFileRefused(_logger, file.FullName, e.Message);
        }
    }

    private void Open(FileInfo file)
    {
        bool isSegment = file.Extension == CacheFormat.SegmentSuffix;
        CacheSegment? segment = isSegment ? SegmentFiles.TryOpen(file.FullName) : SegmentFiles.TryTakeOver(file.FullName);
        if (segment is not null)
        {
            if (!_index.TryAdd(segment))
                segment.Dispose();
        }
        else if (isSegment)
        {
            file.Delete();
            LogMessages.BadSegment(_logger, file.FullName);
        }
    }

    // Who evicts looks at the times of the files: those of all processes.
    private void Touch(CacheSegment segment, FileInfo file)
    {
        segment.SawUse(UsedAt(file));
        if (!segment.TakeTouched())
            return;
        try
        {
            file.LastWriteTimeUtc = new DateTime(segment.LastUsed, DateTimeKind.Utc);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has just been evicted, or the disk cannot be written, and then nobody evicts.
            LogMessages.CacheNotTouched(_logger, segment.Path, e.Message);
        }
    }

    // A clock that was wrong once does not keep a segment for ever.
    private long UsedAt(FileInfo file) => Math.Min(file.LastWriteTimeUtc.Ticks, _timeProvider.GetUtcNow().Ticks);

    // A disk that others have filled is not tried in vain.
    private long LimitOf(long used)
    {
        if (Syscall.statvfs(_directory, out Statvfs disk) != 0)
            throw new IOException($"statvfs failed: {Stdlib.GetLastError()}");
        long total = (long)(disk.f_blocks * disk.f_frsize), free = (long)(disk.f_bavail * disk.f_frsize);
        return _options.MaxSize is { } size ? Math.Min(size, used + free) : Math.Max(0, used + free - (total / FreeShare));
    }

    private bool TryMakeRoom(long bytes, long evictBefore = 0)
    {
        long limit = Interlocked.Read(ref _limit);
        while (Interlocked.Read(ref _size) + bytes > limit)
        {
            long moment = Math.Max(_reuse.IdleBefore() ?? 0, evictBefore);
            if (moment == 0 || !TryEvict(moment))
                return false;
        }
        return true;
    }

    // The segment that was used least recently, if that was before a moment. False: there is none; true is no promise that it went.
    private bool TryEvict(long moment)
    {
        long asked = _reuse.Asked;
        CacheSegment? victim = _index.ToArray()
            .Where(segment => segment != _active && segment.LastUsed < moment && (moment == long.MaxValue || segment.IsIdle(asked)))
            .MinBy(segment => segment.LastUsed);
        if (victim is null)
            return false;
        var file = new FileInfo(victim.Path);
        if (file.Exists)
        {
            // Another process has used it.
            victim.SawUse(UsedAt(file));
            if (victim.LastUsed >= moment)
                return true;
        }
        if (Delete(victim))
            Interlocked.Add(ref _evictedBytes, victim.SizeOnDisk);
        return true;
    }

    // Whoever takes it out of the index deletes it; a file that cannot be deleted is found again by the next look.
    private bool Delete(CacheSegment segment)
    {
        if (!_index.Remove(segment))
            return false;
        segment.Dispose();
        bool isThere = File.Exists(segment.Path);
        File.Delete(segment.Path);
        Interlocked.Add(ref _size, -segment.SizeOnDisk);
        return isThere;
    }
}
