using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

/// <summary>
/// One request of the kernel and the only way to answer it. Owned by the session; handed to the file system until the task
/// of its operation completes. Answered exactly once: a second answer is dropped and logged as a bug. The reply calls write
/// to the device on the calling thread and return when the kernel has copied the bytes; they never throw because of the
/// device (a kernel that no longer waits is no error).
/// </summary>
public sealed class FuseRequest
{
    public ulong Unique => throw new NotImplementedException();

    public NodeId Node => throw new NotImplementedException();

    public uint Uid => throw new NotImplementedException();

    public uint Gid => throw new NotImplementedException();

    public uint Pid => throw new NotImplementedException();

    public bool IsAnswered => throw new NotImplementedException();

    /// <summary>Trips on INTERRUPT and when the session ends. Made on first use: do not touch it on the fast path.</summary>
    public CancellationToken CancellationToken => throw new NotImplementedException();

    public void ReplyError(Errno error) => throw new NotImplementedException();

    /// <summary>Success without a body (ACCESS, FLUSH, RELEASE, ...).</summary>
    public void ReplyOk() => throw new NotImplementedException();

    public void ReplyEntry(in FuseEntryOut entry) => throw new NotImplementedException();

    public void ReplyAttr(in FuseAttrOut attr) => throw new NotImplementedException();

    /// <summary>The answer to STATX; the basic fields (STATX_BASIC_STATS) come from <paramref name="attr"/>.</summary>
    public void ReplyStatx(in FuseAttrOut attr) => throw new NotImplementedException();

    public void ReplyOpen(in FuseOpenOut open) => throw new NotImplementedException();

    /// <summary>
    /// The answer to READ, written straight from the caller's memory. The slices must hold exactly
    /// min(<paramref name="read"/>.Size, <paramref name="fileSize"/> - <paramref name="read"/>.Offset) bytes (0 past the end);
    /// anything else is answered with EIO and logged, because the kernel would take it for the end of the file.
    /// </summary>
    public void ReplyRead(in FuseReadIn read, ulong fileSize, ReadOnlySpan<FuseSlice> slices) => throw new NotImplementedException();

    /// <summary>The answer to READDIR, READDIRPLUS, GETXATTR and LISTXATTR with a size.</summary>
    public void ReplyBytes(ReadOnlySpan<byte> bytes) => throw new NotImplementedException();

    public void ReplyXattrSize(uint size) => throw new NotImplementedException();

    public void ReplyStatFs(in FuseKStatFs statFs) => throw new NotImplementedException();

    public void ReplyLseek(ulong offset) => throw new NotImplementedException();
}
