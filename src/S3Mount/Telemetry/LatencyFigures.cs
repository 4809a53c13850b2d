namespace S3Mount.Telemetry;

/// <summary>How long requests of one kind have taken since the mount began, in seconds.</summary>
/// <param name="P50">Half of them took at most so long; the buckets behind it are a fifth to a quarter wide.</param>
/// <param name="P99">All but a hundredth.</param>
internal sealed record LatencyFigures(long Count, double Mean, double P50, double P99)
{
    /// <summary>The buckets that have any, in order: who asks twice can tell of the time between.</summary>
    public IReadOnlyList<LatencyBucket>? Buckets { get; init; }
}
