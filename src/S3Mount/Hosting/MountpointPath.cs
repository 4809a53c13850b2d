using S3Mount.Fuse.Mounting;

namespace S3Mount.Hosting;

/// <summary>
/// A path without links, as /proc/self/mountinfo names it. Unlike realpath(3) it never touches a directory that something is
/// mounted on: a daemon that hangs would take the caller with it, one that died would answer ENOTCONN.
/// </summary>
internal static class MountpointPath
{
    /// <summary>As the kernel's (MAXSYMLINKS, include/linux/namei.h).</summary>
    private const int MostLinks = 40;

    /// <param name="path">Absolute.</param>
    public static string Resolve(string path)
    {
        HashSet<string> mountpoints = [.. MountTable.Read().Select(entry => entry.Mountpoint)];
        return Resolve(path, mountpoints.Contains);
    }

    internal static string Resolve(string path, Func<string, bool> isMounted)
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
            string? target = isMounted(candidate) || ++links > MostLinks ? null : new FileInfo(candidate).LinkTarget;
            if (target is null)
            {
                links--;
                resolved = candidate;
                continue;
            }
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
