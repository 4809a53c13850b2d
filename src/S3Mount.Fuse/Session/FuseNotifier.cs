using Mono.Unix.Native;

namespace S3Mount.Fuse.Session;

/// <summary>
/// Tells the kernel what it did not ask for. Notifications are queued and written by a thread of their own, which answers no
/// requests: NOTIFY_INVAL_ENTRY takes the directory's lock and so waits for every LOOKUP and READDIR in that directory
/// (fuse_reverse_inval_entry, fs/fuse/dir.c, v6.18).
/// </summary>
public sealed class FuseNotifier
{
    /// <summary>
    /// NOTIFY_INVAL_ENTRY: the kernel asks again at the next use of this name. With <paramref name="expireOnly"/> (needs 7.38,
    /// else ignored) the entry is only marked as expired. Returns at once.
    /// </summary>
    public void InvalidateEntry(NodeId parent, ReadOnlySpan<byte> name, bool expireOnly) => throw new NotImplementedException();

    /// <summary>
    /// NOTIFY_INVAL_INODE: attributes, and pages of the range unless <paramref name="offset"/> is negative, are dropped. Never
    /// for an inode with a read in flight: the kernel waits for its pages. Returns at once.
    /// </summary>
    public void InvalidateInode(NodeId node, long offset, long length) => throw new NotImplementedException();

    /// <summary>NOTIFY_STORE: puts bytes into the kernel's page cache, now, on the calling thread.</summary>
    public Errno Store(NodeId node, ulong offset, ReadOnlySpan<byte> bytes) => throw new NotImplementedException();

    /// <summary>NOTIFY_RESEND (7.40): the kernel sends every request again that was read and not answered.</summary>
    public Errno Resend() => throw new NotImplementedException();
}
