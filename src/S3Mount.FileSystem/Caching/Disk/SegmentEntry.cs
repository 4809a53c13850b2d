using System.Runtime.InteropServices;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>What a segment's index says of one record. 32 bytes on disk and in memory.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct SegmentEntry
{
    public const int Size = 32;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _position;
    private readonly uint _length;
    private readonly uint _start;
    private readonly uint _checksum;

    public SegmentEntry(in CacheKey granule, long position, int start, int length, uint checksum)
    {
        (_high, _low) = (granule.High, granule.Low);
        _position = checked((uint)(position / CacheFormat.Alignment));
        _start = (uint)start;
        _length = (uint)length;
        _checksum = checksum;
    }

    public CacheKey Granule => new(_high, _low);

    /// <summary>Where its record begins in the segment.</summary>
    public long Position => (long)_position * CacheFormat.Alignment;

    /// <summary>Where its bytes begin in the granule.</summary>
    public int Start => (int)_start;

    public int Length => (int)_length;

    public int End => Start + Length;

    /// <summary>Of the record's header, which has the checksums of the bytes.</summary>
    public uint Checksum => _checksum;

    /// <summary>Whether such a record can be in a segment with so many bytes of records.</summary>
    public bool IsPlausible(long end) =>
        _start < CacheFormat.GranuleSize && _length is > 0 and <= CacheFormat.GranuleSize && End <= CacheFormat.GranuleSize
        && Position >= SegmentHeader.Size && Position + CacheFormat.RecordSize(Length) <= end;
}
