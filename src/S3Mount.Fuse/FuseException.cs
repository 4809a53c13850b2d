namespace S3Mount.Fuse;

/// <summary>Why a mount could not be made, served or ended; the message is one line for a person and says what to do.</summary>
public sealed class FuseException : Exception
{
    public FuseException(FuseFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    public FuseFailure Failure { get; }
}

/// <summary>The kinds of <see cref="FuseException"/>.</summary>
public enum FuseFailure
{
    /// <summary>/dev/fuse is missing or may not be opened.</summary>
    NoDevice,
    /// <summary>Not privileged, and fusermount3 is not installed.</summary>
    NoFusermount,
    /// <summary>The mountpoint does not exist.</summary>
    NoMountpoint,
    /// <summary>The mountpoint is no directory, cannot be reached, or may not be used.</summary>
    BadMountpoint,
    /// <summary>Something is mounted there already.</summary>
    AlreadyMounted,
    /// <summary>A daemon that died left its mount behind (ENOTCONN).</summary>
    DeadMount,
    /// <summary>allow_other without user_allow_other in /etc/fuse.conf.</summary>
    AllowOtherForbidden,
    /// <summary>The kernel's protocol is older than 7.31, or INIT failed.</summary>
    Protocol,
    /// <summary>mount(2), umount2(2) or fusermount3 failed otherwise.</summary>
    MountFailed,
    /// <summary>Unmounting failed because files are open.</summary>
    Busy,
}
