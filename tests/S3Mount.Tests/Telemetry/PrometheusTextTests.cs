using System.Globalization;
using S3Mount.Telemetry;
using S3Mount.Telemetry.Prometheus;

namespace S3Mount.Tests.Telemetry;

[TestFixture]
public sealed class PrometheusTextTests
{
    [Test]
    public void Families_have_help_type_and_samples_and_labels_are_escaped()
    {
        var text = new PrometheusText();
        text.Counter("a_total", "With \\ and\nline.", 3);
        text.Gauge("b_bytes", "Labels.");
        text.Sample(0.25, ("one", "\"x\"\\\n"), ("two", "ä}{,="));
        text.Sample(1e21);
        Assert.That(text.ToString(), Is.EqualTo("""
            # HELP a_total With \\ and\nline.
            # TYPE a_total counter
            a_total 3
            # HELP b_bytes Labels.
            # TYPE b_bytes gauge
            b_bytes{one="\"x\"\\\n",two="ä}{,="} 0.25
            b_bytes 1E+21

            """));
    }

    [Test]
    public void Histograms_are_cumulative_and_end_with_all()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromMicroseconds(1));
        histogram.Record(TimeSpan.FromMicroseconds(4));
        histogram.Record(TimeSpan.FromMicroseconds(4.1));
        histogram.Record(TimeSpan.FromMilliseconds(1));
        histogram.Record(TimeSpan.FromMinutes(2));
        histogram.Record(TimeSpan.FromHours(1));
        var text = new PrometheusText();
        text.Histogram("h_seconds", "Help.");
        text.Sample(histogram.Read(), ("operation", "read"));
        string[] lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        (double Bound, long Count)[] buckets =
        [
            .. lines.Where(line => line.StartsWith("h_seconds_bucket{operation=\"read\",le=\"", StringComparison.Ordinal) && !line.Contains("Inf", StringComparison.Ordinal))
                .Select(line => line.Split("le=\"")[1].Split("\"} "))
                .Select(parts => (double.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture))),
        ];
        Assert.That(buckets[0], Is.EqualTo((4e-6, 2L)), "what took exactly so long is in it");
        Assert.That(buckets[1], Is.EqualTo((8e-6, 3L)));
        Assert.That(buckets, Has.Length.EqualTo(25));
        Assert.That(buckets.Zip(buckets.Skip(1)), Is.All.Matches<((double Bound, long Count) First, (double Bound, long Count) Second)>(pair => pair.Second.Bound == 2 * pair.First.Bound && pair.Second.Count >= pair.First.Count));
        Assert.That(buckets[^1], Is.EqualTo((67.108864, 4L)));
        Assert.That(lines[^3..], Is.EqualTo((string[])
        [
            "h_seconds_bucket{operation=\"read\",le=\"+Inf\"} 6",
            "h_seconds_sum{operation=\"read\"} 3720.0010091",
            "h_seconds_count{operation=\"read\"} 6",
        ]));
    }
}
