using System.Runtime.InteropServices;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>A directory, as it lies in the file.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DirectoryRecord
{
    public const int Length = 24;

    /// <summary>Of its block, from the beginning of the listings.</summary>
    public ulong BlockOffset;

    /// <summary>How many entries it has.</summary>
    public uint Count;

    /// <summary>Bytes of their names together.</summary>
    public uint NamesLength;

    /// <summary>Number of the directory that it is in; smaller than its own, but for the prefix itself, which has 0.</summary>
    public uint Parent;

    /// <summary>Position of its entry there.</summary>
    public uint Position;
}
