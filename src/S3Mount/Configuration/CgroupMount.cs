namespace S3Mount.Configuration;

/// <summary>A mounted cgroup hierarchy with memory limits, from /proc/self/mountinfo.</summary>
/// <param name="Root">The cgroup that is shown at the mountpoint; not <c>/</c> in containers without a cgroup namespace.</param>
/// <param name="IsSecond">cgroup v2, or v1's memory controller.</param>
internal sealed record CgroupMount(string Root, string Mountpoint, bool IsSecond)
{
    /// <summary>Null for every other line.</summary>
    public static CgroupMount? Parse(string line)
    {
        // 30 23 0:26 ROOT MOUNTPOINT OPTIONS [TAGS] - TYPE SOURCE SUPEROPTIONS (proc_pid_mountinfo(5))
        string[] halves = line.Split(" - ", 2);
        string[] left = halves[0].Split(' ');
        string[] right = halves.Length == 2 ? halves[1].Split(' ') : [];
        if (left.Length < 5 || right.Length < 3)
            return null;
        return right[0] switch
        {
            "cgroup2" => new CgroupMount(left[3], left[4], IsSecond: true),
            "cgroup" when right[2].Split(',').Contains("memory") => new CgroupMount(left[3], left[4], IsSecond: false),
            _ => null,
        };
    }

    /// <summary>The path below the mountpoint of a cgroup from /proc/self/cgroup, without a leading slash; empty when it is not below.</summary>
    public string Below(string cgroup)
    {
        string root = Root == "/" ? "" : Root;
        // "/../x" is a cgroup outside the namespace, of which nothing is shown.
        if (cgroup.StartsWith("/..", StringComparison.Ordinal) || !(cgroup + "/").StartsWith(root + "/", StringComparison.Ordinal))
            return "";
        return cgroup[root.Length..].Trim('/');
    }
}
