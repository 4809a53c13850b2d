using Mono.Unix.Native;
using S3Mount.FileSystem.Inodes;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.FileSystem.Datasets;

public sealed partial class DatasetFileSystem
{
    private delegate ValueTask Operation<T>(ObjectFileSystem files, FuseRequest request, NodeId node, T argument)
        where T : allows ref struct;

    public ValueTask LookupAsync(FuseRequest request, NodeId parent, ReadOnlySpan<byte> name) => parent == NodeId.Root
        ? LookupInRoot(request, name)
        : Run(request, parent, name, static (files, request, parent, name) => files.LookupAsync(request, parent, name));

    public void Forget(NodeId node, ulong lookups)
    {
        // Of what is gone the kernel forgets what nobody remembers.
        if (FindOwner(node) is not { } dataset)
            return;
        try
        {
            dataset.Files.Forget(node, lookups);
        }
        finally
        {
            dataset.Leave();
        }
    }

    public ValueTask GetAttrAsync(FuseRequest request, NodeId node) => node == NodeId.Root
        ? AnswerRootAttr(request, statx: false)
        : Run(request, node, 0, static (files, request, node, _) => files.GetAttrAsync(request, node));

    public ValueTask StatxAsync(FuseRequest request, NodeId node) => node == NodeId.Root
        ? AnswerRootAttr(request, statx: true)
        : Run(request, node, 0, static (files, request, node, _) => files.StatxAsync(request, node));

    public ValueTask AccessAsync(FuseRequest request, NodeId node, uint mask)
    {
        MountReplies.Access(request);
        return default;
    }

    public ValueTask OpenAsync(FuseRequest request, NodeId node, uint flags)
    {
        MountReplies.Open(request, _connection);
        return default;
    }

    public ValueTask ReadAsync(FuseRequest request, NodeId node, in FuseReadIn read) => node == NodeId.Root
        ? Refuse(request, Errno.EISDIR)
        : Run(request, node, read, static (files, request, node, read) => files.ReadAsync(request, node, read));

    public ValueTask FlushAsync(FuseRequest request, NodeId node, ulong fh)
    {
        MountReplies.Flush(request);
        return default;
    }

    public ValueTask ReleaseAsync(FuseRequest request, NodeId node, ulong fh)
    {
        request.ReplyOk();
        return default;
    }

    public ValueTask OpenDirAsync(FuseRequest request, NodeId node, uint flags)
    {
        MountReplies.OpenDir(request, _connection, _options.KernelCachesDirectories);
        return default;
    }

    public ValueTask ReadDirAsync(FuseRequest request, NodeId node, in FuseReadIn read) => node == NodeId.Root
        ? ListRoot(request, read, plus: false)
        : Run(request, node, read, static (files, request, node, read) => files.ReadDirAsync(request, node, read));

    public ValueTask ReadDirPlusAsync(FuseRequest request, NodeId node, in FuseReadIn read) => node == NodeId.Root
        ? ListRoot(request, read, plus: true)
        : Run(request, node, read, static (files, request, node, read) => files.ReadDirPlusAsync(request, node, read));

    public ValueTask ReleaseDirAsync(FuseRequest request, NodeId node, ulong fh)
    {
        request.ReplyOk();
        return default;
    }

    public ValueTask StatFsAsync(FuseRequest request, NodeId node)
    {
        MountReplies.StatFs(request);
        return default;
    }

    public ValueTask GetXattrAsync(FuseRequest request, NodeId node, ReadOnlySpan<byte> name, uint size)
    {
        if (node != NodeId.Root)
            return Run(request, node, new XattrName(name, size), static (files, request, node, xattr) => files.GetXattrAsync(request, node, xattr.Name, xattr.Size));
        return MountReplies.TryRefuseXattr(request, name) ? default : Refuse(request, Errno.ENODATA);
    }

    public ValueTask ListXattrAsync(FuseRequest request, NodeId node, uint size)
    {
        if (node != NodeId.Root)
            return Run(request, node, size, static (files, request, node, size) => files.ListXattrAsync(request, node, size));
        MountReplies.Xattr(request, [], size);
        return default;
    }

    public ValueTask LseekAsync(FuseRequest request, NodeId node, ulong offset, uint whence) => node == NodeId.Root
        ? Refuse(request, Errno.EINVAL)
        : Run(request, node, (offset, whence), static (files, request, node, seek) => files.LseekAsync(request, node, seek.offset, seek.whence));

    private static ValueTask Refuse(FuseRequest request, Errno error)
    {
        request.ReplyError(error);
        return default;
    }

    private ValueTask Run<T>(FuseRequest request, NodeId node, T argument, Operation<T> operation)
        where T : allows ref struct
    {
        if (FindOwner(node) is not { } dataset)
            return Refuse(request, Errno.ESTALE);
        ValueTask running;
        try
        {
            running = operation(dataset.Files, request, node, argument);
        }
        catch
        {
            dataset.Leave();
            throw;
        }
        return dataset.Leave(running);
    }

    // Entered: the caller leaves it.
    private Dataset? FindOwner(NodeId node) =>
        node.Value != 0 && _numbers.OwnerOf(DirectoryInode.NumberOf(node)) is Dataset dataset && dataset.TryEnter() ? dataset : null;

    private readonly ref struct XattrName(ReadOnlySpan<byte> name, uint size)
    {
        public ReadOnlySpan<byte> Name { get; } = name;

        public uint Size { get; } = size;
    }
}
