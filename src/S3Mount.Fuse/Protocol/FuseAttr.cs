using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_attr, 88 bytes (include/uapi/linux/fuse.h, v6.18). Times are seconds and nanoseconds since 1970.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FuseAttr
{
    public ulong Ino;
    public ulong Size;
    /// <summary>In units of 512 bytes, as st_blocks.</summary>
    public ulong Blocks;
    /// <summary>Signed in the kernel's inode: times before 1970 are two's complement.</summary>
    public ulong Atime;
    public ulong Mtime;
    public ulong Ctime;
    public uint AtimeNsec;
    public uint MtimeNsec;
    public uint CtimeNsec;
    /// <summary>File type and permission bits, as st_mode.</summary>
    public uint Mode;
    public uint Nlink;
    public uint Uid;
    public uint Gid;
    public uint Rdev;
    public uint Blksize;
    public uint Flags;
}
