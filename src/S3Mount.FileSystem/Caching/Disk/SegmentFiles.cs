using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>Makes, opens and completes the files of segments. Everything here blocks.</summary>
internal static class SegmentFiles
{
    private const int NameDigits = 16;

    // Between the making of a file and its lock there is a moment.
    private static readonly TimeSpan _newFor = TimeSpan.FromMinutes(1);

    private static readonly SearchValues<char> _digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether a file is named as those that are made here. Others are not touched.</summary>
    public static bool IsOurs(FileInfo file) =>
        file.Extension is CacheFormat.SegmentSuffix or CacheFormat.WritingSuffix && file.Name.Length - file.Extension.Length == NameDigits
        && !file.Name.AsSpan(0, NameDigits).ContainsAnyExcept(_digits);

    /// <summary>
    /// A new segment, with a shared lock for as long as it is open (flock: what <see cref="FileShare"/> is on Linux, and what
    /// <see cref="TryOpen"/> takes too): whoever gets the exclusive one may take it over.
    /// </summary>
    /// <param name="name">Its own; of 16 hex digits.</param>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static CacheSegment Create(string directory, ulong name, long now)
    {
        string path = Path.Combine(directory, $"{name:x16}{CacheFormat.WritingSuffix}");
        SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            RandomAccess.Write(file, SegmentHeader.Create(), 0);
            return new CacheSegment(path, file, [], SegmentHeader.Size, now);
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Writes the index and gives the segment its name: from now on other processes see it.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static void Complete(CacheSegment segment)
    {
        segment.WriteIndex();
        string path = Path.ChangeExtension(segment.Path, CacheFormat.SegmentSuffix);
        // Else it has two names for a moment.
        File.Move(segment.Path, path, overwrite: true);
        segment.Path = path;
    }

    /// <summary>How many records a complete segment has; 0: it is damaged, cannot be read, or is no regular file.</summary>
    public static int CountRecords(string path)
    {
        try
        {
            using SafeFileHandle file = OpenForReading(path);
            return TryReadTrailer(file, RandomAccess.GetLength(file), out SegmentTrailer trailer) ? trailer.Count : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Whoever opens it says so.
            return 0;
        }
    }

    /// <summary>Opens a segment that is complete.</summary>
    /// <returns>Null: it is damaged.</returns>
    /// <exception cref="NotSupportedException">It is of another format, or no regular file.</exception>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static CacheSegment? TryOpen(string path)
    {
        SafeFileHandle file = OpenForReading(path);
        CacheSegment? segment = null;
        try
        {
            // First: of a pipe there is none, and to read from one is to wait.
            long length = RandomAccess.GetLength(file);
            if (!HasHeader(file, path) || !TryReadTrailer(file, length, out SegmentTrailer trailer))
                return null;
            var entries = new SegmentEntry[trailer.Count];
            Span<byte> index = MemoryMarshal.AsBytes(entries.AsSpan());
            if (!TryReadAt(file, index, trailer.End) || !trailer.Matches(index))
                return null;
            if (!Array.TrueForAll(entries, entry => entry.IsPlausible(trailer.End)))
                return null;
            return segment = new CacheSegment(path, file, entries, trailer.End, File.GetLastWriteTimeUtc(file).Ticks);
        }
        finally
        {
            if (segment is null)
                file.Dispose();
        }
    }

    /// <summary>Takes over what a process has left that was killed while it wrote: the records that are whole, as a complete segment.</summary>
    /// <returns>Null: it is still being written, or nothing in it is of use; the latter has been deleted.</returns>
    /// <exception cref="NotSupportedException">It is of another format, or no regular file.</exception>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static CacheSegment? TryTakeOver(string path)
    {
        using SafeFileHandle? file = TryLock(path);
        // Who wrote it may just have given it its name, and another may have taken it over.
        if (file is null || !File.Exists(path))
            return null;
        if (RandomAccess.GetLength(file) < SegmentHeader.Size && DateTime.UtcNow - File.GetLastWriteTimeUtc(file) < _newFor)
            return null;
        var entries = new List<SegmentEntry>();
        long end = HasHeader(file, path) ? FindRecords(file, entries) : 0;
        if (entries.Count == 0)
        {
            File.Delete(path);
            return null;
        }
        DateTime used = File.GetLastWriteTimeUtc(file);
        var segment = new CacheSegment(path, file, [.. entries], end, used.Ticks);
        Complete(segment);
        // To write its index is no use of it.
        File.SetLastWriteTimeUtc(file, used);
        // With the exclusive lock nobody else could open it.
        segment.Dispose();
        return TryOpen(segment.Path);
    }

    private static SafeFileHandle? TryLock(string path)
    {
        try
        {
            return PlainFile.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not FileNotFoundException && File.Exists(path))
        {
            return null;
        }
    }

    // Bytes are checked when they are read; here it is enough to know where they should be.
    private static long FindRecords(SafeFileHandle file, List<SegmentEntry> entries)
    {
        long length = RandomAccess.GetLength(file), end = SegmentHeader.Size;
        byte[] head = new byte[RecordHeader.Size];
        while (entries.Count < EntryIndex.MaxEntries && end + RecordHeader.Size <= length && TryReadAt(file, head, end))
        {
            RecordHeader header = RecordHeader.Read(head);
            if (!header.IsValid() || end + RecordHeader.Size + header.Length > length)
                break;
            entries.Add(new SegmentEntry(header.Granule, end, header.Start, header.Length, header.Checksum));
            end += CacheFormat.RecordSize(header.Length);
        }
        return end;
    }

    private static SafeFileHandle OpenForReading(string path)
    {
        try
        {
            return PlainFile.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && File.Exists(path)))
        {
            // A disk that cannot be written can still be read; only what is wrong on it stays.
            return PlainFile.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
    }

    private static bool HasHeader(SafeFileHandle file, string path)
    {
        byte[] header = new byte[SegmentHeader.Size];
        if (!TryReadAt(file, header, 0))
            return false;
        return SegmentHeader.IsOfOtherVersion(header)
            ? throw new NotSupportedException($"{path} is of another version of s3mount")
            : SegmentHeader.IsValid(header);
    }

    private static bool TryReadTrailer(SafeFileHandle file, long length, out SegmentTrailer trailer)
    {
        Span<byte> bytes = stackalloc byte[SegmentTrailer.Size];
        bool isRead = length >= SegmentHeader.Size + SegmentTrailer.Size && TryReadAt(file, bytes, length - SegmentTrailer.Size);
        trailer = isRead ? SegmentTrailer.Read(bytes) : default;
        return isRead && trailer.IsValid(length) && trailer.Count <= EntryIndex.MaxEntries;
    }

    private static bool TryReadAt(SafeFileHandle file, Span<byte> destination, long position)
    {
        while (destination.Length > 0)
        {
            int read = RandomAccess.Read(file, destination, position);
            if (read == 0)
                return false;
            destination = destination[read..];
            position += read;
        }
        return true;
    }
}
