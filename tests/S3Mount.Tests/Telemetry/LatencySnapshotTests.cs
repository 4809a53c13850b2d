using S3Mount.Telemetry;

namespace S3Mount.Tests.Telemetry;

/// <summary>What two looks at a histogram tell of the time between them.</summary>
[TestFixture]
public sealed class LatencySnapshotTests
{
    [Test]
    public void Figures_hold_all_that_the_histogram_held()
    {
        var histogram = new LatencyHistogram();
        foreach (double milliseconds in (double[])[0.0001, 0.03, 0.03, 1, 7, 250, 9_000, 10_000_000])
            histogram.Record(TimeSpan.FromMilliseconds(milliseconds));
        LatencySnapshot original = histogram.Read();
        LatencySnapshot read = LatencySnapshot.Of(original.ToFigures());
        Assert.That(read.Counts, Is.EqualTo(original.Counts));
        Assert.That(read.Sum.TotalSeconds, Is.EqualTo(original.Sum.TotalSeconds).Within(1e-3));
        Assert.That(original.ToFigures().Buckets![^1], Is.EqualTo(new LatencyBucket(null, 1)));
    }

    [Test]
    public void Every_end_of_a_bucket_finds_its_bucket()
    {
        for (int i = 0; i < LatencyHistogram.Buckets; i++)
        {
            var counts = new long[LatencyHistogram.Buckets + 1];
            counts[i] = 5;
            // The ends of the first buckets differ by quarters of a microsecond, and ticks are tenths.
            Assert.That(LatencySnapshot.Of(new LatencySnapshot(counts, default).ToFigures()).Counts, Is.EqualTo(counts), $"bucket {i}");
        }
    }

    [Test]
    public void What_came_since_is_the_difference_and_says_nothing_of_what_was_before()
    {
        var histogram = new LatencyHistogram();
        for (int i = 0; i < 1000; i++)
            histogram.Record(TimeSpan.FromSeconds(5));
        LatencySnapshot before = histogram.Read();
        for (int i = 0; i < 10; i++)
            histogram.Record(TimeSpan.FromMilliseconds(20));
        LatencySnapshot since = histogram.Read().Since(before);
        Assert.That((since.Count, since.Sum), Is.EqualTo((10, TimeSpan.FromMilliseconds(200))));
        Assert.That(since.Quantile(0.99).TotalMilliseconds, Is.EqualTo(20).Within(4));
        Assert.That(LatencySnapshot.Of(null).Since(before).Count, Is.Zero);
    }

    [Test]
    public void Time_above_a_bound_leaves_out_what_was_quick()
    {
        var histogram = new LatencyHistogram();
        for (int i = 0; i < 100; i++)
            histogram.Record(TimeSpan.FromMicroseconds(14));
        histogram.Record(TimeSpan.FromMilliseconds(80));
        histogram.Record(TimeSpan.FromMilliseconds(80));
        Assert.That(histogram.Read().SumAbove(TimeSpan.FromMilliseconds(1)).TotalMilliseconds, Is.EqualTo(160).Within(20));
    }
}
