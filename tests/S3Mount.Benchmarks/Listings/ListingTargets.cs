using System.Globalization;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Listings;

/// <summary>Where the listings must arrive, and what this run has measured of it. Where several rows count, the worst one does.</summary>
internal sealed class ListingTargets(RowBook<ListingScenario> book)
{
    // Two round trips of 60 ms, and the work.
    private const double MillisecondsOfTwoListings = 130;

    private static readonly StoreSetting _loopback = StoreSetting.Loopback;
    private static readonly StoreSetting _remote = StoreSetting.Remote;
    private static readonly StoreSetting[] _both = [_loopback, _remote];

    public IEnumerable<Target> All() => [.. ColdWalks(), .. WarmWalks(), .. Snapshots(), .. Costs()];

    private IEnumerable<Target> ColdWalks()
    {
        Row<ListingScenario>[] remote = Rows([_remote], ListingCatalog.Tree, Pass.Cold);
        yield return Target.AtMost("os.walk of the tree, cold, remote: times the bare client over the same connections", 1.5, remote.Select(row => TimesOf(row, Contender.BareSame)));
        yield return Target.AtLeast($"os.walk of the tree, cold, remote: times rclone and s3fs ({PeersMeasured()}, scaled by files)", 20, remote.SelectMany(OverPeers));
        yield return Target.AtLeast("os.walk of the tree, cold, loopback: files/s", 150_000, Rows([_loopback], ListingCatalog.Tree, Pass.Cold).Select(row => row.Middle.FilesPerSecond));
        yield return Target.AtMost("one flat prefix, cold, remote: of listing it page after page", 0.2, Rows([_remote], ListingCatalog.Flat, Pass.Cold).Select(row => TimesOf(row, Contender.BareInOrder)));
        yield return Target.AtMost("stat of one file in a large directory, cold, remote: ms", MillisecondsOfTwoListings, Rows([_remote], ListingCatalog.One, Pass.Cold).Select(row => row.Median * 1000));
    }

    private IEnumerable<Target> WarmWalks()
    {
        Row<ListingScenario>[] warm = Rows(_both, ListingCatalog.Tree, Pass.Warm);
        yield return Target.AtMost("second os.walk: requests to the store", 0, warm.Select(row => (double)row.Middle.Store.Lists + row.Middle.Store.Heads + row.Middle.Store.Gets));
        yield return Target.AtMost("second os.walk: requests to the daemon for a directory", 1, warm.Select(row => row.Middle.Mount.ReadCalls / (row.Scenario.Tree.Directories + 1.0)));
        yield return Target.AtLeast("second os.walk: of tmpfs", 0.5, warm.Select(row => 1 / TimesOf(row, Contender.Tmpfs)));
    }

    private IEnumerable<Target> Snapshots()
    {
        Row<ListingScenario>[] rows = Rows([_remote], ListingCatalog.Snapshot, Pass.Cold);
        yield return Target.AtMost("mount with a snapshot, then os.walk: LISTs", 0, rows.Select(row => (double)row.Middle.Store.Lists));
        yield return Target.AtMost("mount with a snapshot, then os.walk: s from the command to the end", 2, rows.Select(row => row.Median));
    }

    private IEnumerable<Target> Costs()
    {
        Row<ListingScenario>[] trees = Rows(_both, ListingCatalog.Tree, Pass.Cold);
        yield return Target.AtMost("memory after the walk: bytes a file", 128, trees.Select(row => row.GrowthPerFile));
        yield return Target.AtMost("memory of the walk at its peak: MiB", 300, trees.Select(row => row.PeakBytes / Cells.Mebibyte));
        yield return Target.AtMost("LIST requests for the tree: of 1.1 × keys / 1000 + directories", 1, trees.Select(ListsOfLimit));
    }

    private Row<ListingScenario>[] Rows(StoreSetting[] settings, string scenario, Pass pass) =>
        [.. settings.Select(setting => book.Find(setting, scenario, pass, Contender.S3Mount)).OfType<Row<ListingScenario>>()];

    private static double ListsOfLimit(Row<ListingScenario> row) =>
        row.Middle.Store.Lists / ((1.1 * row.Scenario.Tree.Files / 1000) + row.Scenario.Tree.Directories);

    // How many times as long as the other.
    private double TimesOf(Row<ListingScenario> row, Contender other) =>
        book.Find(row, other) is { } found ? row.Median / found.Median : double.NaN;

    private IEnumerable<double> OverPeers(Row<ListingScenario> row) => ContenderNames.Peers
        .Select(peer => book.Find(row.Setting, ListingCatalog.Peers, Pass.Cold, peer))
        .OfType<Row<ListingScenario>>()
        .Select(peer => row.Middle.FilesPerSecond / peer.Middle.FilesPerSecond);

    private string PeersMeasured() =>
        book.Rows.FirstOrDefault(row => row.Scenario.Name == ListingCatalog.Peers) is { } row
            ? string.Create(CultureInfo.InvariantCulture, $"measured on {row.Scenario.Tree.Files:N0} files")
            : "measured on a part";
}
