using System.Diagnostics.Metrics;
using S3Mount.Control;

namespace S3Mount.Telemetry.Otlp;

/// <summary>The instruments that are read when metrics are sent. Their names become those of the text format where somebody translates them for Prometheus.</summary>
internal static class OtlpInstruments
{
    /// <summary>Adds them to a meter.</summary>
    /// <param name="read">How the mount does; called once for each instrument.</param>
    public static void Add(Meter meter, Func<MountStatus> read)
    {
        Counter("s3mount.fuse.requests", "{request}", "Requests of the kernel.", status => status.Kernel.Operations.Select(pair => Of(pair.Value, ("operation", pair.Key))));
        Counter("s3mount.fuse.request.errors", "{request}", "Requests of the kernel that were answered with an errno.", status => (status.Figures?.KernelErrors ?? []).Select(count => Of(count.Count, ("operation", count.Operation), ("errno", count.Error))));
        Gauge("s3mount.fuse.requests_in_flight", "{request}", "Requests of the kernel that are not answered yet.", status => status.Kernel.InFlight);
        Counter("s3mount.read", "By", "Bytes that READs were answered with, by whether all were in memory.", status => status.Reads is { } reads ? [Of(reads.MemoryBytes, ("found", "memory")), Of(reads.FetchedBytes, ("found", "fetched"))] : []);
        Counter("s3mount.store.requests", "{request}", "Requests to the store.", status => [Of(status.Store.Gets, ("operation", "GET")), Of(status.Store.Heads, ("operation", "HEAD")), Of(status.Store.Lists, ("operation", "LIST"))]);
        Counter("s3mount.store.request.failures", "{request}", "Requests to the store that failed.", status => (status.Figures?.StoreFailures ?? []).Select(count => Of(count.Count, ("operation", count.Operation), ("cause", count.Error))));
        Counter("s3mount.store.retries", "{request}", "Requests that repeated one that had failed.", status => [Of(status.Store.Retries)]);
        Counter("s3mount.store.read", "By", "Bytes of objects that came from the store.", status => [Of(status.Store.BytesRead)]);
        Gauge("s3mount.memory.used", "By", "What blocks and readahead hold.", status => status.Memory.Used);
        Gauge("s3mount.memory.budget", "By", "What they may hold.", status => status.Memory.Budget);
        Counter("s3mount.disk_cache.hit", "By", "Bytes that were fetched and that the disk cache had.", status => status.Cache is { } cache ? [Of(cache.HitBytes)] : []);
        Counter("s3mount.disk_cache.miss", "By", "Bytes that were fetched and that it did not have.", status => status.Cache is { } cache ? [Of(cache.MissBytes)] : []);
        Gauge("s3mount.disk_cache.size", "By", "What it has on disk.", status => status.Cache?.Size ?? 0);

        void Counter(string name, string unit, string description, Func<MountStatus, IEnumerable<Measurement<long>>> values) => meter.CreateObservableCounter(name, () => values(read()), unit, description);

        void Gauge(string name, string unit, string description, Func<MountStatus, long> value) => meter.CreateObservableGauge(name, () => value(read()), unit, description);

        static Measurement<long> Of(long value, params ReadOnlySpan<(string Name, string Value)> tags)
        {
            var all = new KeyValuePair<string, object?>[tags.Length];
            for (int i = 0; i < tags.Length; i++)
                all[i] = new(tags[i].Name, tags[i].Value);
            return new Measurement<long>(value, all);
        }
    }
}
