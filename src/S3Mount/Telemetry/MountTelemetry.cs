using S3Mount.FileSystem;
using S3Mount.Fuse.Session;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Telemetry;

/// <summary>What is measured of one mount: made before it, told by its store and its session, asked by whoever wants to know. Any thread.</summary>
internal sealed class MountTelemetry(TimeProvider timeProvider)
{
    public KernelFigures Kernel { get; } = new(timeProvider);

    public StoreFigures Store { get; } = new(timeProvider);

    /// <summary>Rates of a mount, for as long as it is served.</summary>
    public ThroughputMeter MeterOf(FuseSession session, ObjectFileSystem fileSystem, S3ObjectStore store) => new(
        () =>
        {
            FileSystem.Reading.ReadStatistics reads = fileSystem.Reads;
            return new Totals(reads.MemoryBytes + reads.FetchedBytes, store.Statistics.BytesRead, fileSystem.DiskBytes, session.Statistics.Requests);
        },
        timeProvider);

    /// <summary>What it adds to a status.</summary>
    public FiguresPart ToFigures(FileSystem.Reading.ReadStatistics reads) => new()
    {
        KernelLatency = Figures(Kernel.Latencies),
        StoreLatency = Figures(Store.Durations),
        StoreFirstByte = Figures(Store.FirstBytes),
        KernelErrors = Kernel.Errors,
        StoreFailures = Store.Failures,
        LastKernelError = Kernel.LastError,
        LastStoreFailure = Store.LastFailure,
        Waits = new(
            reads.WaitedForBlocks.TotalSeconds,
            reads.WaitedForMemory.TotalSeconds,
            reads.WaitedForDisk.TotalSeconds,
            Store.WaitedFor(S3WaitCause.Connection).TotalSeconds,
            Store.WaitedFor(S3WaitCause.Retry).TotalSeconds),
    };

    private static Dictionary<string, LatencyFigures> Figures(IEnumerable<KeyValuePair<string, LatencySnapshot>> latencies) =>
        latencies.Where(latency => latency.Value.Count > 0).ToDictionary(latency => latency.Key, latency => latency.Value.ToFigures());
}
