using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_notify_inval_inode_out, 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseNotifyInvalInodeOut
{
    public ulong Ino;
    public long Off;
    public long Len;
}
