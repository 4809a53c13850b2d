using Mono.Unix.Native;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem;

public sealed partial class ObjectFileSystem
{
    public ValueTask GetAttrAsync(FuseRequest request, NodeId node) => AnswerAttrAsync(request, node, statx: false);

    public ValueTask StatxAsync(FuseRequest request, NodeId node) => AnswerAttrAsync(request, node, statx: true);

    public ValueTask StatFsAsync(FuseRequest request, NodeId node)
    {
        MountReplies.StatFs(request);
        return default;
    }

    public ValueTask LseekAsync(FuseRequest request, NodeId node, ulong offset, uint whence)
    {
        const uint SeekData = 3;
        const uint SeekHole = 4;
        if (!_inodes.TryFindFile(node, out FileInode file))
            request.ReplyError(Errno.ESTALE);
        else if (whence is not (SeekData or SeekHole))
            request.ReplyError(Errno.EINVAL);
        else if (offset >= (ulong)file.Size)
            request.ReplyError(Errno.ENXIO);
        else
            request.ReplyLseek(whence == SeekData ? offset : (ulong)file.Size);
        return default;
    }

    private ValueTask AnswerAttrAsync(FuseRequest request, NodeId node, bool statx)
    {
        if (_inodes.TryFindFile(node, out FileInode file))
        {
            ReplyAttr(request, _attributes.Write(file), _clock.Until(_clock.After(_options.MetadataTtl)), statx);
            return default;
        }
        switch (_inodes.FindDirectory(node))
        {
            case null:
                request.ReplyError(Errno.ESTALE);
                return default;
            case { LastListing: { IsForLookups: false } listed } directory when _clock.HasPassed(listed.ExpiresAt):
                // Of a walk that the kernel answers from what it keeps, this is all that comes here.
                _walks.Observe(directory);
                // The kernel keeps a directory's entries until its mtime changes, so the directory is listed before it is shown.
                if (listed.Pages == 1)
                    return AnswerAttrSlowAsync(request, directory, statx);
                _lister.RefreshBehind(directory);
                ReplyAttr(request, _attributes.Write(directory), TimeSpan.Zero, statx);
                return default;
            case var directory:
                ReplyAttr(request, _attributes.Write(directory), AttrTimeout(directory, _clock.After(_options.MetadataTtl)), statx);
                return default;
        }
    }

    private async ValueTask AnswerAttrSlowAsync(FuseRequest request, DirectoryInode directory, bool statx)
    {
        try
        {
            DirectoryListing listing = await _lister.ListAsync(directory, request.CancellationToken).ConfigureAwait(false);
            ReplyAttr(request, _attributes.Write(directory), _clock.Until(ExpiryOf(listing)), statx);
        }
        catch (Exception failure)
        {
            request.ReplyError(ErrnoMapper.MapAndLog(_logger, failure, "listing", new ObjectKey(directory.Prefix), isRead: false, request.IsInterrupted));
        }
    }

    internal static void ReplyAttr(FuseRequest request, in FuseAttr attributes, TimeSpan timeout, bool statx)
    {
        var answer = new FuseAttrOut { Attr = attributes };
        answer.SetAttrTimeout(timeout);
        if (statx)
            request.ReplyStatx(answer);
        else
            request.ReplyAttr(answer);
    }
}
