using System.Globalization;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Listings;

/// <summary>Where the listings must arrive, and what this run has measured of it. Where several rows count, the worst one does.</summary>
internal sealed class ListingTargets(ListingBook book)
{
    private const double Mebibyte = 1 << 20;

    // Two round trips of 60 ms, and the work.
    private const double MillisecondsOfTwoListings = 130;

    private static readonly StoreSetting _loopback = StoreSetting.Loopback;
    private static readonly StoreSetting _remote = StoreSetting.Remote;
    private static readonly StoreSetting[] _both = [_loopback, _remote];

    public IEnumerable<Target> All() => [.. ColdWalks(), .. WarmWalks(), .. Snapshots(), .. Costs()];

    private IEnumerable<Target> ColdWalks()
    {
        ListingRow[] remote = Rows([_remote], ListingCatalog.Tree, Pass.Cold);
        yield return Target.AtMost("os.walk of the tree, cold, remote: times the bare client over the same connections", 1.5, remote.Select(row => TimesOf(row, Contender.BareSame)));
        yield return Target.AtLeast($"os.walk of the tree, cold, remote: times rclone and s3fs ({PeersMeasured()}, scaled by files)", 20, remote.SelectMany(OverPeers));
        yield return Target.AtLeast("os.walk of the tree, cold, loopback: files/s", 150_000, Rows([_loopback], ListingCatalog.Tree, Pass.Cold).Select(row => row.FilesPerSecond));
        yield return Target.AtMost("one flat prefix, cold, remote: of listing it page after page", 0.2, Rows([_remote], ListingCatalog.Flat, Pass.Cold).Select(row => TimesOf(row, Contender.BareInOrder)));
        yield return Target.AtMost("stat of one file in a large directory, cold, remote: ms", MillisecondsOfTwoListings, Rows([_remote], ListingCatalog.One, Pass.Cold).Select(row => row.Median * 1000));
    }

    private IEnumerable<Target> WarmWalks()
    {
        ListingRow[] warm = Rows(_both, ListingCatalog.Tree, Pass.Warm);
        yield return Target.AtMost("second os.walk: requests to the store", 0, warm.Select(row => (double)row.Middle.Pass.Store.Lists + row.Middle.Pass.Store.Heads + row.Middle.Pass.Store.Gets));
        yield return Target.AtMost("second os.walk: requests to the daemon for a directory", 1, warm.Select(row => row.Middle.Pass.Mount.ReadCalls / (row.Scenario.Tree.Directories + 1.0)));
        yield return Target.AtLeast("second os.walk: of tmpfs", 0.5, warm.Select(row => 1 / TimesOf(row, Contender.Tmpfs)));
    }

    private IEnumerable<Target> Snapshots()
    {
        ListingRow[] rows = Rows([_remote], ListingCatalog.Snapshot, Pass.Cold);
        yield return Target.AtMost("mount with a snapshot, then os.walk: LISTs", 0, rows.Select(row => (double)row.Middle.Pass.Store.Lists));
        yield return Target.AtMost("mount with a snapshot, then os.walk: s from the command to the end", 2, rows.Select(row => row.Median));
    }

    private IEnumerable<Target> Costs()
    {
        ListingRow[] trees = Rows(_both, ListingCatalog.Tree, Pass.Cold);
        yield return Target.AtMost("memory after the walk: bytes a file", 128, trees.Select(row => row.BytesPerFile));
        yield return Target.AtMost("memory of the walk at its peak: MiB", 300, trees.Select(row => row.PeakBytes / Mebibyte));
        yield return Target.AtMost("LIST requests for the tree: of 1.1 × keys / 1000 + directories", 1, trees.Select(ListsOfLimit));
    }

    private ListingRow[] Rows(StoreSetting[] settings, string scenario, Pass pass) =>
        [.. settings.Select(setting => book.Find(setting, scenario, pass, Contender.S3Mount)).OfType<ListingRow>()];

    private static double ListsOfLimit(ListingRow row) =>
        row.Middle.Pass.Store.Lists / ((1.1 * row.Scenario.Tree.Files / 1000) + row.Scenario.Tree.Directories);

    // How many times as long as the other.
    private double TimesOf(ListingRow row, Contender other) =>
        book.Find(row.Setting, row.Scenario.Name, row.Pass, other) is { } found ? row.Median / found.Median : double.NaN;

    private IEnumerable<double> OverPeers(ListingRow row) => ContenderNames.Peers
        .Select(peer => book.Find(row.Setting, ListingCatalog.Peers, Pass.Cold, peer))
        .OfType<ListingRow>()
        .Select(peer => row.FilesPerSecond / peer.FilesPerSecond);

    private string PeersMeasured() =>
        book.Rows.FirstOrDefault(row => row.Scenario.Name == ListingCatalog.Peers) is { } row
            ? string.Create(CultureInfo.InvariantCulture, $"measured on {row.Scenario.Tree.Files:N0} files")
            : "measured on a part";
}
