using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// An open segment: what it has, and reads of it. Any thread; records are added by one. Disposing lets reads that are under way
/// end; later ones find nothing.
/// </summary>
internal sealed class CacheSegment : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly DirectReads _direct;
    private SegmentStage? _stage; // for the one that writes; from its first record on
    private SegmentEntry[] _entries;
    private int _count;
    private int _staged; // entries behind the count; for the one that writes
    private long _lastUsed;
    private int _isTouched;
    private long _lastAsked;
    private long _longestGap;
    private int _isBlamed;

    public CacheSegment(string path, SafeFileHandle file, SegmentEntry[] entries, long end, long lastUsed)
    {
        Path = path;
        _file = file;
        _direct = new DirectReads(file);
        _entries = entries;
        _count = entries.Length;
        End = StagedEnd = end;
        _lastUsed = lastUsed;
    }

    public string Path { get; set; }

    /// <summary>In the <see cref="EntryIndex"/>; 0: not in it.</summary>
    public int Number { get; set; }

    public int Count => Volatile.Read(ref _count);

    /// <summary>Where its records end.</summary>
    public long End { get; private set; }

    /// <summary>The same with what is staged; for the one that writes.</summary>
    public long StagedEnd { get; private set; }

    /// <summary>The same of <see cref="Count"/>.</summary>
    public int StagedCount => _count + _staged;

    /// <summary>Bytes on disk, the index included.</summary>
    public long SizeOnDisk => End + ((long)Count * SegmentEntry.Size) + SegmentTrailer.Size;

    /// <summary>When a record of it was last read, by any process as far as is known; UTC ticks.</summary>
    public long LastUsed => Interlocked.Read(ref _lastUsed);

    public ref readonly SegmentEntry this[int entry] => ref Volatile.Read(ref _entries)[entry];

    /// <summary>A record of it has been read.</summary>
    /// <param name="asked">As <see cref="ReuseClock.Asked"/>.</param>
    public void Use(long moment, long asked)
    {
        SawUse(moment);
        long before = Interlocked.Exchange(ref _lastAsked, asked);
        if (before > 0 && asked - before > Interlocked.Read(ref _longestGap))
            Interlocked.Exchange(ref _longestGap, asked - before);
        Volatile.Write(ref _isTouched, 1);
    }

    /// <summary>
    /// Whether it has been left alone for longer than ever before, by a good measure: a shard that is read from end to end once an
    /// epoch is idle for most of one.
    /// </summary>
    public bool IsIdle(long asked) => asked - Interlocked.Read(ref _lastAsked) >= Interlocked.Read(ref _longestGap) * 5 / 4;

    /// <summary>Another process has used it.</summary>
    public void SawUse(long moment)
    {
        for (long last = LastUsed; moment > last; last = LastUsed)
            Interlocked.CompareExchange(ref _lastUsed, moment, last);
    }

    /// <summary>True once: the first of its records has been found wrong. A disk that goes bad would fill the log.</summary>
    public bool TakeBlame() => Interlocked.Exchange(ref _isBlamed, 1) == 0;

    /// <summary>Whether it has been used since the last call.</summary>
    public bool TakeTouched() => Interlocked.Exchange(ref _isTouched, 0) == 1;

    /// <summary>Reads bytes of a record and checks them. Blocks.</summary>
    /// <param name="from">Where in the granule the bytes begin.</param>
    /// <param name="destination">Not more than the record has from there on. What is in it after a failure means nothing.</param>
    /// <returns>False: the record is not what was written, or cannot be read.</returns>
    public bool TryRead(int entry, int from, Memory<byte> destination)
    {
        SegmentEntry record = this[entry];
        int first = (from - record.Start) / CacheFormat.PageSize;
        int begin = first * CacheFormat.PageSize;
        int skipped = from - record.Start - begin;
        int end = Math.Min(record.Length, (from - record.Start + destination.Length + CacheFormat.PageSize - 1) / CacheFormat.PageSize * CacheFormat.PageSize);
        if (skipped == 0 && end - begin == destination.Length)
            return TryReadPages(record, first, destination);
        byte[] pages = ArrayPool<byte>.Shared.Rent(end - begin);
        try
        {
            if (!TryReadPages(record, first, pages.AsMemory(0, end - begin)))
                return false;
            pages.AsMemory(skipped, destination.Length).CopyTo(destination);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pages);
        }
    }

    /// <summary>Whether <see cref="Stage"/> may take so long a record before the next <see cref="Flush"/>.</summary>
    public bool CanStage(int length) => _stage?.HasRoom((int)CacheFormat.RecordSize(length)) ?? true;

    /// <summary>Whether there is a record of the granule among those that are not written yet.</summary>
    public bool HasStaged(in CacheKey granule)
    {
        foreach (ref readonly SegmentEntry entry in _entries.AsSpan(_count, _staged))
        {
            if (entry.Granule == granule)
                return true;
        }
        return false;
    }

    /// <summary>Takes a record that <see cref="Flush"/> writes at the end.</summary>
    /// <exception cref="IOException"/>
    public void Stage(in CacheKey granule, int start, ReadOnlyMemory<byte> bytes)
    {
        RecordHeader header = RecordHeader.Create(granule, start, bytes.Span);
        Span<byte> head = stackalloc byte[RecordHeader.Size];
        header.Write(head);
        _stage ??= new SegmentStage(Path, _file, End);
        _stage.Add(head, bytes.Span, (int)CacheFormat.RecordSize(bytes.Length));
        if (StagedCount == _entries.Length)
        {
            var grown = new SegmentEntry[Math.Max(16, _entries.Length * 2)];
            _entries.AsSpan().CopyTo(grown);
            Volatile.Write(ref _entries, grown);
        }
        _entries[StagedCount] = new SegmentEntry(granule, StagedEnd, start, bytes.Length, header.Checksum);
        StagedEnd += CacheFormat.RecordSize(bytes.Length);
        _staged++;
    }

    /// <summary>Writes what was staged. It can be read when this returns.</summary>
    /// <returns>How many entries there were before.</returns>
    /// <exception cref="IOException">Nothing is staged any more, and none of it can be read.</exception>
    public int Flush()
    {
        int before = _count;
        try
        {
            _stage?.Flush();
        }
        catch
        {
            DropStaged();
            throw;
        }
        End = StagedEnd;
        Volatile.Write(ref _count, StagedCount);
        _staged = 0;
        return before;
    }

    /// <summary>What was staged is not to be written.</summary>
    public void DropStaged()
    {
        _stage?.Drop();
        StagedEnd = End;
        _staged = 0;
    }

    /// <summary>Writes the index behind the records. Nothing can be appended afterwards.</summary>
    /// <exception cref="IOException"/>
    public void WriteIndex()
    {
        if (_entries.Length != _count)
            Volatile.Write(ref _entries, _entries[.._count]);
        EndWriting();
        byte[] trailer = new byte[SegmentTrailer.Size];
        ReadOnlySpan<byte> index = MemoryMarshal.AsBytes(_entries.AsSpan());
        SegmentTrailer.Create(End, index).Write(trailer);
        RandomAccess.Write(_file, [index.ToArray(), trailer], End);
        RandomAccess.SetLength(_file, SizeOnDisk);
    }

    /// <summary>Makes a record unreadable for whoever opens the segment later.</summary>
    /// <exception cref="IOException">It is on a disk that cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Spoil(int entry) => RandomAccess.Write(_file, stackalloc byte[sizeof(uint)], this[entry].Position);

    /// <summary>Whether somebody has done so. Blocks.</summary>
    public bool IsSpoiled(int entry)
    {
        byte[] head = new byte[sizeof(uint)];
        try
        {
            return TryFill(this[entry].Position, head, default) && !head.AsSpan().ContainsAnyExcept((byte)0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Nothing is appended any more. By the one that does.</summary>
    public void EndWriting()
    {
        _stage?.Dispose();
        _stage = null;
    }

    public void Dispose() => _file.Dispose();

    private bool TryReadPages(in SegmentEntry record, int firstPage, Memory<byte> pages)
    {
        byte[] head = new byte[RecordHeader.Size];
        try
        {
            long position = record.Position + RecordHeader.Size + ((long)firstPage * CacheFormat.PageSize);
            bool isWhole = firstPage == 0
                ? TryFillDirectly(record, head, pages) || TryFill(record.Position, head, pages)
                : TryFill(record.Position, head, default) && TryFill(position, pages, default);
            if (!isWhole)
                return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return false;
        }
        RecordHeader header = RecordHeader.Read(head);
        return header.IsValid() && header.Checksum == record.Checksum && header.Granule == record.Granule && header.Start == record.Start
            && header.Length == record.Length && header.Matches(firstPage, pages.Span);
    }

    // Pieces of a record are read with others around them, which are soon wanted too: through the page cache.
    private bool TryFillDirectly(in SegmentEntry record, Memory<byte> head, Memory<byte> bytes) =>
        bytes.Length == record.Length && bytes.Length >= DirectReads.Smallest && _direct.TryFill(record.Position, head.Span, bytes.Span);

    // False: the file ends before.
    private bool TryFill(long position, Memory<byte> first, Memory<byte> second)
    {
        while (first.Length + second.Length > 0)
        {
            int read = (int)RandomAccess.Read(_file, [first, second], position);
            if (read == 0)
                return false;
            position += read;
            int ofFirst = Math.Min(read, first.Length);
            (first, second) = (first[ofFirst..], second[(read - ofFirst)..]);
        }
        return true;
    }
}
