using System.Runtime.InteropServices;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>A line of the section table, as it lies in the file.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SectionRecord
{
    public const int Length = 24;

    public SectionKind Kind;

    /// <summary>CRC-32C of the section.</summary>
    public uint Checksum;

    /// <summary>From the beginning of the file.</summary>
    public ulong Offset;

    /// <summary>Bytes; a multiple of <see cref="SnapshotFormat.Alignment"/>.</summary>
    public ulong SectionLength;
}
