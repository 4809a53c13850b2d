using System.Runtime.InteropServices;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>The first bytes of a segment.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct SegmentHeader
{
    public const int Size = 64;

    // "s3mcache"
    private const ulong Magic = 0x6568636163_6d3373;

    public ulong MagicNumber;
    public uint Version;
    public uint Reserved;

    public static byte[] Create()
    {
        var bytes = new byte[Size];
        MemoryMarshal.Write(bytes, new SegmentHeader { MagicNumber = Magic, Version = CacheFormat.Version });
        return bytes;
    }

    /// <summary>Whether it is one that another s3mount can read.</summary>
    public static bool IsOfOtherVersion(ReadOnlySpan<byte> bytes)
    {
        SegmentHeader header = MemoryMarshal.Read<SegmentHeader>(bytes);
        return header.MagicNumber == Magic && header.Version != CacheFormat.Version;
    }

    public static bool IsValid(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Size)
            return false;
        SegmentHeader header = MemoryMarshal.Read<SegmentHeader>(bytes);
        return header is { MagicNumber: Magic, Version: CacheFormat.Version };
    }
}
