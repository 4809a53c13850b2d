using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Inodes;

/// <summary>An entry of a directory, where it lies; keeps its slab alive. Any thread.</summary>
internal readonly record struct EntryRef(EntrySlab Slab, int Index)
{
    /// <summary>Its number in its directory, never used again for another.</summary>
    public uint Slot => ((uint)Slab.Number * EntrySlab.Capacity) + (uint)Index;

    public ReadOnlySpan<byte> Name => Slab.NameOf(Index);

    public bool IsDirectory => (Slab[Index].Flags & EntryFlags.Directory) != 0;

    /// <summary>Of a file.</summary>
    public ObjectVersion Version => Slab.VersionOf(Index);

    public long Size => Slab[Index].Size;

    /// <summary>Of a file, in seconds since 1970.</summary>
    public long LastModified => Slab[Index].LastModified;

    public string StorageClass => StorageClassCodes.ToText(Slab[Index].StorageClass);

    public DirectoryEntry ToDirectoryEntry() => IsDirectory ? DirectoryEntry.Directory : DirectoryEntry.File(Version, StorageClass);

    /// <summary>Whether a read has found that this version is gone: nothing answers with it any more.</summary>
    public bool IsDoubtful
    {
        get => (Slab[Index].Flags & EntryFlags.Doubtful) != 0;
        // Under the directory's gate.
        set
        {
            ref Entry entry = ref Slab[Index];
            entry.Flags = value ? entry.Flags | EntryFlags.Doubtful : entry.Flags & ~EntryFlags.Doubtful;
        }
    }

    /// <summary>
    /// Whether this is the version that the store shows now. The same bytes written again are the same version, whose time may be
    /// newer; the object may also have been archived or restored. Under the directory's gate.
    /// </summary>
    public bool TryRefresh(in ObjectVersion version, byte storageClass)
    {
        if (IsDirectory || !Version.IsSameAs(version))
            return false;
        ref Entry entry = ref Slab[Index];
        entry.LastModified = version.LastModified;
        entry.StorageClass = storageClass;
        return true;
    }
}
