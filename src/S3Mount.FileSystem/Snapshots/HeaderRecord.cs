using System.Runtime.InteropServices;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>The beginning of a snapshot file, as it lies there.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct HeaderRecord
{
    public const int Length = 32;

    /// <summary>Where <see cref="Checksum"/> lies.</summary>
    public const int ChecksumOffset = 28;

    public ulong Magic;
    public uint Version;

    /// <summary>Bytes, section table included.</summary>
    public uint HeaderLength;

    public ulong FileLength;
    public ushort SectionCount;
    public SnapshotKind Kind;

    /// <summary>CRC-32C of header and section table, taken with this field zero.</summary>
    public uint Checksum;
}
