using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

/// <summary>
/// What INIT asks for and grants. Only what the kernel offers is asked for; how the kernel takes the answer is in
/// process_init_reply, fs/fuse/inode.c, v6.18.
/// </summary>
internal static class FuseNegotiation
{
    /// <summary>
    /// The kernel clamps lower values up to this (process_init_reply). Nothing is written on a read-only mount, and a small
    /// max_write keeps the least buffer that read(2) accepts at 8 KiB.
    /// </summary>
    public const uint MaxWrite = 4096;

    /// <summary>The largest READ: max_pages 256 of 4 KiB, the kernel's own limit before fs.fuse.max_pages_limit (v6.13).</summary>
    public const int MaxReadBytes = 1 << 20;

    /// <summary>
    /// Requests that the kernel sends in the background (readahead) at once. With its default of 12 and a congestion threshold
    /// of 9, 40 readers got 12 READs out and the rest waited in the kernel; above the threshold readahead, and with it every
    /// fadvise, is dropped silently (measured on v6.18). A mounter without CAP_SYS_ADMIN gets at most the module's max_user_bgreq.
    /// </summary>
    public const ushort MaxBackground = 1024;

    public static FuseInitFlags Choose(FuseInitFlags offered, FuseSessionOptions options)
    {
        // max_pages: without it a READ has 32 pages at most.
        FuseInitFlags wanted = FuseInitFlags.MaxPages
            // Lookups and readdirs of one directory at the same time; else the kernel serialises them by the directory's lock.
            | FuseInitFlags.ParallelDirOps
            // A change of size or mtime drops the page cache of a file, and the cached entries of a directory that is read
            // without OPENDIR (fuse_readdir_cached).
            | FuseInitFlags.AutoInvalData
            // Entries with attributes while a directory is walked with stat.
            | FuseInitFlags.DoReadDirPlus
            // After an abort read(2) says ECONNABORTED instead of ENODEV: an abort can be told from an unmount.
            | FuseInitFlags.AbortError
            // An announcement: IOCTL on a directory may come, and gets the ENOTTY that a file gets.
            | FuseInitFlags.HasIoctlDir
            // Makes bits 32 to 63 count.
            | FuseInitFlags.InitExt
            // NOTIFY_INVAL_ENTRY may only expire an entry (7.38).
            | FuseInitFlags.HasExpireOnly
            // NOTIFY_RESEND, and bit 63 of unique marks what is sent again (7.40).
            | FuseInitFlags.HasResend;
        if (options.AsyncRead)
            wanted |= FuseInitFlags.AsyncRead;
        if (options.ReadDirPlusAuto)
            wanted |= FuseInitFlags.ReadDirPlusAuto;
        // These announce only; what makes opens silent is the ENOSYS answer to the first OPEN and OPENDIR.
        if (options.ZeroMessageOpens)
            wanted |= FuseInitFlags.NoOpenSupport | FuseInitFlags.NoOpenDirSupport;
        // Not asked for, with the reason:
        // ASYNC_DIO: an O_DIRECT read then survives even SIGKILL while it waits (measured).
        // WRITEBACK_CACHE: the kernel would own size and mtime; no use on a read-only mount.
        // BIG_WRITES: writes above one page; there are none, and max_write is one page.
        // ATOMIC_O_TRUNC, HANDLE_KILLPRIV(_V2), DONT_MASK, SETXATTR_EXT, SECURITY_CTX, CREATE_SUPP_GROUP: matter to changes only.
        // EXPORT_SUPPORT: lookups of "." and ".." for NFS, which would need node ids that outlive their inodes.
        // EXPLICIT_INVAL_DATA: the opposite of AUTO_INVAL_DATA.
        // POSIX_LOCKS, FLOCK_LOCKS: without them the kernel keeps locks itself, which is all that a read-only tree needs.
        FuseInitFlags chosen = wanted & offered;
        const FuseInitFlags High = (FuseInitFlags)0xffffffff00000000;
        return chosen.HasFlag(FuseInitFlags.InitExt) ? chosen : chosen & ~High;
    }

    public static FuseInitOut Answer(in FuseInitIn init, FuseInitFlags chosen, FuseSessionOptions options) => new()
    {
        Major = FuseConstants.Major,
        // Both sides speak the smaller of the two minors; the kernel takes ours as it comes.
        Minor = Math.Min(init.Minor, FuseConstants.Minor),
        MaxReadahead = Math.Min(init.MaxReadahead, options.MaxReadahead),
        Flags = (uint)chosen,
        Flags2 = (uint)((ulong)chosen >> 32),
        MaxBackground = MaxBackground,
        CongestionThreshold = MaxBackground,
        MaxWrite = MaxWrite,
        // Nanoseconds. Coarser granularity would truncate a directory's mtime, whose nanoseconds tell listings apart.
        TimeGran = 1,
        MaxPages = (ushort)Math.Max(1, MaxReadBytes / Environment.SystemPageSize),
    };

    /// <summary>Flags as a log line shows them.</summary>
    public static FuseInitFlags Offered(in FuseInitIn init)
    {
        var flags = (FuseInitFlags)init.Flags;
        // Before 7.36 the message ends here, and what follows in the struct is zero.
        return flags.HasFlag(FuseInitFlags.InitExt) ? flags | (FuseInitFlags)((ulong)init.Flags2 << 32) : flags;
    }
}
