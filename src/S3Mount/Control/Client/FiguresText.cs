using System.Globalization;
using S3Mount.CommandLine;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.Telemetry;

namespace S3Mount.Control.Client;

/// <summary>Figures of a status, for people: each part as one line, or none.</summary>
internal static class FiguresText
{
    public static string? Options(IReadOnlyDictionary<string, string>? options) =>
        options is null ? null : string.Join(", ", options.Select(option => option.Value == "true" ? option.Key : $"{option.Key} {option.Value}"));

    public static string? Now(ThroughputFigures? now, bool hasDisk)
    {
        if (now is null)
            return null;
        string disk = hasDisk ? $", {Rate(now.DiskBytes)} from the disk cache" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Rate(now.ReadBytes)} read{disk}, {Rate(now.StoreBytes)} from the store; {now.Requests:N0} requests/s (of the last {now.Seconds:0} s)");
    }

    /// <summary>The kernel's page cache comes before all of it, and is not seen.</summary>
    public static string? Reads(MountStatus.ReadsPart? reads, DiskCacheStatistics? disk)
    {
        if (reads is null)
            return null;
        long bytes = reads.MemoryBytes + reads.FetchedBytes;
        string text = string.Create(CultureInfo.InvariantCulture, $"{StatusText.Size(bytes)} in {reads.MemoryReads + reads.FetchedReads:N0} that the page cache did not answer");
        if (bytes > 0)
            text += $"; {Percent(reads.MemoryBytes, bytes)} of it was in memory";
        if (disk is not null && disk.HitBytes + disk.MissBytes > 0)
            text += $", of what was fetched {Percent(disk.HitBytes, disk.HitBytes + disk.MissBytes)} on disk";
        return text;
    }

    /// <summary>The processes that have read most, by their threads that are known still; null: nobody has read.</summary>
    public static string? Readers(IReadOnlyList<ReaderFigures>? readers, IReadOnlyDictionary<uint, ReaderProcess> processes)
    {
        const int Named = 4;
        var all = (readers ?? [])
            .Where(reader => reader.ReadBytes > 0)
            .GroupBy(reader => processes.GetValueOrDefault(reader.Pid) ?? new ReaderProcess(reader.Pid, "", null))
            .Select(threads => (Process: threads.Key, Threads: threads.Count(), Bytes: threads.Sum(reader => reader.ReadBytes)))
            .OrderByDescending(process => process.Bytes)
            .ToList();
        if (all.Count == 0)
            return null;
        IEnumerable<string> parts = all.Take(Named).Select(process =>
            string.Create(CultureInfo.InvariantCulture, $"{UsageException.OneLine(process.Process.Text)} [{process.Process.Pid}{(process.Threads > 1 && process.Process.Pid != 0 ? $", {process.Threads} threads" : "")}] {StatusText.Size(process.Bytes)}"));
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", parts)}{(all.Count > Named ? $", and {all.Count - Named:N0} more" : "")}");
    }

    /// <summary>Of those that have something to do: OPEN, FLUSH and the like are answered without looking.</summary>
    public static string? KernelLatency(FiguresPart figures) =>
        Latency(figures.KernelLatency.Where(latency => latency.Key is "LOOKUP" or "GETATTR" or "READ" or "READDIR" or "READDIRPLUS"));

    /// <summary>The store's, with the time to the first byte where that says more.</summary>
    public static string? StoreLatency(FiguresPart figures) =>
        Latency(figures.StoreLatency.Concat(figures.StoreFirstByte.Where(first => first.Key == "GET").Select(first => KeyValuePair.Create("first byte of GET", first.Value))));

    /// <summary>Null when nothing was waited for.</summary>
    public static string? Waits(WaitFigures waits)
    {
        (string Name, double Seconds)[] all =
        [
            ("for bytes", waits.Blocks), ("for the disk cache", waits.Disk), ("for memory", waits.Memory), ("for a connection", waits.Connection), ("between tries", waits.Retry),
        ];
        string[] parts = [.. all.Where(wait => wait.Seconds > 0).Select(wait => $"{Time(wait.Seconds)} {wait.Name}")];
        return parts.Length == 0 ? null : $"{string.Join(", ", parts)}; of all readers together";
    }

    /// <summary>What is not everyday, and when it was last so; null when there was nothing.</summary>
    public static string? KernelErrors(FiguresPart figures) =>
        Failures(figures.KernelErrors.Where(count => !KernelFigures.IsEveryday(count.Error)), figures.LastKernelError);

    /// <summary>Likewise.</summary>
    public static string? StoreFailures(FiguresPart figures) => Failures(figures.StoreFailures, figures.LastStoreFailure);

    public static string? Cost(CostFigures? cost)
    {
        if (cost is null)
            return null;
        (string Name, decimal? Price)[] all = [("GET", cost.Gets), ("LIST", cost.Lists), ("bytes", cost.Bytes)];
        string parts = string.Join(", ", all.Where(part => part.Price is not null).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Name} {part.Price:0.####}")));
        return string.Create(CultureInfo.InvariantCulture, $"{cost.Total:0.####} ({parts})");
    }

    internal static string Time(double seconds) => seconds switch
    {
        < 0.001 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0} us"),
        < 0.01 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.0} ms"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0} ms"),
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        _ => StatusText.Span(TimeSpan.FromSeconds(seconds)),
    };

    /// <summary>Median and 99th percentile of each.</summary>
    private static string? Latency(IEnumerable<KeyValuePair<string, LatencyFigures>> latencies)
    {
        string[] parts = [.. latencies.Where(latency => latency.Value.Count > 0).Select(latency => $"{latency.Key} {Time(latency.Value.P50)} ({Time(latency.Value.P99)})")];
        return parts.Length == 0 ? null : "median (99 %): " + string.Join(", ", parts);
    }

    private static string? Failures(IEnumerable<FailureCount> counts, FailureMoment? last)
    {
        string[] parts = [.. counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Operation} {count.Error} {count.Count:N0}"))];
        if (parts.Length == 0)
            return null;
        return string.Join(", ", parts) + (last is null ? "" : $"; last {last.Operation} {last.Reason ?? last.Error} at {StatusText.Time(last.Time)}");
    }

    private static string Rate(double bytes) => $"{StatusText.Size((long)bytes)}/s";

    private static string Percent(long part, long whole) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.0} %");
}
