using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_open_out, 16 bytes: the answer to OPEN and OPENDIR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FuseOpenOut
{
    public ulong Fh;
    /// <summary>FOPEN_* bits.</summary>
    public uint OpenFlags;
    public int BackingId;
}
