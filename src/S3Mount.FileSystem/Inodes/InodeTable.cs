using System.Collections.Concurrent;
using S3Mount.FileSystem.Listing;
using S3Mount.Fuse;

namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// Node ids and what they stand for. Any thread. A file lives here until the kernel has forgotten it; a directory as long as
/// the mount, so that its node id never changes.
/// </summary>
internal sealed class InodeTable
{
    private readonly ConcurrentDictionary<ulong, Inode> _inodes = new();
    private readonly Action<FileInode> _onForgotten;
    private long _lastId = (long)NodeId.Root.Value;

    /// <param name="rootPrefix">Empty, or ending in <c>/</c>.</param>
    /// <param name="onForgotten">Called, without any lock, for each file that the kernel has forgotten.</param>
    public InodeTable(byte[] rootPrefix, Action<FileInode> onForgotten)
    {
        _onForgotten = onForgotten;
        Root = new DirectoryInode(NodeId.Root, parent: null, name: [], rootPrefix);
        _inodes[Root.Id.Value] = Root;
    }

    public DirectoryInode Root { get; }

    public int Count => _inodes.Count;

    public Inode? Find(NodeId id) => _inodes.TryGetValue(id.Value, out Inode? inode) ? inode : null;

    /// <summary>
    /// The inode of an entry that exists, its lookup count raised by one: the one that the name stood for if it is the same
    /// directory or the same version, else a new one. The old one stays under its node id until it is forgotten.
    /// </summary>
    public Inode LookUp(DirectoryInode parent, ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        lock (parent.ChildrenGate)
        {
            Inode? child = FindChild(parent, name, entry);
            if (child is null)
            {
                child = Create(parent, name, entry);
                _inodes[child.Id.Value] = child;
                parent.SetChild(child);
            }
            child.Lookups.Add();
            return child;
        }
    }

    /// <exception cref="InvalidOperationException">More was forgotten than was looked up.</exception>
    public void Forget(NodeId id, ulong lookups)
    {
        if (Find(id) is not { Parent: { } parent } inode)
            return;
        lock (parent.ChildrenGate)
        {
            if (!inode.Lookups.Forget(lookups) || inode is not FileInode file)
                return;
            _inodes.TryRemove(id.Value, out _);
            parent.RemoveFile(file);
        }
        _onForgotten((FileInode)inode);
    }

    public IEnumerable<FileInode> Files => _inodes.Values.OfType<FileInode>();

    private static Inode? FindChild(DirectoryInode parent, ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        if (entry.IsDirectory)
            return parent.FindDirectory(name);
        return parent.FindFile(name) is { } file && file.TryRefresh(entry) ? file : null;
    }

    private Inode Create(DirectoryInode parent, ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        var id = new NodeId((ulong)Interlocked.Increment(ref _lastId));
        if (!entry.IsDirectory)
            return new FileInode(id, parent, name.ToArray(), entry.Version, entry.StorageClass);
        byte[] prefix = new byte[parent.Prefix.Length + name.Length + 1];
        parent.Prefix.CopyTo(prefix, 0);
        name.CopyTo(prefix.AsSpan(parent.Prefix.Length));
        prefix[^1] = (byte)'/';
        return new DirectoryInode(id, parent, name.ToArray(), prefix);
    }
}
