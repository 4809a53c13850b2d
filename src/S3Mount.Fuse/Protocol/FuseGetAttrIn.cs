using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_getattr_in, 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseGetAttrIn
{
    public uint GetattrFlags;
    public uint Dummy;
    public ulong Fh;
}
