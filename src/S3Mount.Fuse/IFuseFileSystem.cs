using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.Fuse;

/// <summary>
/// A file system as the kernel sees it: one method an operation, node ids instead of paths.
/// <para>
/// <b>Threads.</b> Every method is entered on a reader thread of the session, several at once. What can be answered at once
/// is answered there; a method that must wait returns an incomplete <see cref="ValueTask"/> and continues on the thread pool.
/// It must not block.
/// </para>
/// <para>
/// <b>Answers.</b> A request is answered exactly once through its <see cref="FuseRequest"/>, before the returned task
/// completes. A task that completes without an answer, or throws, is answered with EIO and logged by the session.
/// </para>
/// <para>
/// <b>Memory.</b> Spans (names) point into the reader's buffer and are valid only until the method first returns; what is
/// needed after an await is copied before it.
/// </para>
/// <para>
/// <b>Waiting.</b> <see cref="FuseRequest.CancellationToken"/> trips when the kernel sends INTERRUPT for the request and when
/// the session ends; a request cancelled by INTERRUPT (<see cref="FuseRequest.IsInterrupted"/>) is answered with EINTR, by the
/// end of the session with EIO.
/// </para>
/// Operations that a read-only file system never sees succeed (WRITE, MKDIR, SETATTR, ...) are answered by the session.
/// </summary>
public interface IFuseFileSystem
{
    /// <summary>Called once, after INIT has been negotiated and before any other method.</summary>
    void Initialize(FuseConnection connection);

    /// <summary>LOOKUP. Success adds one to the lookup count of the node id in the answer.</summary>
    ValueTask LookupAsync(FuseRequest request, NodeId parent, ReadOnlySpan<byte> name);

    /// <summary>FORGET and BATCH_FORGET: the kernel drops <paramref name="lookups"/> of the lookups it was given. No answer.</summary>
    void Forget(NodeId node, ulong lookups);

    /// <summary>GETATTR.</summary>
    ValueTask GetAttrAsync(FuseRequest request, NodeId node);

    /// <summary>STATX (7.39): answered with <see cref="FuseRequest.ReplyStatx"/>. The kernel sends it only for what GETATTR lacks.</summary>
    ValueTask StatxAsync(FuseRequest request, NodeId node);

    /// <summary>ACCESS. Sent only without default_permissions; ENOSYS stops the kernel from asking again.</summary>
    ValueTask AccessAsync(FuseRequest request, NodeId node, uint mask);

    /// <summary>
    /// OPEN. ENOSYS, where <see cref="FuseConnection.NoOpen"/> was negotiated, makes every open of the mount a zero-message
    /// open with the page cache kept (fuse_file_open, fs/fuse/file.c, v6.18).
    /// </summary>
    ValueTask OpenAsync(FuseRequest request, NodeId node, uint flags);

    /// <summary>
    /// READ. Answered with <see cref="FuseRequest.ReplyRead"/>: exactly min(size, file size - offset) bytes, or an error; the
    /// kernel takes a shorter answer for the end of the file.
    /// </summary>
    ValueTask ReadAsync(FuseRequest request, NodeId node, in FuseReadIn read);

    /// <summary>FLUSH: a descriptor was closed. ENOSYS stops the kernel from asking again.</summary>
    ValueTask FlushAsync(FuseRequest request, NodeId node, ulong fh);

    /// <summary>RELEASE: the last descriptor of an open is gone.</summary>
    ValueTask ReleaseAsync(FuseRequest request, NodeId node, ulong fh);

    /// <summary>OPENDIR; ENOSYS as for <see cref="OpenAsync"/>.</summary>
    ValueTask OpenDirAsync(FuseRequest request, NodeId node, uint flags);

    /// <summary>
    /// READDIR: entries from <paramref name="read"/>.Offset on, in a <see cref="DirentWriter"/>, sent by
    /// <see cref="FuseRequest.ReplyBytes"/>. An empty answer is the end of the directory.
    /// </summary>
    ValueTask ReadDirAsync(FuseRequest request, NodeId node, in FuseReadIn read);

    /// <summary>
    /// READDIRPLUS: as READDIR with an entry each; every entry with a node id other than 0 counts as a lookup, except <c>.</c>
    /// and <c>..</c>.
    /// </summary>
    ValueTask ReadDirPlusAsync(FuseRequest request, NodeId node, in FuseReadIn read);

    /// <summary>RELEASEDIR.</summary>
    ValueTask ReleaseDirAsync(FuseRequest request, NodeId node, ulong fh);

    /// <summary>STATFS.</summary>
    ValueTask StatFsAsync(FuseRequest request, NodeId node);

    /// <summary>
    /// GETXATTR. <paramref name="size"/> 0 asks for the length (<see cref="FuseRequest.ReplyXattrSize"/>); a value longer than
    /// a size that is not 0 is ERANGE, a missing attribute ENODATA.
    /// </summary>
    ValueTask GetXattrAsync(FuseRequest request, NodeId node, ReadOnlySpan<byte> name, uint size);

    /// <summary>LISTXATTR: names, each ended by a NUL; sizes as for <see cref="GetXattrAsync"/>.</summary>
    ValueTask ListXattrAsync(FuseRequest request, NodeId node, uint size);

    /// <summary>LSEEK with SEEK_DATA (3) or SEEK_HOLE (4); the kernel answers the other kinds itself.</summary>
    ValueTask LseekAsync(FuseRequest request, NodeId node, ulong offset, uint whence);

    /// <summary>Called once, when the kernel has unmounted (DESTROY) or the connection is gone; no method is entered after it.</summary>
    void Destroy();
}
