using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks.Results;

/// <summary>All samples of one contender in one pass of one scenario.</summary>
internal sealed class Row(StoreSetting setting, Scenario scenario, Pass pass, Contender contender)
{
    private readonly List<Sample> _samples = [];

    public StoreSetting Setting => setting;

    public Scenario Scenario => scenario;

    public Pass Pass => pass;

    public Contender Contender => contender;

    /// <summary>Of the bare client; 0 for the others.</summary>
    public int Connections { get; set; }

    /// <summary>Why there are no more samples; null where all went well.</summary>
    public string? Failure { get; set; }

    /// <summary>Somebody emptied the page cache while it was measured, each time.</summary>
    public bool IsDisturbed { get; set; }

    public int Count => _samples.Count;

    public bool HasSamples => _samples.Count > 0;

    /// <summary>Seconds of what is compared: a pass, or the wait for one first byte.</summary>
    public double Median => SecondsOf(Middle);

    public double Min => SecondsOf(Ordered[0]);

    public double Max => SecondsOf(Ordered[^1]);

    /// <summary>The sample with the median time.</summary>
    public Sample Middle => Ordered[_samples.Count / 2];

    /// <summary>Median over the samples of the median of single reads.</summary>
    public double MedianMicroseconds => _samples.Select(sample => sample.Client.MedianMicroseconds).Order().ElementAt(_samples.Count / 2);

    public long PeakBytes => _samples.Max(sample => sample.Mount.PeakBytes);

    public string PassText => pass == Pass.Cold ? "cold" : "warm";

    public string Label => Connections == 0 ? contender.Text() : $"{contender.Text()}, {Connections} {(Connections == 1 ? "connection" : "connections")}";

    public void Add(Sample sample) => _samples.Add(sample);

    private Sample[] Ordered => [.. _samples.OrderBy(SecondsOf)];

    private double SecondsOf(Sample sample) => scenario.Kind == WorkloadKind.FirstByte ? sample.Client.MedianMicroseconds / 1e6 : sample.Client.Seconds;
}
