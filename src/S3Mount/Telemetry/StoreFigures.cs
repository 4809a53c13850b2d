using S3Mount.ObjectStore.S3;

namespace S3Mount.Telemetry;

/// <summary>How long requests to the store took, why tries failed, and what was waited for between them. Any thread.</summary>
internal sealed class StoreFigures(TimeProvider timeProvider) : IStoreObserver
{
    private static readonly S3OperationKind[] _kinds = Enum.GetValues<S3OperationKind>();

    private readonly LatencyHistogram[] _firstBytes = [.. _kinds.Select(_ => new LatencyHistogram())];
    private readonly LatencyHistogram[] _durations = [.. _kinds.Select(_ => new LatencyHistogram())];
    private readonly FailureTally _failures = new();
    private readonly long[] _waitedTicks = new long[Enum.GetValues<S3WaitCause>().Length];
    private FailureMoment? _last;

    /// <summary>Until an answer began.</summary>
    public IReadOnlyList<KeyValuePair<string, LatencySnapshot>> FirstBytes => Read(_firstBytes);

    /// <summary>Until it had ended.</summary>
    public IReadOnlyList<KeyValuePair<string, LatencySnapshot>> Durations => Read(_durations);

    public IReadOnlyList<FailureCount> Failures => _failures.Counts;

    /// <summary>Null: none so far.</summary>
    public FailureMoment? LastFailure => Volatile.Read(ref _last);

    /// <summary>By all operations together.</summary>
    public TimeSpan WaitedFor(S3WaitCause cause) => TimeSpan.FromTicks(Interlocked.Read(ref _waitedTicks[(int)cause]));

    public void Began(S3OperationKind kind, TimeSpan latency) => _firstBytes[(int)kind].Record(latency);

    public void Ended(S3OperationKind kind, TimeSpan elapsed) => _durations[(int)kind].Record(elapsed);

    public void Failed(S3OperationKind kind, S3FailureCause cause, string reason)
    {
        _failures.Count(NameOf(kind), NameOf(cause));
        Volatile.Write(ref _last, new FailureMoment(timeProvider.GetUtcNow(), NameOf(kind), NameOf(cause), reason));
    }

    public void Waited(S3WaitCause cause, TimeSpan elapsed) => Interlocked.Add(ref _waitedTicks[(int)cause], elapsed.Ticks);

    internal static string NameOf(S3OperationKind kind) => kind switch
    {
        S3OperationKind.Get => "GET",
        S3OperationKind.Head => "HEAD",
        _ => "LIST",
    };

    private static string NameOf(S3FailureCause cause) => cause switch
    {
        S3FailureCause.Throttled => "throttled",
        S3FailureCause.TimedOut => "timed out",
        S3FailureCause.Connection => "connection",
        S3FailureCause.Server => "server",
        S3FailureCause.Denied => "denied",
        S3FailureCause.NotFound => "not found",
        S3FailureCause.Changed => "changed",
        S3FailureCause.Unusable => "unusable",
        _ => "refused",
    };

    private static KeyValuePair<string, LatencySnapshot>[] Read(LatencyHistogram[] histograms) =>
        [.. _kinds.Select(kind => KeyValuePair.Create(NameOf(kind), histograms[(int)kind].Read()))];
}
