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
        Count, Count == 0 ? 0 : Sum.TotalSeconds / Count, Quantile(0.5).TotalSeconds, Quantile(0.99).TotalSeconds)
    {
        Buckets =
        [
            .. Counts
                .Select((count, i) => new LatencyBucket(i < LatencyHistogram.Buckets ? LatencyHistogram.EndOf(i).TotalSeconds : null, count))
                .Where(bucket => bucket.Count > 0),
        ],
    };

    /// <summary>What <see cref="ToFigures"/> was made of; an empty one of figures without buckets.</summary>
    public static LatencySnapshot Of(LatencyFigures? figures)
    {
        long[] counts = new long[LatencyHistogram.Buckets + 1];
        if (figures?.Buckets is not { } buckets)
            return new LatencySnapshot(counts, TimeSpan.Zero);
        foreach (LatencyBucket bucket in buckets)
            counts[bucket.End is { } end ? LatencyHistogram.IndexOf(TimeSpan.FromSeconds(end).Ticks) : LatencyHistogram.Buckets] += bucket.Count;
        return new LatencySnapshot(counts, TimeSpan.FromSeconds(figures.Mean * figures.Count));
    }

    /// <summary>What has come since another one of the same histogram.</summary>
    public LatencySnapshot Since(LatencySnapshot earlier) => new([.. Counts.Select((count, i) => Math.Max(0, count - earlier.Counts[i]))], Sum > earlier.Sum ? Sum - earlier.Sum : TimeSpan.Zero);

    /// <summary>The time of those that took longer than so long, as far as the buckets tell: each counts as the middle of its bucket.</summary>
    public TimeSpan SumAbove(TimeSpan least)
    {
        TimeSpan sum = default;
        for (int i = 1; i < Counts.Count; i++)
        {
            TimeSpan start = LatencyHistogram.EndOf(i - 1);
            if (Counts[i] > 0 && start >= least)
                sum += (i < LatencyHistogram.Buckets ? (start + LatencyHistogram.EndOf(i)) / 2 : start) * Counts[i];
        }
        return sum;
    }
}
