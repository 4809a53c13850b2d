using S3Mount.Control;
using S3Mount.FileSystem.Caching.Disk;

namespace S3Mount.Telemetry.Prometheus;

/// <summary>All metrics of a mount. What they are called does not change: dashboards and alerts are made of it.</summary>
internal static class MetricsText
{
    public static string Write(MountStatus status, MountTelemetry telemetry)
    {
        var text = new PrometheusText();
        text.Gauge("s3mount_info", "What is mounted, and by which version.");
        text.Sample(1, ("source", status.Source), ("mountpoint", status.Mountpoint), ("version", status.Version));
        ProcessMetrics.Write(text);
        WriteKernel(text, status, telemetry.Kernel);
        WriteReads(text, status);
        WriteStore(text, status, telemetry.Store);
        WriteHeld(text, status);
        if (status.Cache is { } cache)
            WriteDisk(text, cache);
        if (status.Cost is { } cost)
            WriteCost(text, cost);
        text.Gauge("s3mount_last_failure_timestamp_seconds", "When the log had its last warning or error; 0: none yet.", status.LastFailure?.Time.ToUnixTimeSeconds() ?? 0);
        return text.ToString();
    }

    private static void WriteKernel(PrometheusText text, MountStatus status, KernelFigures kernel)
    {
        text.Counter("s3mount_fuse_requests_total", "Requests of the kernel, those without an answer (FORGET) too.");
        foreach ((string operation, long count) in status.Kernel.Operations)
            text.Sample(count, ("operation", Label(operation)));
        text.Histogram("s3mount_fuse_request_duration_seconds", "From the moment that a request of the kernel was read until it was answered.");
        foreach ((string operation, LatencySnapshot latency) in kernel.Latencies)
            text.Sample(latency, ("operation", Label(operation)));
        text.Counter("s3mount_fuse_request_errors_total", "Requests of the kernel that were answered with an errno; ENOENT and ENOSYS are everyday.");
        foreach (FailureCount count in kernel.Errors)
            text.Sample(count.Count, ("operation", Label(count.Operation)), ("errno", count.Error));
        text.Gauge("s3mount_fuse_requests_in_flight", "Requests of the kernel that are not answered yet.", status.Kernel.InFlight);
        text.Counter("s3mount_fuse_requests_late_total", "Requests that had waited for --io-deadline and failed.", status.Kernel.Late);
        text.Counter("s3mount_fuse_requests_overdue_total", "Requests that did not end when they were told to; there must be none.", status.Kernel.Overdue);
    }

    private static void WriteReads(PrometheusText text, MountStatus status)
    {
        if (status.Reads is { } reads)
        {
            text.Counter("s3mount_reads_total", "READs that were answered, by whether all of their bytes were in memory. What the kernel's page cache answers is not seen.");
            text.Sample(reads.MemoryReads, ("found", "memory"));
            text.Sample(reads.FetchedReads, ("found", "fetched"));
            text.Counter("s3mount_read_bytes_total", "Bytes that READs were answered with, by whether all were in memory.");
            text.Sample(reads.MemoryBytes, ("found", "memory"));
            text.Sample(reads.FetchedBytes, ("found", "fetched"));
        }
        text.Gauge("s3mount_files_being_read", "Files that are read in order, or waited for, just now.", status.BeingRead?.Count ?? 0);
        if (status.Figures is not { Waits: var waits })
            return;
        text.Counter("s3mount_wait_seconds_total", "What was waited for, of all who waited together; all but blocks are parts of what readers wait for blocks, or of what is fetched ahead.");
        text.Sample(waits.Blocks, ("for", "blocks"));
        text.Sample(waits.Memory, ("for", "memory"));
        text.Sample(waits.Disk, ("for", "disk"));
        text.Sample(waits.Connection, ("for", "connection"));
        text.Sample(waits.Retry, ("for", "retry"));
    }

    private static void WriteStore(PrometheusText text, MountStatus status, StoreFigures store)
    {
        text.Counter("s3mount_store_requests_total", "Requests to the store, repeated ones included.");
        text.Sample(status.Store.Gets, ("operation", "get"));
        text.Sample(status.Store.Heads, ("operation", "head"));
        text.Sample(status.Store.Lists, ("operation", "list"));
        text.Histogram("s3mount_store_request_duration_seconds", "From sending a request to the last byte of its answer, of those that went well.");
        foreach ((string operation, LatencySnapshot latency) in store.Durations)
            text.Sample(latency, ("operation", Label(operation)));
        text.Histogram("s3mount_store_first_byte_seconds", "From sending a request to the beginning of its answer, of those that can be used.");
        foreach ((string operation, LatencySnapshot latency) in store.FirstBytes)
            text.Sample(latency, ("operation", Label(operation)));
        text.Counter("s3mount_store_request_failures_total", "Requests to the store that failed, by cause, whether or not they were repeated.");
        foreach (FailureCount count in store.Failures)
            text.Sample(count.Count, ("operation", Label(count.Operation)), ("cause", Label(count.Error)));
        text.Counter("s3mount_store_retries_total", "Requests that repeated one that had failed.", status.Store.Retries);
        text.Counter("s3mount_store_read_bytes_total", "Bytes of objects that came from the store.", status.Store.BytesRead);
        if (status.Store.Health is not { } health)
            return;
        text.Counter("s3mount_store_hedges_total", "Requests that were sent beside a slow one.", health.Hedges);
        text.Counter("s3mount_store_hedges_won_total", "Of these, those that were answered first.", health.HedgesWon);
        text.Counter("s3mount_store_stalls_total", "Requests that were ended because nothing came any more.", health.Stalls);
        text.Counter("s3mount_store_throttled_total", "Requests that the store refused because there were too many.", health.Throttled);
        text.Gauge("s3mount_store_concurrency_limit", "How many requests the store is sent at once at most.");
        text.Sample(health.GetLimit, ("operation", "get"));
        text.Sample(health.ListLimit, ("operation", "list"));
        text.Gauge("s3mount_store_up", "0 while the store answers nobody, and one request now and then looks whether it is back.", health.IsProbed ? 0 : 1);
    }

    private static void WriteHeld(PrometheusText text, MountStatus status)
    {
        text.Gauge("s3mount_memory_used_bytes", "What blocks and readahead hold.", status.Memory.Used);
        text.Gauge("s3mount_memory_budget_bytes", "What they may hold (--memory).", status.Memory.Budget);
        text.Gauge("s3mount_inodes", "Files and directories that the kernel knows.", status.Files.Inodes);
        text.Gauge("s3mount_listings", "Listings, and answers to single lookups, that are kept.", status.Files.Listings);
        text.Gauge("s3mount_listings_bytes", "What these take.", status.Files.ListingBytes);
        text.Gauge("s3mount_hidden_keys", "Keys that were listed and that no path can name.", status.Files.HiddenKeys);
    }

    private static void WriteDisk(PrometheusText text, DiskCacheStatistics cache)
    {
        text.Counter("s3mount_disk_cache_hit_bytes_total", "Bytes that were fetched and that the disk cache had.", cache.HitBytes);
        text.Counter("s3mount_disk_cache_miss_bytes_total", "Bytes that were fetched and that it did not have.", cache.MissBytes);
        text.Counter("s3mount_disk_cache_written_bytes_total", "Bytes that were written to it.", cache.WrittenBytes);
        text.Counter("s3mount_disk_cache_skipped_bytes_total", "Bytes that were fetched and not kept.", cache.SkippedBytes);
        text.Counter("s3mount_disk_cache_evicted_bytes_total", "Bytes that made room.", cache.EvictedBytes);
        text.Counter("s3mount_disk_cache_bad_records_total", "Records that were not what had been written.", cache.BadRecords);
        text.Gauge("s3mount_disk_cache_size_bytes", "What it has on disk, of all mounts that share it.", cache.Size);
        text.Gauge("s3mount_disk_cache_limit_bytes", "What it may have.", cache.Limit);
        text.Gauge("s3mount_disk_cache_stuck_calls", "Calls that its disk does not answer.", cache.StuckCalls);
    }

    private static void WriteCost(PrometheusText text, CostFigures cost)
    {
        text.Counter("s3mount_store_cost_total", "Requests and bytes times their prices, in the currency of the prices.");
        foreach ((string of, decimal? price) in ((string, decimal?)[])[("get", cost.Gets), ("list", cost.Lists), ("bytes", cost.Bytes)])
        {
            if (price is not null)
                text.Sample((double)price, ("of", of));
        }
    }

    private static string Label(string name) => name.ToLowerInvariant().Replace(' ', '_');
}
