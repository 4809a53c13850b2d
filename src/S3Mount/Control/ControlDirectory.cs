using System.Globalization;
using Mono.Unix.Native;

namespace S3Mount.Control;

/// <summary>
/// Where the control sockets of a user's mounts lie: a directory that belongs to the user alone (0700).
/// </summary>
internal static class ControlDirectory
{
    public const string RuntimeVariable = "XDG_RUNTIME_DIR";

    private const FilePermissions Private = FilePermissions.S_IRWXU;
    private const FilePermissions AccessBits = (FilePermissions)0x1ff; // 0777

    /// <summary>
    /// The places, the best first; the last is for pods where /run cannot be written, and for users without a session. Root's are
    /// the same whatever session it was called from.
    /// </summary>
    /// <param name="uid">Whose mounts.</param>
    /// <param name="runtimeDirectory">That user's XDG_RUNTIME_DIR; null when it is not known: pam_systemd's is taken.</param>
    public static IReadOnlyList<string> PlacesOf(uint uid, string? runtimeDirectory)
    {
        string last = string.Create(CultureInfo.InvariantCulture, $"/tmp/s3mount-{uid}");
        if (uid == 0)
            return ["/run/s3mount", last];
        string runtime = runtimeDirectory is ['/', ..] ? runtimeDirectory : string.Create(CultureInfo.InvariantCulture, $"/run/user/{uid}");
        return [Path.Join(runtime, "s3mount"), last];
    }

    /// <summary>Makes the directory unless it is there.</summary>
    /// <returns>Null, or why it cannot be used.</returns>
    public static string? TryMake(string directory, uint uid)
    {
        if (Syscall.mkdir(directory, Private) != 0 && Stdlib.GetLastError() is var failed and not Errno.EEXIST)
            return $"{directory} cannot be made ({failed})";
        // Not a link, and nobody else's: in /tmp anybody can have made it.
        if (Syscall.lstat(directory, out Stat found) != 0)
            return $"{directory} cannot be seen ({Stdlib.GetLastError()})";
        if ((found.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFDIR)
            return $"{directory} is not a directory";
        if (found.st_uid != uid)
            return string.Create(CultureInfo.InvariantCulture, $"{directory} belongs to user {found.st_uid}");
        if ((found.st_mode & AccessBits) != Private && Syscall.chmod(directory, Private) != 0)
            return $"{directory} cannot be made private ({Stdlib.GetLastError()})";
        return null;
    }
}
