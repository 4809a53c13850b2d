using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_notify_retrieve_out, 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseNotifyRetrieveOut
{
    public ulong NotifyUnique;
    public ulong NodeId;
    public ulong Offset;
    public uint Size;
    public uint Padding;
}
