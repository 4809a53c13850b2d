using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using S3Mount.Control;
using S3Mount.FileSystem;
using S3Mount.Fuse.Session;
using S3Mount.ObjectStore.S3;
using S3Mount.Telemetry.Otlp;

namespace S3Mount.Telemetry;

/// <summary>What is measured of one mount: made before it, told by its store and its session, asked by whoever wants to know. Any thread.</summary>
internal sealed class MountTelemetry
{
    private readonly TimeProvider _timeProvider;
    private readonly Meter? _meter;

    /// <param name="meter">Of what is sent by OTLP; null: nothing is. It goes with the export.</param>
    public MountTelemetry(TimeProvider timeProvider, Meter? meter)
    {
        _timeProvider = timeProvider;
        Kernel = new KernelFigures(timeProvider);
        Store = new StoreFigures(timeProvider);
        (KernelObserver, StoreObserver) = (Kernel, Store);
        _meter = meter;
        if (meter is null)
            return;
        var latencies = new OtlpLatencies(meter, Kernel, Store);
        (KernelObserver, StoreObserver) = (latencies, latencies);
    }

    public KernelFigures Kernel { get; }

    public StoreFigures Store { get; }

    /// <summary>For the session.</summary>
    public IFuseObserver KernelObserver { get; }

    /// <summary>For the store.</summary>
    public IStoreObserver StoreObserver { get; }

    /// <summary>Begins to send the metrics of a mount; null: none are to be sent.</summary>
    public IAsyncDisposable? TryStartExport(ServedMount mount, ILogger logger)
    {
        if (_meter is null)
            return null;
        try
        {
            OtlpInstruments.Add(_meter, mount.GetStatus);
            return OtlpExport.Start(_meter, _timeProvider, logger);
        }
        catch (Exception e)
        {
            // Whatever the SDK makes of its variables: the mount is there, and works without.
            logger.MetricsNotSent(e.Message);
            return null;
        }
    }

    /// <summary>Rates of a mount, for as long as it is served.</summary>
    public ThroughputMeter MeterOf(FuseSession session, IMountedFiles fileSystem, IStoreFigures store) => new(
        () =>
        {
            FileSystem.Reading.ReadStatistics reads = fileSystem.Reads;
            return new Totals(reads.MemoryBytes + reads.FetchedBytes, store.Statistics.BytesRead, fileSystem.DiskBytes, session.Statistics.Requests);
        },
        _timeProvider);

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
