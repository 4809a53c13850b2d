using System.Globalization;
using S3Mount.FileSystem;

namespace S3Mount.Control;

/// <summary>
/// Where the control sockets of a user's mounts lie: a directory that belongs to the user alone (0700).
/// </summary>
internal static class ControlDirectory
{
    public const string RuntimeVariable = "XDG_RUNTIME_DIR";

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
    public static string? TryMake(string directory, uint uid) => PrivateDirectory.TryMakeForOwnerAlone(directory, uid);
}
