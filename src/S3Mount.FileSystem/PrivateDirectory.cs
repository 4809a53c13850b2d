using Mono.Unix.Native;

namespace S3Mount.FileSystem;

/// <summary>
/// Directories whose contents are believed: of the disk cache, of saved listings, of control sockets. What others could put
/// there would be shown as the store's, or be answered as the daemon. Any thread; everything here blocks.
/// </summary>
public static class PrivateDirectory
{
    private const FilePermissions OthersWrite = FilePermissions.S_IWGRP | FilePermissions.S_IWOTH;
    private const FilePermissions ForAllToEnter = FilePermissions.S_IRWXU | FilePermissions.S_IRGRP | FilePermissions.S_IXGRP | FilePermissions.S_IROTH | FilePermissions.S_IXOTH;
    private const FilePermissions AccessBits = FilePermissions.ACCESSPERMS;

    /// <summary>
    /// Makes the directory unless it is there, and checks that nobody but its owner can change what it holds, or put another in
    /// its place. Its parent is made too, if need be.
    /// </summary>
    /// <param name="directory">Absolute.</param>
    /// <param name="user">Whose it is to be, or root's.</param>
    /// <returns>Null, or why it cannot be used.</returns>
    public static string? TryMake(string directory, uint user)
    {
        directory = Path.TrimEndingDirectorySeparator(directory);
        if (Path.GetDirectoryName(directory) is { } parent && MakeAll(parent) is { } failed)
            return $"{directory} cannot be made: {failed}";
        if (Syscall.mkdir(directory, FilePermissions.S_IRWXU) != 0 && Stdlib.GetLastError() is not Errno.EEXIST and var error)
            return $"{directory} cannot be made: {Stdlib.strerror(error)}";
        return Check(directory, user);
    }

    /// <summary>The same of a directory that belongs to the user and lets nobody else look in: what it grants is taken back.</summary>
    /// <returns>Null, or why it cannot be used.</returns>
    public static string? TryMakeForOwnerAlone(string directory, uint user)
    {
        if (Syscall.mkdir(directory, FilePermissions.S_IRWXU) != 0 && Stdlib.GetLastError() is not Errno.EEXIST and var error)
            return $"{directory} cannot be made ({error})";
        if (Check(directory, user) is { } reason)
            return reason;
        // Nobody can have put another in its place since: the parent has been checked.
        if (Syscall.lstat(directory, out Stat found) != 0)
            return $"{directory} cannot be seen ({Stdlib.GetLastError()})";
        if (found.st_uid != user)
            return $"{directory} belongs to user {found.st_uid}";
        return (found.st_mode & AccessBits) == FilePermissions.S_IRWXU || Syscall.chmod(directory, FilePermissions.S_IRWXU) == 0
            ? null
            : $"{directory} cannot be made private ({Stdlib.GetLastError()})";
    }

    /// <summary>The check alone, of a directory that is there.</summary>
    /// <returns>Null, or why it cannot be used.</returns>
    public static string? Check(string directory, uint user)
    {
        directory = Path.TrimEndingDirectorySeparator(directory);
        int descriptor = Syscall.open(directory, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC);
        if (descriptor < 0)
            return Refusal(directory, Stdlib.GetLastError());
        int failed = Syscall.fstat(descriptor, out Stat stat);
        _ = Syscall.close(descriptor);
        if (failed != 0)
            return $"{directory} cannot be seen";
        if (!IsOf(stat, user))
            return $"{directory} belongs to user {stat.st_uid}";
        if ((stat.st_mode & OthersWrite) != 0)
            return $"{directory} can be written by other users: chmod go-w {directory}";
        return CheckParent(directory, user);
    }

    // Not with what the umask leaves: that may be writable by a group.
    private static string? MakeAll(string directory)
    {
        if (Directory.Exists(directory))
            return null;
        if (Path.GetDirectoryName(directory) is { } parent && MakeAll(parent) is { } failed)
            return failed;
        return Syscall.mkdir(directory, ForAllToEnter) == 0 || Stdlib.GetLastError() is Errno.EEXIST ? null : Stdlib.strerror(Stdlib.GetLastError());
    }

    // Whoever may write the directory above can move this one away and put another there.
    private static string? CheckParent(string directory, uint user)
    {
        if (Path.GetDirectoryName(directory) is not { } parent)
            return null;
        if (Syscall.stat(parent, out Stat stat) != 0)
            return $"{parent} cannot be seen: {Stdlib.strerror(Stdlib.GetLastError())}";
        if (!IsOf(stat, user))
            return $"{directory} can be replaced by user {stat.st_uid}, to whom {parent} belongs";
        return (stat.st_mode & OthersWrite) == 0 || (stat.st_mode & FilePermissions.S_ISVTX) != 0
            ? null
            : $"{directory} can be replaced by other users: chmod go-w {parent}, or chmod +t";
    }

    private static bool IsOf(in Stat stat, uint user) => stat.st_uid == user || stat.st_uid == 0;

    private static string Refusal(string directory, Errno error)
    {
        bool isLink = Syscall.lstat(directory, out Stat stat) == 0 && (stat.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFLNK;
        if (isLink)
            return $"{directory} is a link, not a directory";
        return error == Errno.ENOTDIR ? $"{directory} is not a directory" : $"{directory} cannot be opened: {Stdlib.strerror(error)}";
    }
}
