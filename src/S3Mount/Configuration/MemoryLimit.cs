using System.Globalization;

namespace S3Mount.Configuration;

/// <summary>
/// How much memory this process may use: the least of what the machine has and of the limits of its cgroup and of all that
/// this one lies in (Documentation/admin-guide/cgroup-v2.rst, memory.max and memory.high; cgroup-v1/memory.rst,
/// memory.limit_in_bytes).
/// </summary>
internal static class MemoryLimit
{
    /// <param name="root"><c>/</c>, or a directory that stands for it in a test.</param>
    /// <returns>Bytes.</returns>
    public static long Read(string root)
    {
        long limit = MachineMemory(Path.Combine(root, "proc/meminfo"));
        foreach ((string mountpoint, string path, bool second) in Cgroups(root))
        {
            string top = Path.Combine(root, mountpoint.TrimStart('/'));
            string[] files = second ? ["memory.max", "memory.high"] : ["memory.limit_in_bytes"];
            for (string at = path; ; at = Parent(at))
            {
                foreach (string file in files)
                    limit = Math.Min(limit, ReadLimit(Path.Combine(top, at, file)));
                if (at.Length == 0)
                    break;
            }
        }
        return limit;
    }

    /// <summary>Where the memory controllers of this process are mounted, and its path below; <c>/proc/self/cgroup</c> (cgroups(7)).</summary>
    private static IEnumerable<(string Mountpoint, string Path, bool Second)> Cgroups(string root)
    {
        List<CgroupMount> mounts = [.. ReadLines(Path.Combine(root, "proc/self/mountinfo")).Select(CgroupMount.Parse).OfType<CgroupMount>()];
        foreach (string line in ReadLines(Path.Combine(root, "proc/self/cgroup")))
        {
            string[] fields = line.Split(':', 3);
            if (fields.Length < 3)
                continue;
            bool second = fields[0] == "0" && fields[1].Length == 0;
            if (!second && !fields[1].Split(',').Contains("memory"))
                continue;
            CgroupMount? mount = mounts.Find(candidate => candidate.IsSecond == second);
            if (mount is not null)
                yield return (mount.Mountpoint, mount.Below(fields[2]), second);
        }
    }

    private static string Parent(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }

    private static long MachineMemory(string meminfo)
    {
        string? total = ReadLines(meminfo).FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        string? kibibytes = total?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1);
        return long.TryParse(kibibytes, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= long.MaxValue >> 10 ? number << 10 : long.MaxValue;
    }

    /// <summary>A missing file and <c>max</c> are no limit.</summary>
    private static long ReadLimit(string file) =>
        long.TryParse(ReadLines(file).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : long.MaxValue;

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // No such controller here, or hidden by the container: no limit that we could know.
        }
    }
}
