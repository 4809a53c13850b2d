namespace S3Mount.Fuse.Protocol;

/// <summary>Numbers of include/uapi/linux/fuse.h, v6.18, that belong to no struct.</summary>
internal static class FuseConstants
{
    /// <summary>FUSE_KERNEL_VERSION.</summary>
    public const uint Major = 7;

    /// <summary>FUSE_KERNEL_MINOR_VERSION: the newest that this library knows.</summary>
    public const uint Minor = 45;

    /// <summary>The oldest that this library serves: Linux 5.4, the oldest kernel that distributions of use still ship.</summary>
    public const uint OldestMinor = 31;

    /// <summary>FUSE_INT_REQ_BIT (fs/fuse/dev.c): requests have even uniques, the INTERRUPT of a request has its unique plus one.</summary>
    public const ulong InterruptBit = 1;

    /// <summary>FUSE_EXPIRE_ONLY of NOTIFY_INVAL_ENTRY.</summary>
    public const uint ExpireOnly = 1;

    /// <summary>STATX_BASIC_STATS (include/uapi/linux/stat.h).</summary>
    public const uint StatxBasicStats = 0x7ff;

    /// <summary>O_ACCMODE and O_TRUNC, equal on x86-64 and arm64.</summary>
    public const uint OpenAccessMode = 3;
    public const uint OpenTruncate = 0x200;
}
