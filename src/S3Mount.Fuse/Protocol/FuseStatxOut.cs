using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_statx_out, 288 bytes: the answer to STATX.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseStatxOut
{
    public ulong AttrValid;
    public uint AttrValidNsec;
    public uint Flags;
    private unsafe fixed ulong _spare[2];
    public FuseStatx Stat;

    /// <summary>
    /// The basic fields of an answer to GETATTR. No creation time: the kernel then leaves STATX_BTIME out of what the caller
    /// gets (fuse_do_statx, fs/fuse/dir.c, v6.18).
    /// </summary>
    public static FuseStatxOut From(in FuseAttrOut from)
    {
        ref readonly FuseAttr attr = ref from.Attr;
        return new FuseStatxOut
        {
            AttrValid = from.AttrValid,
            AttrValidNsec = from.AttrValidNsec,
            Stat = new FuseStatx
            {
                Mask = FuseConstants.StatxBasicStats,
                Blksize = attr.Blksize,
                Nlink = attr.Nlink,
                Uid = attr.Uid,
                Gid = attr.Gid,
                Mode = (ushort)attr.Mode,
                Ino = attr.Ino,
                Size = attr.Size,
                Blocks = attr.Blocks,
                Atime = new FuseSxTime { Seconds = (long)attr.Atime, Nanoseconds = attr.AtimeNsec },
                Ctime = new FuseSxTime { Seconds = (long)attr.Ctime, Nanoseconds = attr.CtimeNsec },
                Mtime = new FuseSxTime { Seconds = (long)attr.Mtime, Nanoseconds = attr.MtimeNsec },
            },
        };
    }
}
