using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_open_in, 8 bytes: OPEN and OPENDIR.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseOpenIn
{
    /// <summary>O_* flags as the caller gave them.</summary>
    public uint Flags;
    public uint OpenFlags;
}
