using System.Globalization;

namespace S3Mount.Benchmarks.Mounts;

/// <summary>What a process has used so far, from /proc (Documentation/filesystems/proc.rst).</summary>
internal readonly record struct ProcessUsage(double CpuSeconds, long PeakBytes)
{
    // USER_HZ; 100 on every Linux that .NET runs on (sysconf(_SC_CLK_TCK)).
    private const double TicksPerSecond = 100;

    public static ProcessUsage Of(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        // Fields 14 and 15 of the whole line: utime and stime.
        double cpu = (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        string? peak = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        long kibibytes = peak is null ? 0 : long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return new ProcessUsage(cpu, kibibytes * 1024);
    }
}
