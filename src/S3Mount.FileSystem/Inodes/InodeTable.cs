using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// Node ids and what they stand for. Any thread. A file is known here until the kernel has forgotten it; a directory as long as
/// the mount, so that its node id never changes.
/// </summary>
internal sealed class InodeTable
{
    private const int ChunkMask = NodeNumbers.ChunkSize - 1;

    private readonly Lock _gate = new();
    private readonly Action<NodeId> _onForgotten;
    private readonly NodeNumbers _numbers;
    private readonly object? _owner;
    private readonly List<int> _own; // first numbers of this table's chunks, in order; guarded by _gate
    private DirectoryInode?[]?[] _chunks = []; // by number; grows under _gate
    private int _count = 1;
    private int _files;

    /// <param name="rootPrefix">Empty, or ending in <c>/</c>.</param>
    /// <param name="onForgotten">Called, without any lock, for each file that the kernel has forgotten.</param>
    /// <param name="numbers">Where node ids come from; null: the table is the only one.</param>
    /// <param name="name">Of the root, where it is a directory of the mount's root and not that itself.</param>
    /// <param name="owner">Of the numbers that it takes (<see cref="NodeNumbers.OwnerOf"/>).</param>
    /// <param name="chunks">First numbers of chunks that are this table's already.</param>
    public InodeTable(byte[] rootPrefix, Action<NodeId> onForgotten, NodeNumbers? numbers = null, byte[]? name = null, object? owner = null, IEnumerable<int>? chunks = null)
    {
        _owner = owner;
        _onForgotten = onForgotten;
        _numbers = numbers ?? new NodeNumbers();
        _own = [.. chunks ?? []];
        foreach (int first in _own)
            _numbers.RetakeChunk(first, owner);
        if (_own.Count == 0)
            _own.Add(_numbers.TakeChunk(owner));
        foreach (int first in _own)
            AddChunk(first);
        int number = _own[0];
        Root = name is null ? DirectoryInode.MountRoot(rootPrefix, number) : DirectoryInode.RootOf(name, rootPrefix, number);
        _chunks[number >> NodeNumbers.ChunkShift]![0] = Root;
    }

    public DirectoryInode Root { get; }

    public int DirectoryCount => Volatile.Read(ref _count);

    /// <summary>Files that the kernel knows, each version for itself.</summary>
    public int FileCount => Volatile.Read(ref _files);

    /// <summary>The directory of a node id; null if it is no directory.</summary>
    public DirectoryInode? FindDirectory(NodeId id) => id.Value == 0 || DirectoryInode.IsFile(id) ? null : FindDirectory(DirectoryInode.NumberOf(id));

    // The mount's root has the number 0, and its files have another.
    public DirectoryInode? FindDirectory(int number) =>
        number == Root.Number ? Root : WithFiles(number) is { } directory && directory.Number == number ? directory : null;

    /// <summary>All of them as they are now, the root first, each after its parent.</summary>
    public DirectoryInode[] Directories()
    {
        lock (_gate)
        {
            var all = new DirectoryInode[_count];
            for (int i = 0; i < all.Length; i++)
                all[i] = WithFiles(NumberAt(i))!;
            return all;
        }
    }

    /// <summary>The chunks of numbers that it has, by their first.</summary>
    public int[] Chunks()
    {
        lock (_gate)
            return [.. _own];
    }

    /// <summary>Below it are all numbers of the mount that somebody has.</summary>
    public int NextNumber => _numbers.Next;

    /// <summary>A file that the kernel knows from an earlier process. Under the directory's gate.</summary>
    public void Restore(DirectoryInode directory, in EntryRef file, uint lookups, bool isNamed)
    {
        directory.Known.Restore(file, lookups, isNamed);
        Interlocked.Increment(ref _files);
    }

    public bool TryFindFile(NodeId id, out FileInode file)
    {
        file = default;
        if (!DirectoryInode.IsFile(id) || WithFiles(DirectoryInode.NumberOf(id)) is not { } parent || !parent.TryFindFile(id, out EntryRef entry))
            return false;
        file = new FileInode(parent, entry);
        return true;
    }

    /// <summary>The directory of a name that is one. It has no lookup count: it stays.</summary>
    public DirectoryInode GetDirectory(DirectoryInode parent, ReadOnlySpan<byte> name)
    {
        lock (parent.Gate)
        {
            if (parent.FindDirectory(name) is { } known)
                return known;
            DirectoryInode directory = Create(parent, name);
            parent.AddDirectory(directory);
            return directory;
        }
    }

    /// <summary>
    /// The inode of a version that is there, its lookup count raised by one: the one that the name stood for if it is the same
    /// version, else a new one. The old one stays under its node id until it is forgotten.
    /// </summary>
    public FileInode LookUp(DirectoryInode parent, ReadOnlySpan<byte> name, in ObjectVersion version, string storageClass)
    {
        byte code = StorageClassCodes.Of(storageClass);
        lock (parent.Gate)
        {
            if (!parent.TryFindFile(name, out EntryRef file) || !file.TryRefresh(version, code))
                file = parent.AppendFile(name, version, code);
            if (parent.Known.AddLookup(file))
                Interlocked.Increment(ref _files);
            return new FileInode(parent, file);
        }
    }

    /// <summary>The same for an entry of a listing.</summary>
    public FileInode LookUp(DirectoryInode parent, in EntryRef listed)
    {
        lock (parent.Gate)
        {
            ref Entry entry = ref listed.Slab[listed.Index];
            if (!parent.TryFindFile(listed.Name, out EntryRef file) || (file != listed && !file.TryRefresh(listed.Version, entry.StorageClass)))
                file = listed;
            if (parent.Known.AddLookup(file))
                Interlocked.Increment(ref _files);
            return new FileInode(parent, file);
        }
    }

    /// <exception cref="InvalidOperationException">More was forgotten than was looked up.</exception>
    public void Forget(NodeId id, ulong lookups)
    {
        if (!DirectoryInode.IsFile(id) || WithFiles(DirectoryInode.NumberOf(id)) is not { } parent)
            return;
        lock (parent.Gate)
        {
            if (!parent.TryFindFile(id, out EntryRef file) || !parent.Known.Forget(file, lookups))
                return;
        }
        Interlocked.Decrement(ref _files);
        _onForgotten(id);
    }

    // The directory whose files have the number. Others are of earlier processes, or of other file systems of the mount.
    private DirectoryInode? WithFiles(int number)
    {
        DirectoryInode?[]?[] chunks = Volatile.Read(ref _chunks);
        int chunk = number >> NodeNumbers.ChunkShift;
        return (uint)chunk < (uint)chunks.Length && Volatile.Read(ref chunks[chunk]) is { } own ? Volatile.Read(ref own[number & ChunkMask]) : null;
    }

    private int NumberAt(int place) => _own[place >> NodeNumbers.ChunkShift] + (place & ChunkMask);

    // Under _gate, or in the constructor.
    private void AddChunk(int first)
    {
        int chunk = first >> NodeNumbers.ChunkShift;
        if (chunk >= _chunks.Length)
        {
            // Chunks of a mount that others share come far apart: by doubling they are not copied each time.
            var grown = new DirectoryInode?[]?[Math.Max(chunk + 1, _chunks.Length * 2)];
            _chunks.CopyTo(grown, 0);
            Volatile.Write(ref _chunks, grown);
        }
        Volatile.Write(ref _chunks[chunk], new DirectoryInode?[NodeNumbers.ChunkSize]);
    }

    private DirectoryInode Create(DirectoryInode parent, ReadOnlySpan<byte> name)
    {
        byte[] prefix = new byte[parent.Prefix.Length + name.Length + 1];
        parent.Prefix.CopyTo(prefix, 0);
        name.CopyTo(prefix.AsSpan(parent.Prefix.Length));
        prefix[^1] = (byte)'/';
        lock (_gate)
        {
            if (_count >> NodeNumbers.ChunkShift == _own.Count)
            {
                int first = _numbers.TakeChunk(_owner);
                AddChunk(first);
                _own.Add(first);
            }
            int number = NumberAt(_count);
            var directory = new DirectoryInode(number, parent, name.ToArray(), prefix);
            Volatile.Write(ref _chunks[number >> NodeNumbers.ChunkShift]![number & ChunkMask], directory);
            Volatile.Write(ref _count, _count + 1);
            return directory;
        }
    }
}
