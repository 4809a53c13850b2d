namespace S3Mount.Benchmarks.Faults;

/// <summary>All rows of a run, in the order in which they began.</summary>
internal sealed class FaultBook
{
    private readonly List<FaultRow> _rows = [];

    public IReadOnlyList<FaultRow> Rows => _rows;

    public bool HasFailed => _rows.Any(row => row.Failure is not null);

    public FaultRow Add(FaultScenario scenario)
    {
        var row = new FaultRow(scenario);
        _rows.Add(row);
        return row;
    }

    /// <summary>Of each measurement; none where it was not measured.</summary>
    public double[] ValuesOf(string scenario, string figure) => _rows.Find(row => row.Scenario.Name == scenario)?.ValuesOf(figure) ?? [];
}
