using System.Globalization;

namespace S3Mount.Benchmarks.Contenders;

/// <summary>What a process and its children have used so far, from /proc (Documentation/filesystems/proc.rst).</summary>
/// <param name="PeakBytes">VmHWM.</param>
/// <param name="RssBytes">VmRSS.</param>
/// <param name="ReadCalls">read(2) and its kin, of the process alone: each request that a FUSE daemon takes is one.</param>
internal readonly record struct ProcessUsage(double CpuSeconds, long PeakBytes, long RssBytes, long ReadCalls)
{
    // USER_HZ; 100 on every Linux that .NET runs on (sysconf(_SC_CLK_TCK)).
    private const double TicksPerSecond = 100;

    /// <exception cref="IOException">There is no such process any more.</exception>
    public static ProcessUsage Of(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        // Fields 14 to 17 of the whole line: utime, stime, and those of children that have ended and were waited for.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        double cpu = fields[11..15].Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond;
        var usage = new ProcessUsage(cpu, Number($"/proc/{pid}/status", "VmHWM:") * 1024, Number($"/proc/{pid}/status", "VmRSS:") * 1024, Number($"/proc/{pid}/io", "syscr:"));
        return Children(pid).Aggregate(usage, AddChild);
    }

    private static ProcessUsage AddChild(ProcessUsage usage, int child)
    {
        try
        {
            ProcessUsage more = Of(child);
            return usage with { CpuSeconds = usage.CpuSeconds + more.CpuSeconds, PeakBytes = usage.PeakBytes + more.PeakBytes, RssBytes = usage.RssBytes + more.RssBytes };
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return usage;
        }
    }

    private static IEnumerable<int> Children(int pid) =>
        Directory.EnumerateDirectories($"/proc/{pid}/task")
            .Select(task => Path.Combine(task, "children"))
            .Where(File.Exists)
            .SelectMany(path => File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(text => int.Parse(text, CultureInfo.InvariantCulture));

    private static long Number(string file, string name)
    {
        string? line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) : null;
        return line is null ? 0 : long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
