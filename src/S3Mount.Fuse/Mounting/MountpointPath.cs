namespace S3Mount.Fuse.Mounting;

/// <summary>
/// A path without links, as /proc/self/mountinfo names it. Unlike realpath(3) it never asks a directory that something is mounted
/// on whether it is a link: a daemon that hangs would take the caller with it, one that died would answer ENOTCONN.
/// </summary>
public static class MountpointPath
{
    /// <summary>As the kernel's (MAXSYMLINKS, include/linux/namei.h).</summary>
    private const int MostLinks = 40;

    /// <summary>
    /// The path absolute and without links. What does not exist, or cannot be reached, is taken as it is written. It may still lie
    /// below a mount whose daemon hangs: after 5 s the look is given up.
    /// </summary>
    /// <param name="path">Relative ones belong to the working directory.</param>
    /// <exception cref="FuseException"><see cref="FuseFailure.BadMountpoint"/>: empty, or it lies in a mount that hangs.</exception>
    public static string Resolve(string path) => ResolveOutside(path, static _ => false);

    /// <summary>The same, except that what lies below some mounts is not looked at: it is taken as it is written.</summary>
    /// <param name="hasNoLinks">The mounts whose files need no look, because none of them is a link.</param>
    /// <exception cref="FuseException"><see cref="FuseFailure.BadMountpoint"/>: empty, or it lies in another mount that hangs.</exception>
    public static string ResolveOutside(string path, Func<MountTableEntry, bool> hasNoLinks)
    {
        if (path.Length == 0)
            throw new FuseException(FuseFailure.BadMountpoint, "the mountpoint is empty");
        string full = path.StartsWith('/') ? path : Path.Join(Environment.CurrentDirectory, path);
        IReadOnlyList<MountTableEntry> entries = MountTable.Read();
        HashSet<string> mountpoints = [.. entries.Select(entry => entry.Mountpoint)];
        string[] withoutLinks = [.. entries.Where(hasNoLinks).Select(entry => entry.Mountpoint)];
        bool IsPlain(string candidate) => mountpoints.Contains(candidate) || withoutLinks.Any(directory => MountTable.IsWithin(candidate, directory));
        return PatientLook.TryRun<string>(() => Resolve(full, IsPlain), out string? resolved) ? resolved : throw Hangs(full);
    }

    /// <summary>For a look at a path that did not end.</summary>
    internal static FuseException Hangs(string path) =>
        new(FuseFailure.BadMountpoint, $"{path} does not answer: it lies in a mount that hangs");

    /// <param name="isPlain">Whether a path is known to be no link, and so is not asked: mountpoints, for one.</param>
    internal static string Resolve(string path, Func<string, bool> isPlain)
    {
        var rest = new Stack<string>(Split(path));
        string resolved = "";
        int links = 0;
        while (rest.TryPop(out string? name))
        {
            if (name is ".")
                continue;
            if (name is "..")
            {
                resolved = resolved[..Math.Max(resolved.LastIndexOf('/'), 0)];
                continue;
            }
            string candidate = $"{resolved}/{name}";
            string? target = isPlain(candidate) || links == MostLinks ? null : new FileInfo(candidate).LinkTarget;
            if (target is null)
            {
                resolved = candidate;
                continue;
            }
            links++;
            if (target.StartsWith('/'))
                resolved = "";
            foreach (string part in Split(target))
                rest.Push(part);
        }
        return resolved.Length == 0 ? "/" : resolved;
    }

    /// <summary>Last component first, as a stack wants them.</summary>
    private static IEnumerable<string> Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse();
}
