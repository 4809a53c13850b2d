using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

/// <summary>A request that was answered, as an <see cref="IFuseObserver"/> is told of it.</summary>
public readonly record struct FuseAnswer
{
    public required FuseOpcode Opcode { get; init; }

    /// <summary>When it was answered; a timestamp of the session's clock.</summary>
    public long Moment { get; init; }

    /// <summary>From the moment that the request was read from the device until its answer was written.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>0 when it succeeded; some are everyday (ENOENT for a name that is not there, ENOSYS).</summary>
    public Errno Error { get; init; }

    /// <summary>
    /// The thread that asked, by its number in the pid namespace of whoever mounted; of what the kernel reads ahead, the thread that made it do
    /// so. 0: that namespace has no number for it, for it belongs to another one that is not below (fuse_get_req, fs/fuse/dev.c, v6.18). RELEASE,
    /// RELEASEDIR and DESTROY carry 0, too: they belong to nobody.
    /// </summary>
    public uint Pid { get; init; }

    /// <summary>Bytes of a file that a READ was answered with; 0 for all else.</summary>
    public int ReadBytes { get; init; }

    /// <summary>Of such a READ: the first byte of the file was among them.</summary>
    public bool BeginsFile { get; init; }
}
