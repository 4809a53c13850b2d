using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_dirent, 24 bytes; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseDirent
{
    public ulong Ino;
    /// <summary>The offset that asks for the entry after this one.</summary>
    public ulong Off;
    public uint Namelen;
    public uint Type;
}
