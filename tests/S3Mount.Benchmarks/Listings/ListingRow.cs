using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Listings;

/// <summary>All samples of one contender in one pass of one listing.</summary>
internal sealed class ListingRow(StoreSetting setting, ListingScenario scenario, Pass pass, Contender contender)
{
    private readonly List<ListingSample> _samples = [];

    public StoreSetting Setting => setting;

    public ListingScenario Scenario => scenario;

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

    public bool HasSamples => _samples.Count > 0;

    /// <summary>It ended before it was done: its time is a lower bound.</summary>
    public bool IsPartial => _samples.Any(sample => sample.Pass.Client.IsPartial);

    /// <summary>The sample with the median time.</summary>
    public ListingSample Middle => Ordered[_samples.Count / 2];

    public double Median => Middle.Seconds;

    public double Min => Ordered[0].Seconds;

    public double Max => Ordered[^1].Seconds;

    public double FilesPerSecond => Middle.Pass.Client.Files / Median;

    public long PeakBytes => _samples.Max(sample => sample.Pass.Mount.PeakBytes);

    public double BytesPerFile => _samples.Max(sample => sample.BytesPerFile);

    public string Label => Connections == 0 ? contender.Text() : $"{contender.Text()}, {Connections} {(Connections == 1 ? "connection" : "connections")}";

    public void Add(ListingSample sample) => _samples.Add(sample);

    private ListingSample[] Ordered => [.. _samples.OrderBy(sample => sample.Seconds)];
}
