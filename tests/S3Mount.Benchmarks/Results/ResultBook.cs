using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks.Results;

/// <summary>The rows of what is read, and what each is measured by.</summary>
internal sealed class ResultBook : RowBook<Scenario>
{
    /// <summary>
    /// What nothing can beat: tmpfs when warm; cold the bare client, where readahead decides with as many connections as help. A
    /// loader can beat neither the bare client nor what it needs itself where reading costs nothing.
    /// </summary>
    public Row<Scenario>? CeilingOf(Row<Scenario> row)
    {
        if (row.Pass == Pass.Warm)
            return Find(row, Contender.Tmpfs);
        Row<Scenario>? same = Find(row, Contender.BareSame);
        if (row.Scenario.Kind == WorkloadKind.Loader)
            return Find(row, Contender.Tmpfs) is { } tmpfs && (same is null || tmpfs.Median > same.Median) ? tmpfs : same;
        Row<Scenario>? best = row.Scenario.IsReadAhead ? Find(row, Contender.BareBest) : null;
        return best is not null && (same is null || best.Median < same.Median) ? best : same;
    }

    /// <summary>The fastest of s3fs and rclone.</summary>
    public Row<Scenario>? BetterPeerOf(Row<Scenario> row) => ContenderNames.Peers.Select(peer => Find(row, peer)).OfType<Row<Scenario>>().MinBy(peer => peer.Median);
}
