using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace S3Mount.FileSystem;

/// <summary>Opens files of directories in which links may have been planted. Everything here blocks.</summary>
internal static class PlainFile
{
    /// <summary>
    /// As <see cref="File.OpenHandle"/>, but never through a link: what that opened would be read, written and cut wherever it
    /// points to.
    /// </summary>
    /// <exception cref="NotSupportedException">It is a link, or no regular file.</exception>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static SafeFileHandle Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        // Before: to open a pipe is to wait, and a mode that creates would create at the link's end.
        _ = TryFind(path, out _);
        SafeFileHandle file = File.OpenHandle(path, mode, access, share);
        try
        {
            // .NET knows no O_NOFOLLOW: a link that has been put there just now leads to another file than the name is of.
            if (TryFind(path, out Stat named) && (Syscall.fstat((int)file.DangerousGetHandle(), out Stat opened) != 0 || !IsSame(named, opened)))
                throw new IOException($"{path} was replaced while it was opened");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // False: there is none.
    private static bool TryFind(string path, out Stat stat)
    {
        if (Syscall.lstat(path, out stat) != 0)
            return false;
        return (stat.st_mode & FilePermissions.S_IFMT) switch
        {
            FilePermissions.S_IFREG => true,
            FilePermissions.S_IFLNK => throw new NotSupportedException($"{path} is a link"),
            _ => throw new NotSupportedException($"{path} is not a file"),
        };
    }

    private static bool IsSame(in Stat one, in Stat other) => one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}
