using System.Text;
using Mono.Unix.Native;
using S3Mount.FileSystem.Inodes;
using S3Mount.Fuse;
using S3Mount.Fuse.Session;

namespace S3Mount.FileSystem;

public sealed partial class ObjectFileSystem
{
    private static ReadOnlySpan<byte> KeyAttribute => "user.s3.key"u8;

    private static ReadOnlySpan<byte> ETagAttribute => "user.s3.etag"u8;

    private static ReadOnlySpan<byte> StorageClassAttribute => "user.s3.storage-class"u8;

    public ValueTask GetXattrAsync(FuseRequest request, NodeId node, ReadOnlySpan<byte> name, uint size)
    {
        bool isFile = _inodes.TryFindFile(node, out FileInode file);
        if (!isFile && _inodes.FindDirectory(node) is null)
            request.ReplyError(Errno.ESTALE);
        else if (MountReplies.TryRefuseXattr(request, name))
            return default;
        else if (isFile && ValueOf(file, name) is { } value)
            MountReplies.Xattr(request, value, size);
        else
            request.ReplyError(Errno.ENODATA);
        return default;
    }

    public ValueTask ListXattrAsync(FuseRequest request, NodeId node, uint size)
    {
        bool isFile = _inodes.TryFindFile(node, out FileInode file);
        if (!isFile && _inodes.FindDirectory(node) is null)
        {
            request.ReplyError(Errno.ESTALE);
            return default;
        }
        byte[] names = [];
        if (isFile)
        {
            names = file.Version.IsPinned
                ? [.. KeyAttribute, 0, .. ETagAttribute, 0, .. StorageClassAttribute, 0]
                : [.. KeyAttribute, 0, .. StorageClassAttribute, 0];
        }
        MountReplies.Xattr(request, names, size);
        return default;
    }

    private static byte[]? ValueOf(in FileInode file, ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(KeyAttribute))
            return file.Key.Span.ToArray();
        if (name.SequenceEqual(ETagAttribute) && file.Version.IsPinned)
            return Encoding.UTF8.GetBytes(file.Version.ETag.ToString());
        if (name.SequenceEqual(StorageClassAttribute))
            return Encoding.UTF8.GetBytes(file.StorageClass.Length > 0 ? file.StorageClass : ObjectStore.StorageClass.Standard);
        return null;
    }
}
