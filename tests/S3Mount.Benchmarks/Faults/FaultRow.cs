namespace S3Mount.Benchmarks.Faults;

/// <summary>All measurements of one scenario.</summary>
internal sealed class FaultRow(FaultScenario scenario)
{
    private readonly List<IReadOnlyList<FaultFigure>> _samples = [];

    public FaultScenario Scenario => scenario;

    /// <summary>Why there are no more measurements; null where all went well.</summary>
    public string? Failure { get; set; }

    public int Count => _samples.Count;

    public void Add(IReadOnlyList<FaultFigure> sample) => _samples.Add(sample);

    /// <summary>As the first measurement had them.</summary>
    public IEnumerable<FaultFigure> Figures => _samples.Count == 0 ? [] : _samples[0];

    /// <summary>Of each measurement, in order of size; none where it was not measured.</summary>
    public double[] ValuesOf(string figure) => [.. _samples.SelectMany(sample => sample).Where(one => one.Name == figure).Select(one => one.Value).Order()];
}
