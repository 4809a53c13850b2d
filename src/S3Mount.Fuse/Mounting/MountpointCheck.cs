using System.Text;
using Mono.Unix.Native;
using S3Mount.Fuse.Interop;

namespace S3Mount.Fuse.Mounting;

/// <summary>
/// Whether a directory can be mounted on. A directory may lie in, or be, a mount whose daemon hangs: whatever could wait for
/// one runs on a thread of its own that is left behind after a deadline.
/// </summary>
internal static class MountpointCheck
{
    /// <summary>A local look-up takes microseconds, a network file system a second; a hung daemon takes for ever.</summary>
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(5);

    /// <summary>PATH_MAX.</summary>
    private const int PathMax = 4096;

    /// <summary>Checks a directory for a new mount; returns it absolute and without links.</summary>
    public static string Check(string mountpoint)
    {
        string path = Resolve(mountpoint);
        if (MountTable.Find(path) is { IsFuse: true } mounted)
            throw AlreadyMounted(path, mounted);
        (bool Exists, bool IsDirectory) found = Within(path, () => (Path.Exists(path), Directory.Exists(path)));
        if (!found.Exists)
            throw new FuseException(FuseFailure.BadMountpoint, $"{path} does not exist or cannot be reached: create it with 'mkdir -p {path}'");
        if (!found.IsDirectory)
            throw new FuseException(FuseFailure.BadMountpoint, $"{path} is not a directory");
        return path;
    }

    /// <summary>
    /// The path absolute and without links. The last component may be a dead mount, which cannot be resolved itself: then its
    /// parent is, and the component is added.
    /// </summary>
    public static string Resolve(string mountpoint)
    {
        if (mountpoint.Length == 0)
            throw new FuseException(FuseFailure.BadMountpoint, "the mountpoint is empty");
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(mountpoint));
        return Within(full, () => ResolveNow(full));
    }

    private static string ResolveNow(string full)
    {
        (string? path, Errno error) = RealPath(full);
        if (path is not null)
            return path;
        if (Path.GetDirectoryName(full) is { } parent && RealPath(parent).Path is { } realParent)
        {
            string candidate = Path.Join(realParent, Path.GetFileName(full));
            if (MountTable.Find(candidate) is not null || error == Errno.ENOENT)
                return candidate;
        }
        throw error switch
        {
            Errno.ENOTCONN => new FuseException(FuseFailure.DeadMount, $"{full} lies in a mount whose daemon has ended: unmount that first"),
            Errno.EACCES => new FuseException(FuseFailure.BadMountpoint, $"{full} may not be entered (permission denied)"),
            Errno.ENOENT => new FuseException(FuseFailure.BadMountpoint, $"{full} does not exist: create it with 'mkdir -p {full}'"),
            Errno.ENOTDIR => new FuseException(FuseFailure.BadMountpoint, $"{full} is not a directory"),
            _ => new FuseException(FuseFailure.BadMountpoint, $"{full} cannot be reached ({error})"),
        };
    }

    private static FuseException AlreadyMounted(string path, MountTableEntry mounted)
    {
        Errno state = IsAlive(path);
        // ENOTCONN: the descriptor of the daemon is closed. ECONNABORTED: aborted, and the daemon may still be there.
        return state is Errno.ENOTCONN or Errno.ECONNABORTED
            ? new FuseException(FuseFailure.DeadMount, $"{path} is a mount of {mounted.Source} whose daemon has ended: "
                + $"clear it with 'fusermount3 -u {path}' (as root: 'umount {path}') and mount again")
            : new FuseException(FuseFailure.AlreadyMounted, $"{mounted.Source} is already mounted at {path}: unmount it first, or use another directory");
    }

    /// <summary>
    /// statfs(2) always asks the daemon, while stat may be answered from attributes that the kernel still holds. A daemon that
    /// does not answer in time is alive as far as anyone can tell.
    /// </summary>
    private static Errno IsAlive(string path)
    {
        Errno error = 0;
        return Run(() => error = StatFs(path)) ? error : 0;
    }

    private static unsafe Errno StatFs(string path)
    {
        // struct statfs has 120 bytes on the 64-bit processors.
        byte* buffer = stackalloc byte[512];
        return LibC.StatFs(path, buffer) == 0 ? 0 : LibC.LastError;
    }

    private static unsafe (string? Path, Errno Error) RealPath(string path)
    {
        byte* buffer = stackalloc byte[PathMax];
        if (LibC.RealPath(path, buffer) == null)
            return (null, LibC.LastError);
        return (Encoding.UTF8.GetString(new ReadOnlySpan<byte>(buffer, PathMax)[..new ReadOnlySpan<byte>(buffer, PathMax).IndexOf((byte)0)]), 0);
    }

    private static T Within<T>(string path, Func<T> look)
    {
        T result = default!;
        FuseException? failure = null;
        bool isDone = Run(() =>
        {
            try
            {
                result = look();
            }
            catch (FuseException refused)
            {
                failure = refused;
            }
        });
        if (!isDone)
            throw new FuseException(FuseFailure.BadMountpoint, $"{path} does not answer: it lies in a mount that hangs");
        return failure is null ? result : throw failure;
    }

    /// <summary>False when the deadline passed; the thread then stays in its system call until that ends.</summary>
    private static bool Run(Action look)
    {
        var thread = new Thread(() => look()) { Name = "mountpoint-check", IsBackground = true };
        thread.Start();
        return thread.Join(_deadline);
    }
}
