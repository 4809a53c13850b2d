using S3Mount.Benchmarks.Contenders;

namespace S3Mount.Benchmarks.Results;

/// <summary>All rows of a run over scenarios of one kind, in the order in which they began.</summary>
internal class RowBook<TScenario>
    where TScenario : IScenario
{
    private readonly List<Row<TScenario>> _rows = [];

    public IReadOnlyList<Row<TScenario>> Rows => _rows;

    /// <summary>s3mount failed, or gave a wrong byte or name.</summary>
    public bool ProductFailed => _rows.Any(row => row is { Contender: Contender.S3Mount or Contender.S3MountPlain, Failure: not null, IsSkipped: false });

    public Row<TScenario> RowOf(StoreSetting setting, TScenario scenario, Pass pass, Contender contender)
    {
        Row<TScenario>? row = Find(setting, scenario.Name, pass, contender, withSamples: false);
        if (row is null)
            _rows.Add(row = new Row<TScenario>(setting, scenario, pass, contender));
        return row;
    }

    /// <summary>The same row of another pass.</summary>
    public Row<TScenario> RowOf(Row<TScenario> row, Pass pass) => RowOf(row.Setting, row.Scenario, pass, row.Contender);

    /// <summary>Null where it was not measured.</summary>
    public Row<TScenario>? Find(StoreSetting setting, string scenario, Pass pass, Contender contender, bool withSamples = true) =>
        _rows.Find(row => row.Setting == setting && row.Scenario.Name == scenario && row.Pass == pass && row.Contender == contender && (row.HasSamples || !withSamples));

    /// <summary>The same of another contender.</summary>
    public Row<TScenario>? Find(Row<TScenario> row, Contender contender) => Find(row.Setting, row.Scenario.Name, row.Pass, contender);
}
