using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_kstatfs, 80 bytes: the answer to STATFS.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FuseKStatFs
{
    public ulong Blocks;
    public ulong Bfree;
    public ulong Bavail;
    public ulong Files;
    public ulong Ffree;
    public uint Bsize;
    public uint Namelen;
    public uint Frsize;
    public uint Padding;
    private unsafe fixed uint _spare[6];
}
