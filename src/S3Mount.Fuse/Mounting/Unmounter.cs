using Mono.Unix.Native;
using S3Mount.Fuse.Interop;

namespace S3Mount.Fuse.Mounting;

/// <summary>umount2(2) where that is allowed, fusermount3 -u where it is not.</summary>
internal static class Unmounter
{
    /// <param name="mountpoint">Absolute and without links.</param>
    public static void Unmount(string mountpoint, bool lazy)
    {
        int flags = LibC.UMOUNT_NOFOLLOW | (lazy ? LibC.MNT_DETACH : 0);
        Errno error = LibC.UMount2(mountpoint, flags) == 0 ? 0 : LibC.LastError;
        switch (error)
        {
            case 0:
            // Somebody else was faster.
            case Errno.EINVAL when MountTable.Find(mountpoint) is null:
                return;
            case Errno.EPERM:
                Fusermount.Unmount(mountpoint, lazy);
                return;
            case Errno.EBUSY:
                throw new FuseException(FuseFailure.Busy, BusyMessage(mountpoint));
            default:
                throw new FuseException(FuseFailure.MountFailed, $"cannot unmount {mountpoint} ({error})");
        }
    }

    public static string BusyMessage(string mountpoint) =>
        $"{mountpoint} is in use: end the programs that have files or their working directory there ('fuser -m {mountpoint}' names them), or unmount lazily";
}
