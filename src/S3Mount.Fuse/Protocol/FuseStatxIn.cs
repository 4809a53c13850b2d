using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_statx_in, 24 bytes (7.39).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseStatxIn
{
    public uint GetattrFlags;
    public uint Reserved;
    public ulong Fh;
    public uint SxFlags;
    public uint SxMask;
}
