namespace S3Mount.Telemetry;

/// <summary>What a <see cref="LatencyHistogram"/> held at a moment.</summary>
/// <param name="Counts">Of each bucket, and last of what took longer than all of them.</param>
/// <param name="Sum">Of all that was recorded.</param>
internal sealed record LatencySnapshot(IReadOnlyList<long> Counts, TimeSpan Sum)
{
    public long Count { get; } = Counts.Sum();

    /// <summary>How long that part of all took at most, as far as the buckets tell; zero when there are none.</summary>
    /// <param name="part">0.5 for the median.</param>
    public TimeSpan Quantile(double part)
    {
        double rank = part * Count;
        long below = 0;
        for (int i = 0; i < LatencyHistogram.Buckets; i++)
        {
            if (Counts[i] > 0 && below + Counts[i] >= rank)
            {
                TimeSpan start = i == 0 ? TimeSpan.Zero : LatencyHistogram.EndOf(i - 1);
                return start + (LatencyHistogram.EndOf(i) - start) * Math.Max(0, (rank - below) / Counts[i]);
            }
            below += Counts[i];
        }
        return Count == 0 ? TimeSpan.Zero : LatencyHistogram.EndOf(LatencyHistogram.Buckets - 1);
    }

    /// <summary>The same in few words.</summary>
    public LatencyFigures ToFigures() => new(
        Count, Count == 0 ? 0 : Sum.TotalSeconds / Count, Quantile(0.5).TotalSeconds, Quantile(0.99).TotalSeconds);
}
