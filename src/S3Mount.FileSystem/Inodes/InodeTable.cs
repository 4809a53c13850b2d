using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// Node ids and what they stand for. Any thread. A file is known here until the kernel has forgotten it; a directory as long as
/// the mount, so that its node id never changes.
/// </summary>
internal sealed class InodeTable
{
    /// <summary>Directories between two calls of reserve; as many numbers are left out after a crash, of the two thousand million that there are.</summary>
    private const int ReservedAtOnce = 1 << 16;

    private readonly Lock _gate = new();
    private readonly Action<NodeId> _onForgotten;
    private readonly Action<int>? _reserve;
    private DirectoryInode[] _directories; // grows under _gate
    private int _count = 1;
    private int _files;
    private int _reserved; // guarded by _gate

    /// <param name="rootPrefix">Empty, or ending in <c>/</c>.</param>
    /// <param name="onForgotten">Called, without any lock, for each file that the kernel has forgotten.</param>
    /// <param name="firstNumber">Of the root's files; the other directories have those after it.</param>
    /// <param name="reserve">Told up to which number (exclusive) they may come, before they do.</param>
    public InodeTable(byte[] rootPrefix, Action<NodeId> onForgotten, int firstNumber = 0, Action<int>? reserve = null)
    {
        _onForgotten = onForgotten;
        _reserve = reserve;
        FirstNumber = firstNumber;
        Reserve(firstNumber);
        Root = new DirectoryInode(0, parent: null, name: [], rootPrefix, firstNumber);
        _directories = [Root, null!, null!, null!];
    }

    public DirectoryInode Root { get; }

    /// <summary>The number of the root's files; the other directories come after it.</summary>
    public int FirstNumber { get; }

    public int DirectoryCount => Volatile.Read(ref _count);

    /// <summary>Files that the kernel knows, each version for itself.</summary>
    public int FileCount => Volatile.Read(ref _files);

    /// <summary>The directory of a node id; null if it is no directory.</summary>
    public DirectoryInode? FindDirectory(NodeId id) => id.Value == 0 || DirectoryInode.IsFile(id) ? null : FindDirectory(DirectoryInode.NumberOf(id));

    public DirectoryInode? FindDirectory(int number) => number == 0 ? Root : number > FirstNumber ? WithFiles(number) : null;

    /// <summary>All of them as they are now, the root first, each after its parent.</summary>
    public DirectoryInode[] Directories() => Volatile.Read(ref _count) is var count ? _directories[..count] : [];

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

    // The directory whose files have the number. Numbers before the first are of earlier processes.
    private DirectoryInode? WithFiles(int number)
    {
        DirectoryInode[] directories = Volatile.Read(ref _directories);
        int place = number - FirstNumber;
        return (uint)place < (uint)directories.Length ? Volatile.Read(ref directories[place]) : null;
    }

    // Under _gate, or in the constructor.
    private void Reserve(int number) => _reserve?.Invoke(_reserved = (int)Math.Min((long)number + ReservedAtOnce, int.MaxValue));

    private DirectoryInode Create(DirectoryInode parent, ReadOnlySpan<byte> name)
    {
        byte[] prefix = new byte[parent.Prefix.Length + name.Length + 1];
        parent.Prefix.CopyTo(prefix, 0);
        name.CopyTo(prefix.AsSpan(parent.Prefix.Length));
        prefix[^1] = (byte)'/';
        lock (_gate)
        {
            int number = FirstNumber + _count;
            if (_reserve is not null && number >= _reserved)
                Reserve(number);
            var directory = new DirectoryInode(number, parent, name.ToArray(), prefix);
            if (_count == _directories.Length)
            {
                var grown = new DirectoryInode[_count * 2];
                _directories.CopyTo(grown, 0);
                Volatile.Write(ref _directories, grown);
            }
            Volatile.Write(ref _directories[_count], directory);
            Volatile.Write(ref _count, _count + 1);
            return directory;
        }
    }
}
