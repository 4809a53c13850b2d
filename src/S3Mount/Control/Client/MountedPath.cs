using S3Mount.Fuse;
using S3Mount.Fuse.Mounting;
using S3Mount.Hosting;

namespace S3Mount.Control.Client;

/// <summary>A path that lies in a mount of s3mount, found in /proc/self/mountinfo; the mount itself is not touched.</summary>
/// <param name="Mount">The mount, under the name by which the path was given (it may be bind-mounted elsewhere too).</param>
/// <param name="Inside">The path inside of the file system: empty for its root, else without slashes at its ends.</param>
internal sealed record MountedPath(MountTableEntry Mount, string Inside)
{
    /// <summary>Links above the mountpoint are followed; below there are none, and nothing is looked at.</summary>
    /// <exception cref="StartupException">It lies in no such mount.</exception>
    /// <exception cref="FuseException">It cannot be looked at, because another mount above hangs.</exception>
    public static MountedPath Find(string path)
    {
        string resolved = MountpointPath.ResolveOutside(path, IsOurs);
        return Find(MountTable.FindAbove(resolved), resolved) ?? throw new StartupException($"{resolved} is not in a mount of s3mount; s3mount status lists those that there are");
    }

    /// <param name="mount">The mount that the path lies in.</param>
    /// <returns>Null when that is none of ours.</returns>
    internal static MountedPath? Find(MountTableEntry? mount, string resolved) =>
        mount is not null && IsOurs(mount) ? new MountedPath(mount, $"{mount.Root.Trim('/')}/{resolved[mount.Mountpoint.Length..].Trim('/')}".Trim('/')) : null;

    public static bool IsOurs(MountTableEntry entry) => entry.FileSystemType == StartCheck.OwnType;
}
