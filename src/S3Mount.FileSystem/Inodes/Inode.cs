using S3Mount.Fuse;

namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// What a node id stands for. Node id, parent and name never change. The lookup count is guarded by the children's lock of
/// the parent.
/// </summary>
internal abstract class Inode
{
    protected Inode(NodeId id, DirectoryInode? parent, byte[] name)
    {
        Id = id;
        Parent = parent;
        Name = name;
        PathState = parent is null ? PathHash.Root : PathHash.Append(parent.PathState, name);
    }

    public NodeId Id { get; }

    /// <summary>Null for the root.</summary>
    public DirectoryInode? Parent { get; }

    public byte[] Name { get; }

    public ulong PathState { get; }

    public ulong Ino => Parent is null ? PathHash.RootIno : PathHash.ToIno(PathState);

    public LookupCount Lookups { get; } = new();
}
