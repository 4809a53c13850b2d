using S3Mount.FileSystem.Listing;
using S3Mount.Fuse;

namespace S3Mount.FileSystem.Inodes;

/// <summary>A directory: a prefix of keys. Its node id never changes while the mount lives.</summary>
internal sealed class DirectoryInode : Inode
{
    // Apart, so that a directory keeps its node id while an object of its name comes and goes. Guarded by ChildrenGate.
    private readonly Dictionary<byte[], FileInode> _files = new(NameComparer.Instance);
    private readonly Dictionary<byte[], DirectoryInode> _directories = new(NameComparer.Instance);
    private ListingTrace? _lastListing;

    public DirectoryInode(NodeId id, DirectoryInode? parent, byte[] name, byte[] prefix)
        : base(id, parent, name)
    {
        Prefix = prefix;
    }

    /// <summary>The key prefix of everything below: empty, or ending in <c>/</c>.</summary>
    public byte[] Prefix { get; }

    /// <summary>Guards the children and the lookup counts of the children.</summary>
    public Lock ChildrenGate { get; } = new();

    /// <summary>What is remembered of the last listing when the listing itself may be gone; null: never listed.</summary>
    public ListingTrace? LastListing
    {
        get => Volatile.Read(ref _lastListing);
        set => Volatile.Write(ref _lastListing, value);
    }

    public byte[] KeyOf(ReadOnlySpan<byte> name)
    {
        byte[] key = new byte[Prefix.Length + name.Length];
        Prefix.CopyTo(key, 0);
        name.CopyTo(key.AsSpan(Prefix.Length));
        return key;
    }

    /// <summary>The directory of that name. Under <see cref="ChildrenGate"/>.</summary>
    public DirectoryInode? FindDirectory(ReadOnlySpan<byte> name) =>
        _directories.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out DirectoryInode? child) ? child : null;

    /// <summary>The file that the name stood for last. Under <see cref="ChildrenGate"/>.</summary>
    public FileInode? FindFile(ReadOnlySpan<byte> name) =>
        _files.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out FileInode? child) ? child : null;

    /// <summary>The children that there are now; takes <see cref="ChildrenGate"/>.</summary>
    public Inode[] KnownChildren()
    {
        lock (ChildrenGate)
            return [.. _files.Values, .. _directories.Values];
    }

    /// <summary>The same, directories alone.</summary>
    public DirectoryInode[] KnownDirectories()
    {
        lock (ChildrenGate)
            return [.. _directories.Values];
    }

    public bool HasChildren()
    {
        lock (ChildrenGate)
            return _files.Count + _directories.Count > 0;
    }

    /// <summary>Under <see cref="ChildrenGate"/>.</summary>
    public void SetChild(Inode child)
    {
        if (child is DirectoryInode directory)
            _directories[child.Name] = directory;
        else
            _files[child.Name] = (FileInode)child;
    }

    /// <summary>Removes the name if it still stands for this inode. Under <see cref="ChildrenGate"/>.</summary>
    public void RemoveFile(FileInode child)
    {
        if (_files.TryGetValue(child.Name, out FileInode? current) && ReferenceEquals(current, child))
            _files.Remove(child.Name);
    }
}
