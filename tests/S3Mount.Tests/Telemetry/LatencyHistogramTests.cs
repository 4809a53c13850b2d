using S3Mount.Telemetry;

namespace S3Mount.Tests.Telemetry;

[TestFixture]
public sealed class LatencyHistogramTests
{
    [Test]
    public void Each_time_falls_into_the_first_bucket_that_ends_at_or_after_it()
    {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            long ticks = (long)Math.Exp(random.NextDouble() * Math.Log(200e7));
            int bucket = LatencyHistogram.IndexOf(ticks);
            if (bucket < LatencyHistogram.Buckets)
                Assert.That(TimeSpan.FromTicks(ticks), Is.LessThanOrEqualTo(LatencyHistogram.EndOf(bucket) + TimeSpan.FromTicks(1)), $"{ticks} ticks");
            else
                Assert.That(TimeSpan.FromTicks(ticks), Is.GreaterThan(LatencyHistogram.EndOf(LatencyHistogram.Buckets - 1)));
            if (bucket > 0)
                Assert.That(TimeSpan.FromTicks(ticks), Is.GreaterThan(LatencyHistogram.EndOf(bucket - 1)), $"{ticks} ticks");
        }
    }

    [Test]
    public void Buckets_follow_each_other_and_every_fourth_from_a_microsecond_on_doubles()
    {
        for (int i = 1; i < LatencyHistogram.Buckets; i++)
            Assert.That(LatencyHistogram.EndOf(i), Is.GreaterThan(LatencyHistogram.EndOf(i - 1)));
        for (int i = 3; i < LatencyHistogram.Buckets; i += 4)
            Assert.That(LatencyHistogram.EndOf(i), Is.EqualTo(TimeSpan.FromMicroseconds(1 << (i / 4))));
    }

    [TestCase(0)]
    [TestCase(-5)]
    public void What_took_no_time_is_counted_all_the_same(long ticks)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromTicks(ticks));
        Assert.That((histogram.Read().Count, histogram.Read().Sum), Is.EqualTo((1L, TimeSpan.Zero)));
    }

    [Test]
    public void Quantiles_are_right_to_within_a_bucket()
    {
        var histogram = new LatencyHistogram();
        for (int i = 1; i <= 1000; i++)
            histogram.Record(TimeSpan.FromMilliseconds(i));
        LatencySnapshot snapshot = histogram.Read();
        Assert.That((snapshot.Count, snapshot.Sum), Is.EqualTo((1000L, TimeSpan.FromMilliseconds(500_500))));
        Assert.That(snapshot.Quantile(0.5).TotalMilliseconds, Is.EqualTo(500).Within(500 * 0.13));
        Assert.That(snapshot.Quantile(0.99).TotalMilliseconds, Is.EqualTo(990).Within(990 * 0.13));
        LatencyFigures figures = snapshot.ToFigures();
        Assert.That((figures.Count, figures.Mean), Is.EqualTo((1000L, 0.5005)));
    }

    [Test]
    public void Of_nothing_quantiles_are_zero_and_of_what_took_for_ever_the_last_end()
    {
        var histogram = new LatencyHistogram();
        Assert.That((histogram.Read().Quantile(0.5), histogram.Read().ToFigures().Mean), Is.EqualTo((TimeSpan.Zero, 0.0)));
        histogram.Record(TimeSpan.FromHours(1));
        Assert.That((histogram.Read().Quantile(0.5), histogram.Read().Counts[^1]), Is.EqualTo((LatencyHistogram.EndOf(LatencyHistogram.Buckets - 1), 1L)));
    }
}
