using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>In front of a record's bytes: what they are, and a CRC-32C of each page of them.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct RecordHeader
{
    public const int Size = 104;

    // "rec1"
    private const uint Magic = 0x31636572;

    private uint _magic;
    private uint _length;
    private ulong _high;
    private ulong _low;
    private uint _start;
    private uint _reserved;
    private PageChecksums _pages;
    private uint _checksum;
    private uint _padding;

    public readonly CacheKey Granule => new(_high, _low);

    public readonly int Start => (int)_start;

    public readonly int Length => (int)_length;

    /// <summary>Of all that is before it.</summary>
    public readonly uint Checksum => _checksum;

    public static RecordHeader Create(in CacheKey granule, int start, ReadOnlySpan<byte> bytes)
    {
        var header = new RecordHeader { _magic = Magic, _high = granule.High, _low = granule.Low, _start = (uint)start, _length = (uint)bytes.Length };
        for (int page = 0; page * CacheFormat.PageSize < bytes.Length; page++)
            header._pages[page] = Crc32C.Append(0, PageOf(bytes, page));
        header._checksum = header.Compute();
        return header;
    }

    public static RecordHeader Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<RecordHeader>(bytes);

    public readonly void Write(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);

    /// <summary>Whether it is one, and unharmed.</summary>
    public readonly bool IsValid() =>
        _magic == Magic && _length is > 0 and <= CacheFormat.GranuleSize && _start < CacheFormat.GranuleSize && _start + _length <= CacheFormat.GranuleSize && _checksum == Compute();

    /// <summary>Whether bytes from the beginning of a page on, all of those pages or up to the end of the record, are what was written.</summary>
    public readonly bool Matches(int firstPage, ReadOnlySpan<byte> bytes)
    {
        for (int page = 0; page * CacheFormat.PageSize < bytes.Length; page++)
        {
            if (_pages[firstPage + page] != Crc32C.Append(0, PageOf(bytes, page)))
                return false;
        }
        return true;
    }

    private static ReadOnlySpan<byte> PageOf(ReadOnlySpan<byte> bytes, int page) =>
        bytes.Slice(page * CacheFormat.PageSize, Math.Min(CacheFormat.PageSize, bytes.Length - (page * CacheFormat.PageSize)));

    private readonly uint Compute()
    {
        RecordHeader copy = this;
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<RecordHeader>(in copy));
        return Crc32C.Append(0, bytes[..(Size - (2 * sizeof(uint)))]);
    }

    [InlineArray(CacheFormat.MaxPages)]
    private struct PageChecksums
    {
        private uint _first;
    }
}
