namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// The files of a disk cache. All numbers are little-endian.
/// <para>
/// A segment is a <see cref="SegmentHeader"/>, then records: a <see cref="RecordHeader"/>, the bytes, zeros up to a multiple
/// of <see cref="Alignment"/>. When it is full, the <see cref="SegmentEntry"/> of each record follows, and a
/// <see cref="SegmentTrailer"/>; it is then renamed from <see cref="WritingSuffix"/> to <see cref="SegmentSuffix"/> and never
/// written again, but for the first bytes of records that were found to be wrong.
/// </para>
/// </summary>
internal static class CacheFormat
{
    public const uint Version = 1;

    public const string SegmentSuffix = ".segment";

    /// <summary>Being written, by whoever holds its lock (flock); without one it was left by a process that was killed.</summary>
    public const string WritingSuffix = ".writing";

    /// <summary>
    /// A record is of one granule at most: parts of any size and place can be found by the granules that they are in. A
    /// mebibyte keeps a terabyte of large objects within a million entries; nearly all images are below.
    /// </summary>
    public const int GranuleSize = 1 << 20;

    /// <summary>Bytes with a checksum of their own: who wants a few of a record's bytes reads no more than these around them.</summary>
    public const int PageSize = 64 << 10;

    public const int MaxPages = GranuleSize / PageSize;

    public const int Alignment = 8;

    /// <summary>Bytes of a record on disk.</summary>
    public static long RecordSize(int length) => RecordHeader.Size + (((long)length + Alignment - 1) / Alignment * Alignment);
}
