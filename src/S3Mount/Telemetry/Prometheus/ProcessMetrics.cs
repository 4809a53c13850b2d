using System.Diagnostics;
using S3Mount.Interop;

namespace S3Mount.Telemetry.Prometheus;

/// <summary>What every exporter tells of its own process, under the names that all of them use.</summary>
internal static class ProcessMetrics
{
    private static readonly DateTime _start = StartTime();

    public static void Write(PrometheusText text)
    {
        text.Counter("process_cpu_seconds_total", "User and system time of the daemon.", Environment.CpuUsage.TotalTime.TotalSeconds);
        text.Gauge("process_resident_memory_bytes", "Resident memory of the daemon.", Environment.WorkingSet);
        text.Gauge("process_open_fds", "Open descriptors of the daemon.", OpenDescriptors.List().Count);
        text.Gauge("process_start_time_seconds", "When the daemon was started.", (_start - DateTime.UnixEpoch).TotalSeconds);
    }

    private static DateTime StartTime()
    {
        using Process process = Process.GetCurrentProcess();
        return process.StartTime.ToUniversalTime();
    }
}
