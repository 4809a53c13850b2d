using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

/// <summary>
/// A whole directory as one series of list pages told it: entries ordered by their bytes, one a name. Immutable but for the
/// doubts cast on single entries. Any thread.
/// </summary>
internal sealed class DirectoryListing
{
    private readonly byte[] _names;
    private readonly Entry[] _entries;
    private readonly bool[] _doubtful;

    internal DirectoryListing(byte[] names, Entry[] entries, uint generation, ListingTrace trace)
    {
        _names = names;
        _entries = entries;
        _doubtful = new bool[entries.Length];
        Generation = generation;
        Trace = trace;
    }

    /// <summary>Names this listing in READDIR's offsets; unique in a mount until 2^31 listings later.</summary>
    public uint Generation { get; }

    /// <summary>Until when it may answer, as a moment of <see cref="MountClock"/>.</summary>
    public long ExpiresAt => Trace.ExpiresAt;

    public ListingTrace Trace { get; }

    public int Count => _entries.Length;

    /// <summary>What it takes in memory, in bytes: names, entries (72 each with the doubt), and the objects around them.</summary>
    public long SizeInBytes => 200 + _names.Length + (_entries.Length * 73L);

    public ReadOnlySpan<byte> NameAt(int index) => _names.AsSpan(_entries[index].NameOffset, _entries[index].NameLength);

    public DirectoryEntry EntryAt(int index)
    {
        ref readonly Entry entry = ref _entries[index];
        return entry.IsDirectory ? DirectoryEntry.Directory : DirectoryEntry.File(entry.Version, entry.StorageClass);
    }

    public bool IsDirectoryAt(int index) => _entries[index].IsDirectory;

    /// <summary>Whether a read has found that this entry's version is gone: the listing no longer answers for its name.</summary>
    public bool IsDoubtfulAt(int index) => Volatile.Read(ref _doubtful[index]);

    /// <summary>This version is gone: if the listing gives it for that name, it no longer answers.</summary>
    public void Doubt(ReadOnlySpan<byte> name, in ObjectVersion version)
    {
        int index = Find(name);
        if (index >= 0 && !_entries[index].IsDirectory && _entries[index].Version.IsSameAs(version))
            Volatile.Write(ref _doubtful[index], true);
    }

    /// <summary>The position of a name, or a negative number.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        int low = 0, high = _entries.Length - 1;
        while (low <= high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            int order = NameAt(middle).SequenceCompareTo(name);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return ~low;
    }

    internal struct Entry
    {
        public int NameOffset;
        public short NameLength;
        public bool IsDirectory;
        public ObjectVersion Version;
        public string StorageClass;
    }
}
