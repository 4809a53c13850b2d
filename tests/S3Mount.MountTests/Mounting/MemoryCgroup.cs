using System.Globalization;

namespace S3Mount.MountTests.Mounting;

/// <summary>
/// A cgroup with a limit of memory, of version 1 or 2, whichever has this machine's memory controller
/// (Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst). Disposing it lets what still runs there go on above.
/// </summary>
internal sealed class MemoryCgroup : IDisposable
{
    private readonly string _path;
    private readonly bool _isSecond;

    private MemoryCgroup(string path, bool isSecond) => (_path, _isSecond) = (path, isSecond);

    /// <summary>Who writes 0 or its number there is in it, with all that it starts from then on.</summary>
    public string ProcessesFile => Path.Combine(_path, "cgroup.procs");

    /// <summary>The most bytes that were charged to it.</summary>
    public long Peak => Number(_isSecond ? "memory.peak" : "memory.max_usage_in_bytes");

    /// <summary>How often the kernel has killed something in it for want of memory.</summary>
    public long Kills
    {
        get
        {
            string line = File.ReadLines(Path.Combine(_path, _isSecond ? "memory.events" : "memory.oom_control")).Single(line => line.StartsWith("oom_kill ", StringComparison.Ordinal));
            return long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Ends the test as ignored, and says why, where none can be made.</summary>
    public static MemoryCgroup Create(long limit)
    {
        string above = Above(out bool isSecond);
        string path = Path.Combine(above, $"s3mount-test-{Guid.NewGuid():n}");
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Assert.Ignore($"no cgroup can be made here: {exception.Message}");
        }
        var made = new MemoryCgroup(path, isSecond);
        string file = Path.Combine(path, isSecond ? "memory.max" : "memory.limit_in_bytes");
        if (!File.Exists(file))
        {
            made.Dispose();
            Assert.Ignore($"the memory controller is not enabled for what is below {above}");
        }
        File.WriteAllText(file, limit.ToString(CultureInfo.InvariantCulture));
        return made;
    }

    public void Dispose()
    {
        foreach (string process in File.ReadAllLines(ProcessesFile))
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(_path)!, "cgroup.procs"), process);
        Directory.Delete(_path);
    }

    // Of the second version: beside the tests' own, since a cgroup with processes in it has no controllers below.
    private static string Above(out bool isSecond)
    {
        string[] own = [.. File.ReadLines("/proc/self/cgroup")];
        isSecond = false;
        if (own.Select(line => line.Split(':', 3)).FirstOrDefault(fields => fields[1].Split(',').Contains("memory")) is { } first)
            return InMount("cgroup", "memory", first[2]);
        isSecond = true;
        if (own.FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal)) is not { } line)
            Assert.Ignore("this machine has no cgroups with a memory controller");
        else if (line["0::".Length..] is { Length: > 1 } path)
            return InMount("cgroup2", "", Path.GetDirectoryName(path)!);
        return InMount("cgroup2", "", "/");
    }

    // ID PARENT DEVICE ROOT MOUNTPOINT OPTIONS [TAGS] - TYPE SOURCE SUPEROPTIONS (proc_pid_mountinfo(5))
    private static string InMount(string type, string controller, string path)
    {
        foreach (string[] halves in File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(" - ", 2)))
        {
            string[] right = halves[1].Split(' ');
            if (right[0] != type || (controller.Length > 0 && !right[2].Split(',').Contains(controller)))
                continue;
            string[] left = halves[0].Split(' ');
            string root = left[3] == "/" ? "" : left[3];
            if ((path + "/").StartsWith(root + "/", StringComparison.Ordinal))
                return left[4] + path[root.Length..];
        }
        Assert.Ignore($"the {type} hierarchy of memory is not mounted, or the tests are not in what is shown of it");
        return "";
    }

    private long Number(string file) => long.Parse(File.ReadAllText(Path.Combine(_path, file)), CultureInfo.InvariantCulture);
}
