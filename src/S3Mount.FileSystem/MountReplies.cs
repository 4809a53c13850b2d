using Mono.Unix.Native;
using S3Mount.FileSystem.Listing;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.FileSystem;

/// <summary>Answers that hold for a mount as a whole, whichever of its inodes they are asked for.</summary>
internal static class MountReplies
{
    private const uint KeepCache = 1 << 1; // FOPEN_KEEP_CACHE: an inode is one version, so its pages stay right
    private const uint CacheDir = 1 << 3; // FOPEN_CACHE_DIR

    /// <summary>default_permissions: the kernel checks modes itself.</summary>
    public static void Access(FuseRequest request) => request.ReplyError(Errno.ENOSYS);

    /// <summary>Nothing is ever dirty: the kernel need not ask at each close.</summary>
    public static void Flush(FuseRequest request) => request.ReplyError(Errno.ENOSYS);

    public static void Open(FuseRequest request, FuseConnection? connection)
    {
        if (connection is { NoOpen: true })
            request.ReplyError(Errno.ENOSYS);
        else
            request.ReplyOpen(new FuseOpenOut { OpenFlags = KeepCache });
    }

    public static void OpenDir(FuseRequest request, FuseConnection? connection, bool kernelCachesDirectories)
    {
        if (!kernelCachesDirectories)
            request.ReplyOpen(default);
        else if (connection is { NoOpenDir: true })
            request.ReplyError(Errno.ENOSYS);
        else
            request.ReplyOpen(new FuseOpenOut { OpenFlags = KeepCache | CacheDir });
    }

    public static void StatFs(FuseRequest request)
    {
        // A bucket has no size and no end: numbers that df shows without overflowing, all of it free, none of it writable.
        const ulong Blocks = 1UL << 38; // 2^38 blocks of 4 KiB: a pebibyte
        request.ReplyStatFs(new FuseKStatFs
        {
            Blocks = Blocks,
            Bfree = Blocks,
            Bavail = Blocks,
            Files = 1UL << 32,
            Ffree = 1UL << 32,
            Bsize = 4096,
            Frsize = 4096,
            Namelen = EntryName.MaxLength,
        });
    }

    /// <summary>For security.selinux and the ACLs of ls -l: ENODATA would be asked for again with every file, this once a device.</summary>
    public static bool TryRefuseXattr(FuseRequest request, ReadOnlySpan<byte> name)
    {
        if (name.StartsWith("user."u8))
            return false;
        request.ReplyError(Errno.EOPNOTSUPP);
        return true;
    }

    public static void Xattr(FuseRequest request, byte[] value, uint size)
    {
        if (size == 0)
            request.ReplyXattrSize((uint)value.Length);
        else if (value.Length > size)
            request.ReplyError(Errno.ERANGE);
        else
            request.ReplyBytes(value);
    }
}
