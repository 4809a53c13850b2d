using S3Mount.Benchmarks.Contenders;

namespace S3Mount.Benchmarks.Results;

/// <summary>All samples of one contender in one pass of one scenario.</summary>
internal sealed class Row<TScenario>(StoreSetting setting, TScenario scenario, Pass pass, Contender contender)
    where TScenario : IScenario
{
    private readonly List<Sample> _samples = [];

    public StoreSetting Setting => setting;

    public TScenario Scenario => scenario;

    public Pass Pass => pass;

    public Contender Contender => contender;

    /// <summary>Of the bare client; 0 for the others.</summary>
    public int Connections { get; set; }

    /// <summary>Why there are no more samples; null where all went well.</summary>
    public string? Failure { get; set; }

    /// <summary>What could not be measured because it is not there is no failure.</summary>
    public bool IsSkipped { get; set; }

    /// <summary>What else the table should say.</summary>
    public string Remark { get; set; } = "";

    public int Count => _samples.Count;

    public IReadOnlyList<Sample> Samples => _samples;

    public bool HasSamples => _samples.Count > 0;

    /// <summary>It was ended before it was done: its time is a lower bound.</summary>
    public bool IsPartial => _samples.Any(sample => sample.IsPartial);

    /// <summary>The sample with the median time.</summary>
    public Sample Middle => Ordered[_samples.Count / 2];

    public double Median => Middle.Seconds;

    public double Min => Ordered[0].Seconds;

    public double Max => Ordered[^1].Seconds;

    /// <summary>Median over the samples of the median of single reads.</summary>
    public double MedianMicroseconds => _samples.Select(sample => sample.Client.MedianMicroseconds).Order().ElementAt(_samples.Count / 2);

    public long PeakBytes => _samples.Max(sample => sample.Mount.PeakBytes);

    public double GrowthPerFile => _samples.Max(sample => sample.GrowthPerFile);

    public string Label => Connections == 0 ? contender.Text() : $"{contender.Text()}, {Connections} {(Connections == 1 ? "connection" : "connections")}";

    public void Add(Sample sample) => _samples.Add(sample);

    private Sample[] Ordered => [.. _samples.OrderBy(sample => sample.Seconds)];
}
