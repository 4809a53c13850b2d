using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_sx_time, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseSxTime
{
    public long Seconds;
    public uint Nanoseconds;
    public int Reserved;
}
