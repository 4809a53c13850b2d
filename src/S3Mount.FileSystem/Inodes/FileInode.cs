using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Reading;
using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Inodes;

/// <summary>A file: one version of one object. Another version of the same key is another inode.</summary>
internal sealed class FileInode : Inode
{
    private readonly ObjectVersion _version;
    private long _lastModified;
    private string _storageClass;
    private ObjectReader? _reader;

    public FileInode(NodeId id, DirectoryInode parent, byte[] name, in ObjectVersion version, string storageClass)
        : base(id, parent, name)
    {
        _version = version;
        _lastModified = version.LastModified;
        _storageClass = storageClass;
    }

    public ObjectVersion Version => _version with { LastModified = Volatile.Read(ref _lastModified) };

    public long Size => _version.Size;

    public string StorageClass => Volatile.Read(ref _storageClass);

    public ObjectKey Key => new(Parent!.KeyOf(Name));

    /// <summary>
    /// Whether the entry shows this version. The same bytes written again are the same version, whose time may be newer; the
    /// object may also have been archived or restored.
    /// </summary>
    public bool TryRefresh(in DirectoryEntry entry)
    {
        if (entry.IsDirectory || !Version.IsSameAs(entry.Version))
            return false;
        Volatile.Write(ref _lastModified, entry.Version.LastModified);
        Volatile.Write(ref _storageClass, entry.StorageClass);
        return true;
    }

    /// <summary>Null while nothing of the file is in memory.</summary>
    public ObjectReader? Reader => Volatile.Read(ref _reader);

    /// <summary>Sets the reader unless there is one; returns the one that counts.</summary>
    public ObjectReader AttachReader(ObjectReader reader) => Interlocked.CompareExchange(ref _reader, reader, null) ?? reader;

    /// <summary>Forgets a reader that has retired.</summary>
    public void DropReader(ObjectReader retired) => Interlocked.CompareExchange(ref _reader, null, retired);

    public ObjectReader? DetachReader() => Interlocked.Exchange(ref _reader, null);
}
