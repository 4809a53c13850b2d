using Mono.Unix.Native;
using S3Mount.Fuse.Interop;

namespace S3Mount.Fuse.Mounting;

/// <summary>
/// A pair of connected sockets over which another process hands over one descriptor (SCM_RIGHTS, unix(7)). The far end is
/// inherited by a child process.
/// </summary>
internal sealed class DescriptorSocket : IDisposable
{
    // A cmsghdr and one int, with room to spare.
    private const int ControlSize = 128;

    private readonly FileDescriptor _near;
    private readonly FileDescriptor _far;

    public unsafe DescriptorSocket()
    {
        int* pair = stackalloc int[2];
        if (LibC.SocketPair(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0, pair) != 0)
            throw new FuseException(FuseFailure.MountFailed, $"socketpair failed ({LibC.LastError})");
        (_near, _far) = (new FileDescriptor(pair[0]), new FileDescriptor(pair[1]));
    }

    /// <summary>The number of the far end in this process and in a child that was started after this call.</summary>
    public int ShareFarEnd()
    {
        if (LibC.FCntl(_far.Value, LibC.F_SETFD, 0) != 0)
            throw new FuseException(FuseFailure.MountFailed, $"fcntl failed ({LibC.LastError})");
        return _far.Value;
    }

    /// <summary>To be called once the child has its copy, so that its end is the only one.</summary>
    public void CloseFarEnd() => _far.Dispose();

    /// <summary>Takes the descriptor that has arrived; null when there is none. Does not wait.</summary>
    public unsafe FileDescriptor? TakeDescriptor()
    {
        byte data;
        byte[] control = new byte[ControlSize];
        var message = new Msghdr
        {
            msg_iov = [new Iovec { iov_base = (nint)(&data), iov_len = 1 }],
            msg_iovlen = 1,
            msg_control = control,
            msg_controllen = control.Length,
        };
        if (Syscall.recvmsg(_near.Value, message, MessageFlags.MSG_DONTWAIT | MessageFlags.MSG_CMSG_CLOEXEC) <= 0)
            return null;
        for (long offset = Syscall.CMSG_FIRSTHDR(message); offset != -1; offset = Syscall.CMSG_NXTHDR(message, offset))
        {
            Cmsghdr header = Cmsghdr.ReadFromBuffer(message, offset);
            if (header.cmsg_level == UnixSocketProtocol.SOL_SOCKET && header.cmsg_type == UnixSocketControlMessage.SCM_RIGHTS)
                return new FileDescriptor(BitConverter.ToInt32(control, (int)Syscall.CMSG_DATA(message, offset)));
        }
        return null;
    }

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
    }
}
