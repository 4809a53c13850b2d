using System.Globalization;
using System.Text;

namespace S3Mount.Telemetry.Prometheus;

/// <summary>Writes the text format of Prometheus, 0.0.4 ("Exposition formats" of its documentation). Families come one after another, each as a whole.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();
    private string _name = "";

    public void Counter(string name, string help) => Begin(name, "counter", help);

    public void Gauge(string name, string help) => Begin(name, "gauge", help);

    public void Histogram(string name, string help) => Begin(name, "histogram", help);

    /// <summary>One sample of the family that was begun.</summary>
    public void Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels) => Write("", value, labels);

    /// <summary>A family of one counter without labels.</summary>
    public void Counter(string name, string help, double value)
    {
        Counter(name, help);
        Sample(value);
    }

    /// <summary>A family of one gauge without labels.</summary>
    public void Gauge(string name, string help, double value)
    {
        Gauge(name, help);
        Sample(value);
    }

    /// <summary>
    /// A histogram in seconds. Of four buckets one is written, from 4 us to 67 s: each is twice as wide as the one before, and a scrape of all
    /// histograms has some hundred lines and not a thousand.
    /// </summary>
    public void Sample(LatencySnapshot latency, (string Name, string Value) label)
    {
        const int First = 11;
        const int Last = LatencyHistogram.Buckets - 5;
        long below = 0;
        for (int i = 0; i < LatencyHistogram.Buckets; i++)
        {
            below += latency.Counts[i];
            if (i % 4 == 3 && i is >= First and <= Last)
                Write("_bucket", below, [label, ("le", Number(LatencyHistogram.EndOf(i).TotalSeconds))]);
        }
        Write("_bucket", latency.Count, [label, ("le", "+Inf")]);
        Write("_sum", latency.Sum.TotalSeconds, [label]);
        Write("_count", latency.Count, [label]);
    }

    public override string ToString() => _text.ToString();

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private void Begin(string name, string type, string help)
    {
        _name = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    private void Write(string suffix, double value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(_name).Append(suffix);
        for (int i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"");
            foreach (char letter in labels[i].Value)
                _ = letter switch { '\\' => _text.Append(@"\\"), '"' => _text.Append("\\\""), '\n' => _text.Append("\\n"), _ => _text.Append(letter) };
            _text.Append('"');
        }
        if (labels.Length > 0)
            _text.Append('}');
        _text.Append(' ').Append(Number(value)).Append('\n');
    }
}
