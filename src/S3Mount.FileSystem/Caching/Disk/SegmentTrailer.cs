using System.Runtime.InteropServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>The last bytes of a segment that is complete: where its index is.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct SegmentTrailer
{
    public const int Size = 32;

    // "s3mindex"
    private const ulong Magic = 0x7865646e69_6d3373;

    private ulong _magic;
    private uint _count;
    private uint _indexChecksum;
    private long _end;
    private uint _version;
    private uint _checksum;

    /// <summary>Records.</summary>
    public readonly int Count => (int)_count;

    /// <summary>Where the records end and the index begins.</summary>
    public readonly long End => _end;

    public static SegmentTrailer Create(long end, ReadOnlySpan<byte> index)
    {
        var trailer = new SegmentTrailer
        {
            _magic = Magic,
            _version = CacheFormat.Version,
            _count = (uint)(index.Length / SegmentEntry.Size),
            _indexChecksum = Crc32C.Append(0, index),
            _end = end,
        };
        trailer._checksum = trailer.Compute();
        return trailer;
    }

    public static SegmentTrailer Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<SegmentTrailer>(bytes);

    public readonly void Write(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);

    /// <summary>Whether it is one, unharmed, of a file that is so long.</summary>
    public readonly bool IsValid(long length) =>
        _magic == Magic && _version == CacheFormat.Version && _checksum == Compute() && _count <= int.MaxValue / SegmentEntry.Size && _end >= SegmentHeader.Size
        && _end + ((long)_count * SegmentEntry.Size) + Size == length;

    public readonly bool Matches(ReadOnlySpan<byte> index) => _indexChecksum == Crc32C.Append(0, index);

    private readonly uint Compute()
    {
        SegmentTrailer copy = this;
        return Crc32C.Append(0, MemoryMarshal.AsBytes(new ReadOnlySpan<SegmentTrailer>(in copy))[..(Size - sizeof(uint))]);
    }
}
