using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_statx, 256 bytes: bit for bit struct statx of statx(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseStatx
{
    /// <summary>STATX_* bits of the fields that are valid.</summary>
    public uint Mask;
    public uint Blksize;
    public ulong Attributes;
    public uint Nlink;
    public uint Uid;
    public uint Gid;
    public ushort Mode;
    public ushort Spare0;
    public ulong Ino;
    public ulong Size;
    public ulong Blocks;
    public ulong AttributesMask;
    public FuseSxTime Atime;
    public FuseSxTime Btime;
    public FuseSxTime Ctime;
    public FuseSxTime Mtime;
    public uint RdevMajor;
    public uint RdevMinor;
    public uint DevMajor;
    public uint DevMinor;
    private unsafe fixed ulong _spare2[14];
}
