using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Listings;

/// <summary>All rows of the listings, in the order in which they began.</summary>
internal sealed class ListingBook
{
    private readonly List<ListingRow> _rows = [];

    public IReadOnlyList<ListingRow> Rows => _rows;

    public bool ProductFailed => _rows.Any(row => row is { Contender: Contender.S3Mount, Failure: not null, IsSkipped: false });

    public ListingRow RowOf(StoreSetting setting, ListingScenario scenario, Pass pass, Contender contender)
    {
        ListingRow? row = _rows.Find(row => row.Setting == setting && row.Scenario.Name == scenario.Name && row.Pass == pass && row.Contender == contender);
        if (row is null)
            _rows.Add(row = new ListingRow(setting, scenario, pass, contender));
        return row;
    }

    /// <summary>Null where it was not measured.</summary>
    public ListingRow? Find(StoreSetting setting, string scenario, Pass pass, Contender contender) =>
        _rows.Find(row => row.Setting == setting && row.Scenario.Name == scenario && row.Pass == pass && row.Contender == contender && row.HasSamples);
}
