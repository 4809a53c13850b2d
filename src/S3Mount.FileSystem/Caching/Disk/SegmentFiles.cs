using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>Makes, opens and completes the files of segments. Everything here blocks.</summary>
internal static class SegmentFiles
{
    /// <summary>A new segment, locked: whoever finds it without a lock may take it over.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static CacheSegment Create(string directory, long now)
    {
        string path = Path.Combine(directory, $"{Random.Shared.NextInt64():x16}{CacheFormat.WritingSuffix}");
        SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
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
        File.Move(segment.Path, path);
        segment.Path = path;
    }

    /// <summary>Opens a segment that is complete.</summary>
    /// <returns>Null: it is none, or it is damaged.</returns>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static CacheSegment? TryOpen(string path)
    {
        SafeFileHandle file = OpenForReading(path);
        CacheSegment? segment = null;
        try
        {
            long length = RandomAccess.GetLength(file);
            byte[] trailerBytes = new byte[SegmentTrailer.Size];
            if (!HasHeader(file) || length < SegmentHeader.Size + SegmentTrailer.Size || !TryReadAt(file, trailerBytes, length - SegmentTrailer.Size))
                return null;
            SegmentTrailer trailer = SegmentTrailer.Read(trailerBytes);
            if (!trailer.IsValid(length) || trailer.Count > EntryIndex.MaxEntries)
                return null;
            var entries = new SegmentEntry[trailer.Count];
            byte[] index = new byte[trailer.Count * SegmentEntry.Size];
            if (!TryReadAt(file, index, trailer.End) || !trailer.Matches(index))
                return null;
            index.CopyTo(MemoryMarshal.AsBytes(entries.AsSpan()));
            if (!Array.TrueForAll(entries, entry => entry.IsPlausible(trailer.End)))
                return null;
            return segment = new CacheSegment(path, file, entries, trailer.End, File.GetLastWriteTimeUtc(path).Ticks);
        }
        finally
        {
            if (segment is null)
                file.Dispose();
        }
    }

    /// <summary>Takes over what a process has left that was killed while it wrote: the records that are whole, as a complete segment.</summary>
    /// <returns>Null: it is still being written, or nothing in it is of use; the latter has been deleted.</returns>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static CacheSegment? TryTakeOver(string path)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
        var entries = new List<SegmentEntry>();
        CacheSegment? segment = null;
        try
        {
            long end = HasHeader(file) ? FindRecords(file, entries) : 0;
            if (entries.Count == 0)
            {
                File.Delete(path);
                return null;
            }
            segment = new CacheSegment(path, file, [.. entries], end, File.GetLastWriteTimeUtc(path).Ticks);
            Complete(segment);
            return segment;
        }
        catch
        {
            segment = null;
            throw;
        }
        finally
        {
            if (segment is null)
                file.Dispose();
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
            return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && File.Exists(path)))
        {
            // A disk that cannot be written can still be read; only what is wrong on it stays.
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
    }

    private static bool HasHeader(SafeFileHandle file)
    {
        byte[] header = new byte[SegmentHeader.Size];
        return TryReadAt(file, header, 0) && SegmentHeader.IsValid(header);
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
