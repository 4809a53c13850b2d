using S3Mount.Control;
using S3Mount.Control.Client;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.ObjectStore;
using S3Mount.Telemetry;
using S3Mount.Top;

namespace S3Mount.Tests.Top;

/// <summary>A status that was made up, and histograms that hold what a test puts into them.</summary>
internal static class TestStatus
{
    public static readonly DateTimeOffset Since = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly MountStatus Empty = new()
    {
        Version = "1.2.3",
        Pid = 4711,
        Source = "s3://bucket/prefix/",
        Mountpoint = "/mnt",
        Since = Since,
        Options = new Dictionary<string, string> { ["metadata-ttl"] = "1h" },
        Memory = new(1L << 30, 4L << 30, 1536L << 20),
        Files = new(0, 0, 0, 0),
        Kernel = new(0, 0, 0, 0, new Dictionary<string, long>()),
        Store = new(0, 0, 0, 0, 0) { Connections = 64, Health = new ObjectStoreHealth { GetLimit = 64 } },
        Reads = new(0, 0, 0, 0),
        Readers = [],
        Process = new(0, 2),
        Figures = Figures(),
    };

    public static FiguresPart Figures() => new()
    {
        KernelLatency = new Dictionary<string, LatencyFigures>(),
        StoreLatency = new Dictionary<string, LatencyFigures>(),
        StoreFirstByte = new Dictionary<string, LatencyFigures>(),
        KernelErrors = [],
        StoreFailures = [],
        Waits = new(0, 0, 0, 0, 0),
    };

    public static DiskCacheStatistics Disk(long hits, long misses, long size, long limit) => new()
    {
        HitBytes = hits,
        MissBytes = misses,
        WrittenBytes = 0,
        SkippedBytes = 0,
        EvictedBytes = 0,
        BadRecords = 0,
        Size = size,
        Limit = limit,
        IsFull = size == limit,
        Records = 0,
        Segments = 0,
        StuckCalls = 0,
        StuckBytes = 0,
        IsSilent = false,
    };

    /// <summary>So many that took so long each.</summary>
    public static Dictionary<string, LatencyFigures> Latency(params (string Name, int Count, double Milliseconds)[] requests) =>
        requests.ToDictionary(request => request.Name, request =>
        {
            var histogram = new LatencyHistogram();
            for (int i = 0; i < request.Count; i++)
                histogram.Record(TimeSpan.FromMilliseconds(request.Milliseconds));
            return histogram.Read().ToFigures();
        });

    public static TopSample Sample(MountStatus status, long moment = 0, params ReaderProcess[] processes) =>
        new(moment, status, processes.ToDictionary(process => process.Pid));
}
