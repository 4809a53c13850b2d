using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Inodes;

/// <summary>A file: one version of one object. Another version of the same key is another inode. Any thread.</summary>
internal readonly record struct FileInode(DirectoryInode Parent, EntryRef Entry)
{
    public NodeId Id => Parent.IdOf(Entry);

    public ReadOnlySpan<byte> Name => Entry.Name;

    public ObjectKey Key => new(Parent.KeyOf(Name));

    public ObjectVersion Version => Entry.Version;

    public long Size => Entry.Size;

    public string StorageClass => Entry.StorageClass;

    public ulong Ino => PathHash.ToIno(PathHash.Append(Parent.PathState, Name));
}
