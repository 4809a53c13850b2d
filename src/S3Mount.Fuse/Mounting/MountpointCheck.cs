using Mono.Unix.Native;
using S3Mount.Fuse.Interop;

namespace S3Mount.Fuse.Mounting;

/// <summary>Whether a directory can be mounted on, and who is in the way.</summary>
public static class MountpointCheck
{
    /// <summary>
    /// Checks a directory for a new mount; returns it absolute and without links, as <see cref="MountpointPath.Resolve(string)"/>. Never waits for a
    /// daemon that hangs longer than a few seconds.
    /// </summary>
    /// <param name="mountpoint">Relative ones belong to the working directory.</param>
    /// <param name="unmountCommand">What to tell of a living mount that is in the way; null, and a null answer: fusermount3.</param>
    /// <exception cref="FuseException">
    /// <see cref="FuseFailure.AlreadyMounted"/> when a FUSE file system is mounted on exactly this directory,
    /// <see cref="FuseFailure.DeadMount"/> when its daemon has ended, or that of a mount above, <see cref="FuseFailure.NoMountpoint"/>
    /// when there is nothing of this name, <see cref="FuseFailure.BadMountpoint"/> when it is no directory or cannot be reached.
    /// </exception>
    public static string Check(string mountpoint, Func<MountTableEntry, string?>? unmountCommand = null)
    {
        string path = MountpointPath.Resolve(mountpoint);
        // Other mounts may be covered, as with any file system.
        if (MountTable.Find(path) is { IsFuse: true } mounted)
            throw InTheWay(mounted, unmountCommand?.Invoke(mounted) ?? $"fusermount3 -u {path}");
        if (!PatientLook.TryRun(() => Stat(path), out (Errno Error, bool IsDirectory) found))
            throw MountpointPath.Hangs(path);
        if (found.Error != 0)
            throw Unreachable(path, found.Error);
        return found.IsDirectory ? path : throw NoDirectory(path);
    }

    private static FuseException InTheWay(MountTableEntry mounted, string unmountCommand)
    {
        string path = mounted.Mountpoint;
        string what = $"({mounted.FileSystemType}, {mounted.Source})";
        // A daemon that does not answer in time is alive as far as anyone can tell.
        bool answers = PatientLook.TryRun(() => StatFs(path), out Errno answer);
        // ENOTCONN: the descriptor of the daemon is closed. ECONNABORTED: aborted, and the daemon may still be there.
        return answers && answer is Errno.ENOTCONN or Errno.ECONNABORTED
            ? new FuseException(FuseFailure.DeadMount,
                $"{path} is mounted by a daemon that died {what}; clear it with: fusermount3 -u {path} (as root: umount {path}), and mount again")
            : new FuseException(FuseFailure.AlreadyMounted,
                $"{path} is already mounted {what}{(answers ? "" : ", and its daemon does not answer")}; unmount it with: {unmountCommand}");
    }

    private static FuseException Unreachable(string path, Errno error) => error switch
    {
        Errno.ENOENT => new FuseException(FuseFailure.NoMountpoint, $"the mountpoint {path} does not exist; create it with: mkdir -p {path}"),
        Errno.ENOTDIR => NoDirectory(path),
        Errno.ENOTCONN or Errno.ECONNABORTED => new FuseException(FuseFailure.DeadMount, $"{path} lies in a mount whose daemon has ended: unmount that first"),
        Errno.EACCES => new FuseException(FuseFailure.BadMountpoint, $"the mountpoint {path} cannot be reached: permission denied"),
        _ => new FuseException(FuseFailure.BadMountpoint, $"the mountpoint {path} cannot be used ({error})"),
    };

    private static FuseException NoDirectory(string path) => new(FuseFailure.BadMountpoint, $"the mountpoint {path} is not a directory");

    private static (Errno Error, bool IsDirectory) Stat(string path) =>
        Syscall.stat(path, out Stat stat) == 0 ? (0, (stat.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFDIR) : (Stdlib.GetLastError(), false);

    /// <summary>statfs(2) always asks the daemon, while stat may be answered from attributes that the kernel still holds.</summary>
    private static unsafe Errno StatFs(string path)
    {
        // struct statfs has 120 bytes on the 64-bit processors.
        byte* buffer = stackalloc byte[512];
        return LibC.StatFs(path, buffer) == 0 ? 0 : LibC.LastError;
    }
}
