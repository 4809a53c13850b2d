using S3Mount.FileSystem.Listing;
using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// A directory: a prefix of keys, and the entries that were seen in it. Its node id never changes while the mount lives.
/// </summary>
internal sealed class DirectoryInode
{
    // Node ids: a directory's is its number + 1, so that the root has FUSE_ROOT_ID; a file's has the number of its directory's files + 1 in the
    // upper half and its slot in the lower. That number is the directory's own, but for the mount's root: its node id is the same in every
    // process, and must not make its files' ids the same.
    private const int DirectoryShift = 32;

    private Dictionary<byte[], DirectoryInode>? _directories; // guarded by Gate
    private KnownFiles? _known;
    private EntrySlab? _open; // guarded by Gate
    private WeakReference<EntrySlab>? _resumable; // guarded by Gate
    private int _slabs; // the next one's number; guarded by Gate
    private ListingTrace? _lastListing;
    private int _lookupsAlone;
    private int _lookupEra;
    private long _missingUntil = long.MinValue;
    private uint? _strayed; // guarded by Gate

    public DirectoryInode(int number, DirectoryInode parent, byte[] name, byte[] prefix)
        : this(number, number, parent, name, prefix, PathHash.Append(parent.PathState, name))
    {
    }

    private DirectoryInode(int number, int filesNumber, DirectoryInode? parent, byte[] name, byte[] prefix, ulong pathState) =>
        (Number, FilesNumber, Parent, Name, Prefix, PathState) = (number, filesNumber, parent, name, prefix, pathState);

    /// <summary>The root of the mount: FUSE_ROOT_ID.</summary>
    /// <param name="filesNumber">Of its files: its own is the same in every process.</param>
    public static DirectoryInode MountRoot(byte[] prefix, int filesNumber = 0) => new(0, filesNumber, parent: null, [], prefix, PathHash.Root);

    /// <summary>The root of one of several file systems of a mount.</summary>
    /// <param name="name">In the mount's root, which another file system shows.</param>
    public static DirectoryInode RootOf(byte[] name, byte[] prefix, int number) => new(number, number, parent: null, [], prefix, PathHash.Append(PathHash.Root, name));

    public int Number { get; }

    /// <summary>What the node ids of its files begin with.</summary>
    public int FilesNumber { get; }

    public NodeId Id => new((ulong)Number + 1);

    /// <summary>Null: the root of its file system.</summary>
    public DirectoryInode? Parent { get; }

    /// <summary>Empty for a root.</summary>
    public byte[] Name { get; }

    /// <summary>The key prefix of everything below: empty, or ending in <c>/</c>.</summary>
    public byte[] Prefix { get; }

    public ulong PathState { get; }

    public ulong Ino => Id == NodeId.Root ? PathHash.RootIno : PathHash.ToIno(PathState);

    /// <summary>What <c>..</c> shows.</summary>
    public ulong ParentIno => Parent?.Ino ?? PathHash.RootIno;

    /// <summary>Guards the entries, and what is known of them.</summary>
    public Lock Gate { get; } = new();

    /// <summary>What is remembered of the last listing when the listing itself may be gone; null: never listed.</summary>
    public ListingTrace? LastListing
    {
        get => Volatile.Read(ref _lastListing);
        set => Volatile.Write(ref _lastListing, value);
    }

    /// <summary>
    /// The last listing, if one of that generation held the same names: it may be gone, and its readers can go on in any that does.
    /// Null: it held something else, or that is not known.
    /// </summary>
    public ListingTrace? FindSame(uint generation)
    {
        lock (Gate)
            return LastListing is { IsForLookups: false, IsInOrder: true } last && last.Covers(generation, _strayed) ? last : null;
    }

    /// <summary>Readers may have got entries of this generation, and what it held in the end is not known.</summary>
    public void Stray(uint generation)
    {
        lock (Gate)
            _strayed = generation;
    }

    /// <summary>What lookups of single names have said holds within one era only.</summary>
    public int LookupEra => Volatile.Read(ref _lookupEra);

    /// <summary>The directory has been listed because what lookups have said is not to be relied on any more.</summary>
    public void BeginLookupEra() => Interlocked.Increment(ref _lookupEra);

    /// <summary>Until when the kernel may remember of a name in it that it does not exist, as a moment of <see cref="MountClock"/>.</summary>
    public long MissingUntil => Interlocked.Read(ref _missingUntil);

    public void AnswerMissing(long until)
    {
        // Moments only ever rise, but for answers that cross.
        long known = MissingUntil;
        while (until > known && Interlocked.CompareExchange(ref _missingUntil, until, known) is var now && now != known)
            known = now;
    }

    /// <summary>A name is looked up that no listing answers for.</summary>
    /// <returns>How many there have been.</returns>
    public int CountLookupAlone() => Interlocked.Increment(ref _lookupsAlone);

    public void ForgetLookupsAlone() => Volatile.Write(ref _lookupsAlone, 0);

    /// <summary>The number of the directory that a node id is, or that of the files among which it is.</summary>
    public static int NumberOf(NodeId id) => (int)(IsFile(id) ? (id.Value >> DirectoryShift) - 1 : id.Value - 1);

    public static bool IsFile(NodeId id) => id.Value >> DirectoryShift != 0;

    public NodeId IdOf(in EntryRef file) => new((((ulong)FilesNumber + 1) << DirectoryShift) | file.Slot);

    public byte[] KeyOf(ReadOnlySpan<byte> name)
    {
        byte[] key = new byte[Prefix.Length + name.Length];
        Prefix.CopyTo(key, 0);
        name.CopyTo(key.AsSpan(Prefix.Length));
        return key;
    }

    /// <summary>The directories that have an inode now; takes <see cref="Gate"/>.</summary>
    public DirectoryInode[] KnownDirectories()
    {
        lock (Gate)
            return _directories is null ? [] : [.. _directories.Values];
    }

    /// <summary>The files that the kernel knows now, by the version that it knows under each name; takes <see cref="Gate"/>.</summary>
    public EntryRef[] KnownFiles()
    {
        lock (Gate)
            return _known?.Named() ?? [];
    }

    /// <summary>Whether the kernel knows a file in it, or a directory has an inode.</summary>
    public bool HasChildren()
    {
        lock (Gate)
            return _directories is { Count: > 0 } || _known is { IsEmpty: false };
    }

    /// <summary>A file that the kernel knows, by its node id. Any thread.</summary>
    public bool TryFindFile(NodeId id, out EntryRef file)
    {
        file = default;
        return Volatile.Read(ref _known) is { } known && known.TryFind((uint)id.Value, out file);
    }

    /// <summary>The file that the kernel knows under a name. Under <see cref="Gate"/>.</summary>
    public bool TryFindFile(ReadOnlySpan<byte> name, out EntryRef file)
    {
        file = default;
        return _known is not null && _known.TryFind(name, out file);
    }

    /// <summary>What the kernel knows. Under <see cref="Gate"/>.</summary>
    public KnownFiles Known
    {
        get
        {
            if (_known is null)
                Volatile.Write(ref _known, new KnownFiles());
            return _known!;
        }
    }

    /// <summary>The directory of that name, if it has an inode. Under <see cref="Gate"/>.</summary>
    public DirectoryInode? FindDirectory(ReadOnlySpan<byte> name) =>
        _directories is { } directories && directories.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out DirectoryInode? child) ? child : null;

    /// <summary>Under <see cref="Gate"/>.</summary>
    public void AddDirectory(DirectoryInode child) => (_directories ??= new(NameComparer.Instance)).Add(child.Name, child);

    /// <summary>A new entry. Under <see cref="Gate"/>.</summary>
    public EntryRef AppendFile(ReadOnlySpan<byte> name, in ObjectVersion version, byte storageClass)
    {
        EntrySlab slab = OpenSlab();
        return new EntryRef(slab, slab.AddFile(name, version, storageClass));
    }

    /// <summary>A new entry. Under <see cref="Gate"/>.</summary>
    public EntryRef AppendDirectory(ReadOnlySpan<byte> name)
    {
        EntrySlab slab = OpenSlab();
        return new EntryRef(slab, slab.AddDirectory(name));
    }

    /// <summary>No more entries for now: what is kept free for them goes. Under <see cref="Gate"/>.</summary>
    /// <param name="keepOpen">Whether the next entries come into the same slab, or into a new one.</param>
    public void EndAppending(bool keepOpen)
    {
        _open?.Trim();
        // For as long as a listing or the kernel needs it anyway.
        _resumable = keepOpen && _open is { IsFull: false } open ? new(open) : null;
        _open = null;
    }

    private EntrySlab OpenSlab()
    {
        if (_open is { IsFull: false })
            return _open;
        _open?.Trim();
        if (_resumable is { } resumable && resumable.TryGetTarget(out EntrySlab? slab))
        {
            _resumable = null;
            return _open = slab;
        }
        // After some billions of entries that have come and gone, numbers begin anew.
        while (_known is { } known && known.HasSlab(_slabs))
            _slabs = NextNumber(_slabs);
        _open = new EntrySlab(_slabs);
        _slabs = NextNumber(_slabs);
        return _open;
    }

    /// <summary>The number of the next slab. Under <see cref="Gate"/>.</summary>
    public int NextSlab
    {
        get => _slabs;
        set => _slabs = value;
    }

    private static int NextNumber(int number) => number == EntrySlab.Numbers - 1 ? 0 : number + 1;
}
