using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks.Results;

/// <summary>All rows of a run, in the order in which they began.</summary>
internal sealed class ResultBook
{
    private readonly List<Row> _rows = [];

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>s3mount failed, or gave a wrong byte.</summary>
    public bool ProductFailed => _rows.Any(row => row is { Contender: Contender.S3Mount, Failure: not null });

    public Row RowOf(StoreSetting setting, Scenario scenario, Pass pass, Contender contender)
    {
        Row? row = Find(setting, scenario.Name, pass, contender, withSamples: false);
        if (row is null)
            _rows.Add(row = new Row(setting, scenario, pass, contender));
        return row;
    }

    /// <summary>Null where it was not measured.</summary>
    public Row? Find(StoreSetting setting, string scenario, Pass pass, Contender contender, bool withSamples = true) =>
        _rows.Find(row => row.Setting == setting && row.Scenario.Name == scenario && row.Pass == pass && row.Contender == contender && (row.HasSamples || !withSamples));
}
