using System.Runtime.InteropServices;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>A directory, as it lies in the file.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DirectoryRecord
{
    public const int Length = 24;

    /// <summary>Of its block, from the beginning of the listings.</summary>
    public ulong BlockOffset;

    /// <summary>
    /// The lower 31 bits: how many entries it has. The highest bit: it has not been listed, and its entries are those directories in
    /// it of which something is known; in a file of <see cref="SnapshotKind.Saved"/> alone.
    /// </summary>
    public uint CountAndMark;

    /// <summary>Bytes of their names together.</summary>
    public uint NamesLength;

    /// <summary>Number of the directory that it is in; smaller than its own, but for the prefix itself, which has 0.</summary>
    public uint Parent;

    /// <summary>Position of its entry there.</summary>
    public uint Position;

    private const uint NotListed = 1u << 31;

    public readonly uint Count => CountAndMark & ~NotListed;

    public readonly bool IsListed => (CountAndMark & NotListed) == 0;

    public void SetCount(int count, bool isListed) => CountAndMark = (uint)count | (isListed ? 0 : NotListed);
}
