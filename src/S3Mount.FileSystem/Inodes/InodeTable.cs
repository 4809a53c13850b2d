using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// Node ids and what they stand for. Any thread. A file is known here until the kernel has forgotten it; a directory as long as
/// the mount, so that its node id never changes.
/// </summary>
internal sealed class InodeTable
{
    private readonly Lock _gate = new();
    private readonly Action<NodeId> _onForgotten;
    private DirectoryInode[] _directories; // grows under _gate
    private int _count = 1;
    private int _files;

    /// <param name="rootPrefix">Empty, or ending in <c>/</c>.</param>
    /// <param name="onForgotten">Called, without any lock, for each file that the kernel has forgotten.</param>
    public InodeTable(byte[] rootPrefix, Action<NodeId> onForgotten)
    {
        _onForgotten = onForgotten;
        Root = new DirectoryInode(0, parent: null, name: [], rootPrefix);
        _directories = [Root, null!, null!, null!];
    }

    public DirectoryInode Root { get; }

    public int DirectoryCount => Volatile.Read(ref _count);

    /// <summary>Files that the kernel knows, each version for itself.</summary>
    public int FileCount => Volatile.Read(ref _files);

    /// <summary>The directory of a node id; null if it is no directory.</summary>
    public DirectoryInode? FindDirectory(NodeId id) => id.Value == 0 || DirectoryInode.IsFile(id) ? null : At(DirectoryInode.NumberOf(id));

    public bool TryFindFile(NodeId id, out FileInode file)
    {
        file = default;
        if (!DirectoryInode.IsFile(id) || At(DirectoryInode.NumberOf(id)) is not { } parent || !parent.TryFindFile(id, out EntryRef entry))
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
        if (!DirectoryInode.IsFile(id) || At(DirectoryInode.NumberOf(id)) is not { } parent)
            return;
        lock (parent.Gate)
        {
            if (!parent.TryFindFile(id, out EntryRef file) || !parent.Known.Forget(file, lookups))
                return;
        }
        Interlocked.Decrement(ref _files);
        _onForgotten(id);
    }

    private DirectoryInode? At(int number)
    {
        DirectoryInode[] directories = Volatile.Read(ref _directories);
        return (uint)number < (uint)directories.Length ? Volatile.Read(ref directories[number]) : null;
    }

    private DirectoryInode Create(DirectoryInode parent, ReadOnlySpan<byte> name)
    {
        byte[] prefix = new byte[parent.Prefix.Length + name.Length + 1];
        parent.Prefix.CopyTo(prefix, 0);
        name.CopyTo(prefix.AsSpan(parent.Prefix.Length));
        prefix[^1] = (byte)'/';
        lock (_gate)
        {
            var directory = new DirectoryInode(_count, parent, name.ToArray(), prefix);
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
