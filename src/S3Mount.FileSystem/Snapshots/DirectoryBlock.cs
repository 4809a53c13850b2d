using System.Runtime.InteropServices;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>The block of a directory in memory. Immutable.</summary>
/// <param name="Memory">Holds this block, and others.</param>
/// <param name="Offset">Where it begins there.</param>
internal readonly record struct DirectoryBlock(byte[] Memory, int Offset, int Count, int NamesLength, int Parent, int Position, bool IsListed)
{
    public ReadOnlySpan<EntryRecord> Entries => MemoryMarshal.Cast<byte, EntryRecord>(Memory.AsSpan(Offset, Count * EntryRecord.Length));

    public ReadOnlySpan<byte> Names => Memory.AsSpan(Offset + (Count * EntryRecord.Length), NamesLength);

    public ReadOnlySpan<byte> NameOf(int position)
    {
        ReadOnlySpan<EntryRecord> entries = Entries;
        int start = (int)entries[position].NameOffset;
        int end = position + 1 < entries.Length ? (int)entries[position + 1].NameOffset : NamesLength;
        return Names[start..end];
    }
}
