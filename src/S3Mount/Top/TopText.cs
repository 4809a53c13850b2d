using System.Globalization;
using S3Mount.Control;
using S3Mount.Control.Client;
using S3Mount.Telemetry;

namespace S3Mount.Top;

/// <summary>Figures as lines of a screen, each without its name.</summary>
internal static class TopText
{
    /// <summary>A request that waits longer is named: a store that is well answers in less.</summary>
    private const double LongWait = 2;

    public static string Rate(double bytes) => $"{StatusText.Size((long)bytes)}/s";

    /// <summary>With as many digits as say something.</summary>
    public static string PerSecond(double count) => count is > 0 and < 10 ? string.Create(CultureInfo.InvariantCulture, $"{count:0.0}/s") : string.Create(CultureInfo.InvariantCulture, $"{count:N0}/s");

    public static string Waits(TopFigures figures)
    {
        WaitShares waits = figures.Waits;
        string longest = figures.Status.Kernel.LongestWaiting > LongWait ? $"; one for {FiguresText.Time(figures.Status.Kernel.LongestWaiting)}" : "";
        if (waits.Parts.Count == 0)
            return (waits.IsIdle ? "nothing: nobody asks for anything" : "nothing") + longest;
        string parts = string.Join(", ", waits.Parts.Where(part => part.Value >= 0.005).Take(3).Select(part => string.Create(CultureInfo.InvariantCulture, $"{NameOf(part.Key)} {part.Value * 100:0} %")));
        return string.Create(CultureInfo.InvariantCulture, $"{parts} ({waits.Waiting:0.0} waiting{longest})");
    }

    public static string Hits(TopFigures figures) => figures.Hits is not { } hits
        ? "nothing was read that the page cache did not have"
        : $"memory {Share(hits.Memory)}{(figures.Status.Cache is null ? "" : $", disk cache {Share(hits.Disk)}")}, store {Share(hits.Store)}";

    public static string InFlight(MountStatus status)
    {
        string store = status.Store.Health is { } health ? string.Create(CultureInfo.InvariantCulture, $", {health.InUse:N0} of {status.Store.Connections:N0} connections") : "";
        string limit = status.Store.Health is { } limited && status.Store.Connections > 0 && limited.GetLimit < status.Store.Connections
            ? string.Create(CultureInfo.InvariantCulture, $" (GETs held to {limited.GetLimit:N0}, as the store throttles)") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{status.Kernel.InFlight:N0} {(status.Kernel.InFlight == 1 ? "request" : "requests")}{store}{limit}");
    }

    /// <summary>Median and 99th percentile of each, in the order of the names; null: none of them came.</summary>
    /// <param name="isExplained">Whether the second figure is named: there is no room for it in each line.</param>
    public static string? Latency(IReadOnlyList<KeyValuePair<string, LatencySnapshot>> latencies, bool isExplained, params string[] names)
    {
        string[] parts =
        [
            .. names
                .SelectMany(name => latencies.Where(latency => latency.Key == name))
                .Select((latency, i) => $"{latency.Key} {FiguresText.Time(latency.Value.Quantile(0.5).TotalSeconds)} ({(isExplained && i == 0 ? "99 %: " : "")}{FiguresText.Time(latency.Value.Quantile(0.99).TotalSeconds)})"),
        ];
        return parts.Length == 0 ? null : string.Join(", ", parts);
    }

    public static string Retries(MountStatus status)
    {
        string last = status.Figures?.LastStoreFailure is { } failure ? $"; last {failure.Operation} {failure.Reason ?? failure.Error} at {failure.Time.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture)}" : "";
        string down = status.Store.Health is { IsProbed: true } ? "the store answers nobody; " : "";
        return down + (status.Store.Retries == 0 && last.Length == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"{status.Store.Retries:N0} of {status.Store.Gets + status.Store.Heads + status.Store.Lists:N0} requests{last}"));
    }

    public static string Errors(MountStatus status)
    {
        FailureCount[] counts = [.. (status.Figures?.KernelErrors ?? []).Where(count => !KernelFigures.IsEveryday(count.Error))];
        if (counts.Length == 0)
            return "none";
        string all = string.Join(", ", counts.OrderByDescending(count => count.Count).Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Operation} {count.Error} {count.Count:N0}")));
        return status.LastFailure is { } last ? $"{all}; last {last.Time.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture)} {last.Message}" : all;
    }

    public static string Memory(TopFigures figures)
    {
        MountStatus.MemoryPart memory = figures.Status.Memory;
        string processors = figures.Status.Process is { } process && figures.HasRates
            ? string.Create(CultureInfo.InvariantCulture, $"; {figures.Processors:0.0} of {process.Processors} CPUs") : "";
        return $"{StatusText.Size(memory.Used)} of {StatusText.Size(memory.Budget)} for blocks, {StatusText.Size(memory.Process)} in all{processors}";
    }

    /// <summary>Null: the mount has none.</summary>
    public static string? DiskCache(TopFigures figures) => figures.Status.Cache is not { } cache
        ? null
        : $"{StatusText.Size(cache.Size)} of {StatusText.Size(cache.Limit)}{(cache.IsFull ? ", full of what is in use" : "")}{(cache.StuckCalls > 0 ? ", its disk hangs" : "")}; {Rate(figures.DiskBytes)} read from it";

    /// <summary>Null: there are no prices.</summary>
    public static string? Cost(TopFigures figures) => figures.Status.Cost is not { } cost
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{cost.Total:0.####} so far{(figures.CostPerHour is { } rate ? string.Create(CultureInfo.InvariantCulture, $", {rate:0.####} an hour as it goes now") : "")}");

    /// <summary>Null: none is.</summary>
    public static string? BeingRead(MountStatus status) => status.BeingRead is not { Count: > 0 } files
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{files.Count:N0} {(files.Count == 1 ? "file" : "files")}: {string.Join(", ", files.Keys)}{(files.Count > files.Keys.Count ? ", ..." : "")}");

    private static string NameOf(WaitCause cause) => cause switch
    {
        WaitCause.StoreLatency => "store latency",
        WaitCause.Bandwidth => "bandwidth",
        WaitCause.Connections => "connections",
        WaitCause.Retries => "retries",
        WaitCause.DiskCache => "disk cache",
        WaitCause.Memory => "memory budget",
        WaitCause.Listings => "listings",
        _ => "daemon CPU",
    };

    private static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");
}
