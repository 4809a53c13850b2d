using System.Runtime.InteropServices;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>UTF-8 text in the strings of a snapshot file, as it lies there.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StringRecord
{
    public const int Size = 8;

    /// <summary>From the beginning of the strings.</summary>
    public uint Offset;

    /// <summary>Bytes.</summary>
    public uint Length;
}
