using S3Mount.Benchmarks.Clients;
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

    /// <summary>The same of another contender.</summary>
    public Row? Find(Row row, Contender contender) => Find(row.Setting, row.Scenario.Name, row.Pass, contender);

    /// <summary>
    /// What nothing can beat: tmpfs when warm; cold the bare client, where readahead decides with as many connections as help. A
    /// loader can beat neither the bare client nor what it needs itself where reading costs nothing.
    /// </summary>
    public Row? CeilingOf(Row row)
    {
        if (row.Pass == Pass.Warm)
            return Find(row, Contender.Tmpfs);
        Row? same = Find(row, Contender.BareSame);
        if (row.Scenario.Kind == WorkloadKind.Loader)
            return Find(row, Contender.Tmpfs) is { } tmpfs && (same is null || tmpfs.Median > same.Median) ? tmpfs : same;
        Row? best = row.Scenario.IsReadAhead ? Find(row, Contender.BareBest) : null;
        return best is not null && (same is null || best.Median < same.Median) ? best : same;
    }

    /// <summary>The fastest of s3fs and rclone.</summary>
    public Row? BetterPeerOf(Row row) => ContenderNames.Peers.Select(peer => Find(row, peer)).OfType<Row>().MinBy(peer => peer.Median);
}
