using System.Diagnostics.Metrics;
using S3Mount.Fuse.Session;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Telemetry.Otlp;

/// <summary>Passes on what it is told, and records latencies in instruments, too: their histograms are made by the SDK. Any thread.</summary>
internal sealed class OtlpLatencies : IFuseObserver, IStoreObserver
{
    private const string Operation = "operation";

    private readonly KernelFigures _kernel;
    private readonly StoreFigures _store;
    private readonly Histogram<double> _requests;
    private readonly Histogram<double> _firstBytes;
    private readonly Histogram<double> _durations;

    public OtlpLatencies(Meter meter, KernelFigures kernel, StoreFigures store)
    {
        (_kernel, _store) = (kernel, store);
        // Those of the text format of Prometheus.
        var advice = new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [.. Enumerable.Range(0, LatencyHistogram.Buckets - 4).Where(i => i % 4 == 3 && i >= 11).Select(i => LatencyHistogram.EndOf(i).TotalSeconds)],
        };
        _requests = meter.CreateHistogram("s3mount.fuse.request.duration", "s", "From the moment that a request of the kernel was read until it was answered.", tags: null, advice);
        _firstBytes = meter.CreateHistogram("s3mount.store.first_byte", "s", "From sending a request to the beginning of its answer.", tags: null, advice);
        _durations = meter.CreateHistogram("s3mount.store.request.duration", "s", "From sending a request to the last byte of its answer.", tags: null, advice);
    }

    public void Answered(in FuseAnswer answer)
    {
        _kernel.Answered(answer);
        _requests.Record(answer.Elapsed.TotalSeconds, new KeyValuePair<string, object?>(Operation, FuseStatistics.NameOf(answer.Opcode)));
    }

    public void Began(S3OperationKind kind, TimeSpan latency)
    {
        _store.Began(kind, latency);
        _firstBytes.Record(latency.TotalSeconds, new KeyValuePair<string, object?>(Operation, StoreFigures.NameOf(kind)));
    }

    public void Ended(S3OperationKind kind, TimeSpan elapsed)
    {
        _store.Ended(kind, elapsed);
        _durations.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>(Operation, StoreFigures.NameOf(kind)));
    }

    public void Failed(S3OperationKind kind, S3FailureCause cause, string reason) => _store.Failed(kind, cause, reason);

    public void Waited(S3WaitCause cause, TimeSpan elapsed) => _store.Waited(cause, elapsed);
}
