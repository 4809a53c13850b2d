using System.Runtime.InteropServices;

namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// One version of one name in a directory, in 48 bytes. Its name, and the text of a tag that is not made of hex digits, lie in
/// the bytes of its <see cref="EntrySlab"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Entry
{
    public ulong TagHigh;

    /// <summary>Of a tag in text form: its length in bytes, after the name.</summary>
    public ulong TagLow;

    public long Size;

    /// <summary>Seconds since 1970. Moves when the same bytes are written again.</summary>
    public long LastModified;

    public int NameOffset;

    /// <summary>How many lookups the kernel holds. The largest value stands for itself and more: such a file is never forgotten.</summary>
    public uint Lookups;

    /// <summary>As in <see cref="ObjectStore.PackedETag"/>, or <see cref="TextTag"/>.</summary>
    public ushort TagForm;

    public byte NameLength;

    /// <summary>A code of <see cref="StorageClassCodes"/>.</summary>
    public byte StorageClass;

    public EntryFlags Flags;

    public const ushort TextTag = ushort.MaxValue;
}
